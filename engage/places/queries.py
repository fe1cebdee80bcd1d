"""Reading places and household units."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import CompoundSelect, Select, case, func, literal, or_, select, union_all

from engage.core.database import db
from engage.core.errors import NotFound
from engage.core.fence import get_in_scope
from engage.core.tenancy import CommunityCard, current_community_id
from engage.places.models import Community, Place, Unit

_CARD_LIVES = 5.0


def card_of(row: Community) -> CommunityCard:
    """Return what pages say about a community."""
    return CommunityCard(
        id=row.id, slug=row.slug, name=row.name, desk_address=row.desk_address, desk_phone=row.desk_phone
    )


def list_communities() -> list[CommunityCard]:
    """Return every community of this installation by name."""
    return [card_of(row) for row in db.session.scalars(select(Community).order_by(Community.name, Community.id))]


def founded() -> dict[int, tuple[str, datetime]]:
    """Return under which address and when each community was founded: the same here and in a copy of these books."""
    rows = db.session.execute(select(Community.id, Community.slug, Community.created_at)).all()
    return {row.id: (row.slug, row.created_at) for row in rows}


def community_of(community_id: int) -> CommunityCard:
    """Return the community with this id. Raises `NotFound`.

    Kept in the process for five seconds: every signed-in request asks, and a name changes once in ten years.
    """
    kept: dict[int, tuple[float, CommunityCard]] = current_app.extensions.setdefault("engage_community_cards", {})
    at, card = kept.get(community_id, (0.0, None))
    if card is not None and time.monotonic() - at < _CARD_LIVES:
        return card
    row = db.session.get(Community, community_id)
    if row is None:
        raise NotFound
    kept[community_id] = (time.monotonic(), card_of(row))
    return kept[community_id][1]


def community_by_slug(slug: str) -> CommunityCard:
    """Return the community whose public address this is. Raises `NotFound`."""
    row = db.session.scalar(select(Community).where(Community.slug == slug))
    if row is None:
        raise NotFound
    return card_of(row)


def find_community_by_name(name: str) -> CommunityCard | None:
    """Return the community with this name, or None."""
    row = db.session.scalar(select(Community).where(Community.name == name))
    return card_of(row) if row else None


def list_grids() -> Sequence[Place]:
    """Return the grids of this community that are not closed, by code and name."""
    statement = (
        select(Place).where(Place.kind == "grid", Place.closed_on.is_(None)).order_by(Place.code, Place.name, Place.id)
    )
    return db.session.scalars(statement).all()


def get_place(place_id: int) -> Place:
    """Return a grid or building, closed ones too. Raises `NotFound`."""
    return get_in_scope(Place, place_id)


def get_open_place(place_id: int) -> Place:
    """Return a grid or building that is not closed. Raises `NotFound`."""
    place = get_in_scope(Place, place_id)
    if place.closed_on is not None:
        raise NotFound
    return place


def list_units() -> Sequence[Unit]:
    """Return every household unit by label."""
    return db.session.scalars(select(Unit).order_by(Unit.label, Unit.id)).all()


def place_names(place_ids: Collection[int | None]) -> dict[int, str]:
    """Return the names of grids and buildings by id."""
    wanted = {place_id for place_id in place_ids if place_id}
    if not wanted:
        return {}
    return {row.id: row.name for row in db.session.execute(select(Place.id, Place.name).where(Place.id.in_(wanted)))}


def unit_labels(unit_ids: Collection[int | None]) -> dict[int, str]:
    """Return the doorplate labels of units by id."""
    wanted = {unit_id for unit_id in unit_ids if unit_id}
    if not wanted:
        return {}
    return {row.id: row.label for row in db.session.execute(select(Unit.id, Unit.label).where(Unit.id.in_(wanted)))}


@dataclass(frozen=True, kw_only=True)
class Labels:
    """Names of grids and buildings and doorplate labels of units, by id; and the grids that are not closed, in order."""

    places: dict[int, str]
    units: dict[int, str]
    grids: dict[int, str]


def labels_of(
    *, place_ids: Collection[int | None], unit_ids: Collection[int | None], open_grids: bool = False
) -> Labels:
    """Return what `place_names` and `unit_labels` do, and the open grids if asked for; one statement."""
    here = current_community_id()
    wanted = Place.id.in_({one for one in place_ids if one})
    grid = (Place.kind == "grid") & Place.closed_on.is_(None)
    named = select(
        Place.id, Place.name.label("label"), Place.code, case((grid, "grid"), else_="place").label("what")
    ).where(Place.community_id == here, or_(wanted, grid) if open_grids else wanted)
    labelled = select(Unit.id, Unit.label, literal(""), literal("unit")).where(
        Unit.community_id == here, Unit.id.in_({one for one in unit_ids if one})
    )
    both: CompoundSelect[Any] = union_all(named, labelled).order_by("code", "label", "id")
    rows = db.session.execute(both).all()
    return Labels(
        places={row.id: row.label for row in rows if row.what != "unit"},
        units={row.id: row.label for row in rows if row.what == "unit"},
        grids={row.id: row.label for row in rows if row.what == "grid"} if open_grids else {},
    )


def buildings_of(unit_ids: Collection[int]) -> dict[int, int]:
    """Return the building of each unit that has one, by unit id."""
    if not unit_ids:
        return {}
    statement = select(Unit.id, Unit.building_id).where(Unit.id.in_(set(unit_ids)), Unit.building_id.is_not(None))
    return {row.id: row.building_id for row in db.session.execute(statement)}


def subtrees(place_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Return each of these grids or buildings with everything below it, itself included. One statement."""
    wanted = set(place_ids)
    if not wanted:
        return {}
    found: dict[int, set[int]] = {place_id: {place_id} for place_id in wanted}
    for child, parent in db.session.execute(select(Place.id, Place.parent_id).where(Place.parent_id.in_(wanted))):
        found[parent or 0].add(child)
    return {place_id: frozenset(below) for place_id, below in found.items()}


def units_within(place_ids: Collection[int]) -> Select[int]:
    """Return the statement for the ids of units in these grids and buildings, to put into another room's condition."""
    wanted = set(place_ids)
    # It becomes part of another statement: the community is named here and not left to the fence.
    return select(Unit.id).where(
        Unit.community_id == current_community_id(), or_(Unit.grid_id.in_(wanted), Unit.building_id.in_(wanted))
    )


def find_unit_by_label(label: str) -> Unit | None:
    """Return the unit with this doorplate label, or None."""
    return db.session.scalar(select(Unit).where(Unit.label == label))


def count_units() -> int:
    """Return how many household units the community has."""
    return int(db.session.scalar(select(func.count(Unit.id))) or 0)
