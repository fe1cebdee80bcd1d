"""Cutting grids anew: choose, look at what moves, confirm; and take it back."""

from __future__ import annotations

from typing import Any

from flask import Response

from engage import people, places
from engage.core import clock, idempotency, web
from engage.core.access import Actor, Permission, needs
from engage.core.errors import DomainError, NotFound
from engage.core.i18n import _
from engage.territory import commands, forms, queries, redrawing
from engage.territory.queries import PAGE
from engage.territory.rules import RedrawRefused
from engage.territory.views import bp


def _grid(grid_id: int) -> Any:
    grid = places.get_open_place(grid_id)
    if grid.kind != "grid":
        raise NotFound
    return grid


def _redraw_page(grid_id: int, *, kind: str, refused: DomainError | None = None) -> Response:
    """Show the choices and, once there are enough of them, what would move."""
    grid, values, now = _grid(grid_id), web.request.values, clock.now()
    sources = [grid.id, *(web.whole_number(text) for text in values.getlist("other")[:10] if kind == "merger")]
    serving = [role for role in people.roles_at(sources) if not role.is_over(now)]
    plan = forms.redraw_of(values, kind=kind, grid_id=grid.id, roles=[role.id for role in serving])
    moves = None
    if any(plan.targets) or refused:
        try:
            moves = redrawing.work_out(plan, now=now)
        except RedrawRefused as refusal:
            refused = refused or refusal
    return web.page(
        f"territory/{kind}.html",
        status=422 if refused else 200,
        grid=grid,
        plan=plan,
        moves=moves,
        serving=serving,
        buildings=places.buildings_in(grid.id),
        others=[other for other in places.list_grids() if other.id != grid.id],
        names=places.place_names(sources),
        words=people.ROLE_WORDS,
        error=web.say(refused) if refused else None,
        bad_field=refused.field if refused else None,
        key=values.get("key") or idempotency.new_key(),
    )


def _create(grid_id: int, me: Actor, *, kind: str) -> Response:
    grid, form = places.get_place(grid_id), web.request.form
    sources = [grid.id, *(web.whole_number(text) for text in form.getlist("other")[:10] if kind == "merger")]
    serving = [role.id for role in people.roles_at(sources) if f"role-{role.id}" in form]
    plan = forms.redraw_of(form, kind=kind, grid_id=grid.id, roles=serving)
    key = form.get("key") or idempotency.new_key()
    try:
        change_id = commands.redraw(plan=plan, seen=form.get("seen", ""), actor=me, key=key, now=clock.now())
    except RedrawRefused as refused:
        return _redraw_page(grid_id, kind=kind, refused=refused)
    return web.see_other(web.url_for(".show_change", change_id=change_id))


@bp.get("/places/<int:place_id>/split")
@needs(Permission.MANAGE_PLACES)
def split(place_id: int, *, me: Actor) -> Response:
    """Choose how a grid becomes two, and look at what would move."""
    return _redraw_page(place_id, kind="split")


@bp.post("/places/<int:place_id>/splits")
@needs(Permission.MANAGE_PLACES)
def create_split(place_id: int, *, me: Actor) -> Response:
    """Split a grid as it was shown."""
    return _create(place_id, me, kind="split")


@bp.get("/places/<int:place_id>/merger")
@needs(Permission.MANAGE_PLACES)
def merger(place_id: int, *, me: Actor) -> Response:
    """Choose which grids become one, and look at what would move."""
    return _redraw_page(place_id, kind="merger")


@bp.post("/places/<int:place_id>/mergers")
@needs(Permission.MANAGE_PLACES)
def create_merger(place_id: int, *, me: Actor) -> Response:
    """Merge grids as it was shown."""
    return _create(place_id, me, kind="merger")


@bp.get("/grid-changes")
@needs(Permission.MANAGE_PLACES)
def list_changes(*, me: Actor) -> Response:
    """Show every split and merger, the latest first."""
    number, total = forms.page_number(web.request.args), queries.count_changes()
    return web.page(
        "territory/changes.html",
        changes=queries.list_changes(limit=PAGE, offset=(number - 1) * PAGE),
        total=total,
        number=number,
        pages=max(-(-total // PAGE), 1),
    )


def _change_page(change_id: int, *, refused: DomainError | None = None) -> Response:
    return web.page(
        "territory/change.html",
        status=422 if refused else 200,
        change=queries.get_change(change_id),
        counts=queries.count_moves(change_id),
        newest=queries.newest_change() == change_id,
        error=web.say(refused) if refused else None,
    )


@bp.get("/grid-changes/<int:change_id>")
@needs(Permission.MANAGE_PLACES)
def show_change(change_id: int, *, me: Actor) -> Response:
    """Show what a split or merger moved, and the way back."""
    return _change_page(change_id)


@bp.post("/grid-changes/<int:change_id>/undo")
@needs(Permission.MANAGE_PLACES)
def create_undo(change_id: int, *, me: Actor) -> Response:
    """Put everything back."""
    try:
        commands.undo_redraw(change_id=change_id, actor=me, now=clock.now())
    except RedrawRefused as refused:
        return _change_page(change_id, refused=refused)
    web.flash(_("撤回了，楼、住户和人都回到原来的网格"))
    return web.see_other(web.url_for(".show_change", change_id=change_id))
