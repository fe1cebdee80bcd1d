"""Imports of the past, and taking one of them back."""

from __future__ import annotations

from flask import Response

from engage.core import clock, web
from engage.core.access import Actor, Permission, needs
from engage.core.errors import DomainError, NotFound
from engage.roster import history, queries, rules, turns, undo, views_background
from engage.roster.undo_parts import UndoRun
from engage.roster.views import bp, check_page


@bp.get("/batches")
@needs(Permission.IMPORT_ROSTER)
def batches(*, me: Actor) -> Response:
    """List every upload: who, when, what came of it."""
    page = web.request.args.get("page", "")
    past = history.list_past(page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1)
    return web.page("roster/batches.html", past=past, at=clock.now(), state_of=history.state_of)


@bp.get("/batches/<int:batch_id>/undo")
@needs(Permission.IMPORT_ROSTER)
def before_undo(batch_id: int, *, me: Actor) -> Response:
    """Name what an undo would take away, and who stays; once it began, send the browser to how far it is."""
    now = clock.now()
    if turns.is_undoing(queries.get_batch(batch_id, now=now)):
        return web.see_other(web.url_for("roster.show", batch_id=batch_id))
    return _undo_page(batch_id)


@bp.post("/batches/<int:batch_id>/undo")
@needs(Permission.IMPORT_ROSTER)
def take_back(batch_id: int, *, me: Actor) -> Response:
    """Take an import back: a short one at once, a long one in the background."""
    try:
        begun = undo.begin(batch_id=batch_id, actor=me, now=clock.now())
    except NotFound:
        raise
    except DomainError as refused:
        if turns.is_undoing(queries.get_batch(batch_id, now=clock.now())):  # pressed twice
            return web.see_other(web.url_for("roster.show", batch_id=batch_id))
        return _undo_page(batch_id, refused=refused)
    if isinstance(begun, UndoRun):
        views_background.follow(begun)
    return web.see_other(web.url_for("roster.show", batch_id=batch_id))


@bp.post("/batches/<int:batch_id>/undo/continuation")
@needs(Permission.IMPORT_ROSTER)
def undo_continuation(batch_id: int, *, me: Actor) -> Response:
    """Carry on an undo that died."""
    try:
        begun = undo.carry_on(batch_id=batch_id, actor=me, now=clock.now())
    except NotFound:
        raise
    except DomainError as refused:
        return check_page(batch_id, refused=refused)
    if isinstance(begun, UndoRun):
        views_background.follow(begun)
    return web.see_other(web.url_for("roster.show", batch_id=batch_id))


def _undo_page(batch_id: int, *, refused: DomainError | None = None) -> Response:
    now = clock.now()
    batch = queries.get_batch(batch_id, now=now)
    if batch.imported_at is None:
        raise NotFound
    state = history.state_of(batch, now=now)
    return web.page(
        "roster/undo.html",
        fragment="roster/_undo.html",
        status=refused.status if refused else 200,
        batch=batch,
        state=state,
        plan=history.plan_undo(batch) if state == "undoable" else None,
        until=rules.undo_until(batch.imported_at),
        refusal=web.say(refused) if refused else None,
    )
