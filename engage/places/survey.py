"""Many places at once: what a roster says about grids, buildings and doors, in a handful of statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import bindparam, insert, select, update

from engage.core.database import db, require_transaction
from engage.core.tenancy import current_community_id
from engage.places.models import Place, Unit


@dataclass(frozen=True, kw_only=True)
class Door:
    """A household unit as a roster tells it. `area_centi` is in 0.01 m²; names are those of grid and building."""

    label: str
    grid: str | None
    building: str | None
    area_centi: int | None


@dataclass(frozen=True, kw_only=True)
class Surveyed:
    """Ids by name and label of everything asked for, and the ids of what was missing and is now there."""

    grid_ids: Mapping[str, int]
    unit_ids: Mapping[str, int]
    made_places: list[int] = field(default_factory=list)
    made_units: list[int] = field(default_factory=list)


def units_by_label() -> dict[str, tuple[int, str | None]]:
    """Return id and grid name of every household unit, by label. One statement, however many there are."""
    statement = select(Unit.label, Unit.id, Place.name).join(
        Place, (Place.id == Unit.grid_id) & (Place.community_id == Unit.community_id), isouter=True
    )
    return {label: (unit_id, grid) for label, unit_id, grid in db.session.execute(statement)}


def survey(*, grids: Mapping[str, str], doors: Sequence[Door]) -> Surveyed:
    """Add the grids (name -> code), buildings and units that are missing, inside the caller's transaction.

    What exists is left alone, except that a unit without an area takes the one given.
    """
    before = _places()
    _insert_places(
        [{"kind": "grid", "name": n, "code": code} for n, code in grids.items() if ("grid", None, n) not in before]
    )
    grid_ids = {name: place_id for (kind, _, name), place_id in _places().items() if kind == "grid"}
    known = _known_units()
    # A door that is there has its building already, or somebody left it without one.
    wanted = dict.fromkeys(
        (grid_ids.get(door.grid or ""), door.building) for door in doors if door.building and door.label not in known
    )
    _insert_places(
        [
            {"kind": "building", "name": name, "parent_id": grid_id}
            for grid_id, name in wanted
            if ("building", grid_id, name) not in before
        ]
    )
    places = _places()
    made_units, unit_ids = _add_units(doors, known=known, places=places, grid_ids=grid_ids)
    return Surveyed(
        grid_ids=grid_ids,
        unit_ids=unit_ids,
        made_places=sorted(place_id for key, place_id in places.items() if key not in before),
        made_units=made_units,
    )


def _places() -> dict[tuple[str, int | None, str], int]:
    # a closed grid is history: a roster that still names it makes it anew
    rows = db.session.execute(
        select(Place.kind, Place.parent_id, Place.name, Place.id).where(Place.closed_on.is_(None))
    )
    return {
        (kind, parent_id if kind == "building" else None, name): place_id for kind, parent_id, name, place_id in rows
    }


def _insert_places(rows: list[dict[str, object]]) -> None:
    if rows:
        blank = {"community_id": current_community_id(), "parent_id": None, "code": ""}
        require_transaction().execute(
            insert(Place), [blank | row for row in rows], execution_options={"render_nulls": True}
        )


def _known_units() -> dict[str, tuple[int, int | None]]:
    rows = db.session.execute(select(Unit.label, Unit.id, Unit.area_centi))
    return {label: (unit_id, area) for label, unit_id, area in rows}


def _add_units(
    doors: Sequence[Door],
    *,
    known: Mapping[str, tuple[int, int | None]],
    places: Mapping[tuple[str, int | None, str], int],
    grid_ids: Mapping[str, int],
) -> tuple[list[int], dict[str, int]]:
    session = require_transaction()
    rows = []
    fullest = sorted(doors, key=lambda door: (door.grid is not None, door.area_centi is not None))
    for door in {door.label: door for door in fullest if door.label not in known}.values():
        grid_id = grid_ids.get(door.grid or "")
        rows.append(
            {
                "community_id": current_community_id(),
                "label": door.label,
                "grid_id": grid_id,
                "building_id": places.get(("building", grid_id, door.building)) if door.building else None,
                "area_centi": door.area_centi,
                "head_group": None,
            }
        )
    if rows:
        session.execute(insert(Unit), rows, execution_options={"render_nulls": True})
    _fill_areas(
        [
            (known[d.label][0], d.area_centi)
            for d in doors
            if d.label in known and not known[d.label][1] and d.area_centi
        ]
    )
    ids = {row.label: row.id for row in session.execute(select(Unit.label, Unit.id))}
    return sorted(unit_id for label, unit_id in ids.items() if label not in known), ids


def _fill_areas(areas: Sequence[tuple[int, int | None]]) -> None:
    if not areas:
        return
    table = Unit.__table__
    statement = (
        update(Unit.__table__)  # type: ignore[arg-type]
        .where(table.c.community_id == bindparam("b_community"), table.c.id == bindparam("b_id"))
        .values(area_centi=bindparam("b_area"))
    )
    here = current_community_id()
    values = [{"b_community": here, "b_id": unit_id, "b_area": area} for unit_id, area in areas]
    require_transaction().connection().execute(statement, values)
