"""The place tree: the whole of it, one grid or building, one household unit."""

from __future__ import annotations

from flask import Blueprint, Response

from engage import people, places
from engage.core import clock, web
from engage.core.access import Actor, Permission, needs
from engage.core.errors import DomainError
from engage.core.i18n import _
from engage.territory import commands, forms, queries, rules
from engage.territory.queries import PAGE

bp = Blueprint("territory", __name__)

_FOUND_AT_MOST = 30


@bp.get("/places")
@needs(Permission.SEE_MEMBERS)
def index(*, me: Actor) -> Response:
    """Show the way from the district down to the grids, and what a search finds among grids, buildings and units."""
    q = web.request.args.get("q", "").strip()[:60]
    reach = me.reach(Permission.SEE_MEMBERS)
    found = places.find_places(q, reach=reach, at_most=_FOUND_AT_MOST) if q else ([], [])
    grids = queries.tree(actor=me, now=clock.now())
    return web.page(
        "territory/index.html",
        fragment="territory/_tree.html",
        me=me,
        way=places.way_to(me.community_id),
        grids=grids,
        q=q,
        found_places=found[0],
        found_units=found[1],
        at_most=_FOUND_AT_MOST,
        total_units=sum(grid.units for grid in grids),
        total_persons=sum(grid.persons for grid in grids),
        changes=queries.list_changes(limit=3, offset=0) if me.can(Permission.MANAGE_PLACES) else [],
    )


@bp.get("/places/<int:place_id>")
@needs(Permission.SEE_MEMBERS)
def show(place_id: int, *, me: Actor) -> Response:
    """Show a grid or a building: who serves there and served before, its buildings, its units a page at a time."""
    place = places.get_place(place_id)
    queries.ensure_within({place.id, place.parent_id}, actor=me)
    args, now = web.request.args, clock.now()
    q, number = args.get("q", "").strip()[:60], forms.page_number(args)
    units, total = places.units_at(place.id, q=q, limit=PAGE, offset=(number - 1) * PAGE)
    buildings = places.buildings_in(place.id) if place.kind == "grid" else []
    below = [building.id for building in buildings]
    serving = people.roles_at([place.id, *below])
    return web.page(
        "territory/show.html",
        fragment="territory/_units.html",
        me=me,
        place=place,
        above=places.get_place(place.parent_id) if place.parent_id else None,
        roles=[role for role in serving if role.place_id == place.id],
        leads=[role for role in serving if role.place_id != place.id and role.holds(now)],
        buildings=buildings,
        per_building=places.units_per_building(below),
        units=units,
        total=total,
        q=q,
        number=number,
        pages=max(-(-total // PAGE), 1),
        words=people.ROLE_WORDS,
        moment=now,
    )


def _unit_page(unit_id: int, me: Actor, *, refused: DomainError | None = None) -> Response:
    unit = places.get_unit(unit_id)
    queries.ensure_within({unit.grid_id, unit.building_id}, actor=me)
    form = web.request.form
    return web.page(
        "territory/unit.html",
        status=422 if refused else 200,
        me=me,
        unit=unit,
        names=places.place_names([unit.grid_id, unit.building_id]),
        residents=people.residents_of(unit.id),
        area=form.get("area", "") if refused else rules.area_text(unit.area_centi),
        head_group=form.get("head_group", "") if refused else unit.head_group or "",
        error=web.say(refused) if refused else None,
        bad_field=refused.field if refused else None,
        ties=people.TIE_WORDS,
    )


@bp.get("/units/<int:unit_id>")
@needs(Permission.SEE_MEMBERS)
def show_unit(unit_id: int, *, me: Actor) -> Response:
    """Show one household unit: area, group of heads, who lives there and who verified it."""
    return _unit_page(unit_id, me)


@bp.post("/units/<int:unit_id>")
@needs(Permission.MANAGE_MEMBERS)
def update_unit(unit_id: int, *, me: Actor) -> Response:
    """Correct area and group of heads."""
    form = web.request.form
    group = " ".join(form.get("head_group", "").split())
    try:
        area = rules.area_of(form.get("area", "")[:20])
        rules.ensure_group(group)
        commands.correct_unit(unit_id=unit_id, area_centi=area, head_group=group or None, actor=me, now=clock.now())
    except DomainError as refused:
        if refused.status != 422:
            raise
        return _unit_page(unit_id, me, refused=refused)
    web.flash(_("改好了"))
    return web.see_other(web.url_for(".show_unit", unit_id=unit_id))


@bp.post("/units/<int:unit_id>/ties/<int:tenancy_id>/verification")
@needs(Permission.MANAGE_MEMBERS)
def create_verification(unit_id: int, tenancy_id: int, *, me: Actor) -> Response:
    """Write down that one saw the papers of a tie."""
    people.verify_tenancy(unit_id=unit_id, tenancy_id=tenancy_id, actor=me, now=clock.now())
    return web.see_other(web.url_for(".show_unit", unit_id=unit_id))
