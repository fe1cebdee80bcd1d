"""Imports of the past, and taking one of them back."""

from __future__ import annotations

from flask import Response

from engage.core import clock, web
from engage.core.access import Actor, Permission, needs
from engage.core.errors import DomainError, NotFound
from engage.roster import history, queries, rules, undo
from engage.roster.views import bp


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
    """Name what an undo would take away, and who stays."""
    return _undo_page(batch_id)


@bp.post("/batches/<int:batch_id>/undo")
@needs(Permission.IMPORT_ROSTER)
def take_back(batch_id: int, *, me: Actor) -> Response:
    """Take an import back."""
    try:
        undo.undo(batch_id=batch_id, actor=me, now=clock.now())
    except NotFound:
        raise
    except DomainError as refused:
        return _undo_page(batch_id, refused=refused)
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
