"""Confirming an import, following a long one, and what to do when it died half way."""

from __future__ import annotations

from flask import Response

from engage.core import clock, web
from engage.core.access import Actor, Permission, needs
from engage.core.errors import DomainError, NotFound
from engage.roster import importing, queries, turns, views_background
from engage.roster.parts import Run
from engage.roster.views import bp, check_page, progress_page


@bp.post("/batches/<int:batch_id>/confirmation")
@needs(Permission.IMPORT_ROSTER)
def confirmation(batch_id: int, *, me: Actor) -> Response:
    """Write the rows to the roll: a short list at once, a long one in the background."""
    revision = web.whole_number(web.request.form.get("revision"))
    try:
        begun = importing.begin(batch_id=batch_id, revision=revision, actor=me, now=clock.now())
    except NotFound:
        raise
    except DomainError as refused:
        return check_page(batch_id, refused=refused)
    if isinstance(begun, Run):
        views_background.follow(begun)
    return web.see_other(web.url_for("roster.show", batch_id=batch_id))


@bp.get("/batches/<int:batch_id>/progress")
@needs(Permission.IMPORT_ROSTER)
def progress(batch_id: int, *, me: Actor) -> Response:
    """Show how far a long import or undo is; once it ended, send the browser to what it did."""
    now = clock.now()
    batch = queries.get_batch(batch_id, now=now)
    if not (turns.is_importing(batch) or turns.is_undoing(batch)):
        return web.see_other(web.url_for("roster.show", batch_id=batch_id))
    return progress_page(batch, now=now)


@bp.post("/batches/<int:batch_id>/continuation")
@needs(Permission.IMPORT_ROSTER)
def continuation(batch_id: int, *, me: Actor) -> Response:
    """Carry on an import that died."""
    begun = importing.carry_on(batch_id=batch_id, actor=me, now=clock.now())
    if isinstance(begun, Run):
        views_background.follow(begun)
    return web.see_other(web.url_for("roster.show", batch_id=batch_id))


@bp.post("/batches/<int:batch_id>/stop")
@needs(Permission.IMPORT_ROSTER)
def stop(batch_id: int, *, me: Actor) -> Response:
    """End an import that died where it is."""
    importing.stop(batch_id=batch_id, actor=me, now=clock.now())
    return web.see_other(web.url_for("roster.show", batch_id=batch_id))
