"""The place tree as pages show it: the way from the district down, counts per grid, buildings and units a page at a time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import func, literal, or_, select, union_all
from sqlalchemy.orm import aliased

from engage.core.database import db, require_transaction
from engage.core.fence import get_in_scope
from engage.core.tenancy import current_community_id
from engage.places.models import Community, Place, Region, Unit


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What lies in a grid or building."""

    buildings: int = 0
    units: int = 0


def way_to(community_id: int) -> list[str]:
    """Return the names of district and street above a community, as far as it was put there, the widest first."""
    street, district = aliased(Region), aliased(Region)
    statement = (
        select(district.name, street.name)
        .select_from(Community)
        .join(street, street.id == Community.region_id)
        .outerjoin(district, district.id == street.parent_id)
        .where(Community.id == community_id)
    )
    return [name for row in db.session.execute(statement) for name in row if name is not None]


def every_grid() -> Sequence[Place]:
    """Return the grids, closed ones too, by code and name."""
    statement = select(Place).where(Place.kind == "grid").order_by(Place.code, Place.name, Place.id)
    return db.session.scalars(statement).all()


def counts_by_grid() -> dict[int, Counts]:
    """Return how many buildings and units each grid has; one statement."""
    here, none = current_community_id(), literal(0)
    buildings = select(Place.parent_id.label("grid_id"), func.count(Place.id).label("buildings"), none.label("units"))
    units = select(Unit.grid_id, none, func.count(Unit.id)).where(Unit.community_id == here).group_by(Unit.grid_id)
    both = union_all(
        buildings.where(Place.community_id == here, Place.kind == "building").group_by(Place.parent_id), units
    )
    found: dict[int, Counts] = {}
    for row in db.session.execute(both):
        if row.grid_id is None:
            continue
        known = found.get(row.grid_id, Counts())
        found[row.grid_id] = Counts(buildings=known.buildings + row.buildings, units=known.units + row.units)
    return found


def buildings_in(grid_id: int) -> Sequence[Place]:
    """Return the buildings of a grid by name."""
    statement = select(Place).where(Place.kind == "building", Place.parent_id == grid_id)
    return db.session.scalars(statement.order_by(Place.name, Place.id)).all()


def grids_and_buildings(grid_id: int | None) -> tuple[list[Place], list[Place]]:
    """Return what `list_grids` and `buildings_in` do (or, with None, `list_buildings`), together; one statement."""
    open_grid = (Place.kind == "grid") & Place.closed_on.is_(None)
    below = Place.kind == "building" if grid_id is None else (Place.kind == "building") & (Place.parent_id == grid_id)
    statement = select(Place).where(or_(open_grid, below))
    found = db.session.scalars(statement.order_by(Place.code, Place.name, Place.id)).all()
    buildings = sorted((one for one in found if one.kind == "building"), key=lambda one: (one.name, one.id))
    return [one for one in found if one.kind == "grid"], buildings


def list_buildings() -> Sequence[Place]:
    """Return every building of the community by name."""
    return db.session.scalars(select(Place).where(Place.kind == "building").order_by(Place.name, Place.id)).all()


def units_per_building(building_ids: Collection[int]) -> dict[int, int]:
    """Return how many units each of these buildings has."""
    statement = (
        select(Unit.building_id, func.count(Unit.id))
        .where(Unit.building_id.in_(set(building_ids)))
        .group_by(Unit.building_id)
    )
    return {building_id or 0: number for building_id, number in db.session.execute(statement)}


def units_at(place_id: int, *, q: str = "", limit: int, offset: int) -> tuple[Sequence[Unit], int]:
    """Return one page of the units of a grid or building by label, and how many there are."""
    conditions = [or_(Unit.grid_id == place_id, Unit.building_id == place_id)]
    if q:
        conditions.append(Unit.label.contains(q, autoescape=True))
    total = int(db.session.scalar(select(func.count(Unit.id)).where(*conditions)) or 0)
    statement = select(Unit).where(*conditions).order_by(Unit.label, Unit.id)
    return db.session.scalars(statement.limit(limit).offset(offset)).all(), total


def find_places(text: str, *, reach: frozenset[int] | None, at_most: int) -> tuple[Sequence[Place], Sequence[Unit]]:
    """Return open grids and buildings, and units, whose name holds the text, within the reach; at most so many each."""
    places = select(Place).where(Place.name.contains(text, autoescape=True), Place.closed_on.is_(None))
    units = select(Unit).where(Unit.label.contains(text, autoescape=True))
    if reach is not None:
        places = places.where(Place.id.in_(reach))
        units = units.where(or_(Unit.grid_id.in_(reach), Unit.building_id.in_(reach)))
    return (
        db.session.scalars(places.order_by(Place.kind.desc(), Place.name, Place.id).limit(at_most)).all(),
        db.session.scalars(units.order_by(Unit.label, Unit.id).limit(at_most)).all(),
    )


def get_unit(unit_id: int) -> Unit:
    """Return a household unit. Raises `NotFound`."""
    return get_in_scope(Unit, unit_id)


def units_of_grids(grid_ids: Collection[int]) -> list[tuple[int, int, int | None]]:
    """Return (unit, grid, building) of every unit of these grids, in order of ids."""
    statement = select(Unit.id, Unit.grid_id, Unit.building_id).where(Unit.grid_id.in_(set(grid_ids)))
    return [(unit, grid or 0, building) for unit, grid, building in db.session.execute(statement.order_by(Unit.id))]


def change_unit(unit_id: int, *, area_centi: int | None, head_group: str | None) -> list[str]:
    """Set area (0.01 m²) and head group of a unit inside the caller's transaction; returns the fields that changed."""
    require_transaction()
    unit = get_in_scope(Unit, unit_id, lock=True)
    before = (unit.area_centi, unit.head_group)
    unit.area_centi, unit.head_group = area_centi, head_group
    return [
        name
        for name, was, new in zip(("area", "head_group"), before, (area_centi, head_group), strict=True)
        if was != new
    ]
