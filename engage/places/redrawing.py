"""Moving places between grids, and opening and closing grids; always inside the transaction of the room that decides."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from sqlalchemy import update

from engage.core.database import require_transaction
from engage.core.fence import get_in_scope
from engage.places.models import Place, Unit

_AT_ONCE = 5000


def move_buildings(building_ids: Collection[int], *, grid_id: int) -> None:
    """Put buildings into a grid."""
    for some in _parts(building_ids):
        _run(update(Place).where(Place.id.in_(some), Place.kind == "building").values(parent_id=grid_id))


def move_units(unit_ids: Collection[int], *, grid_id: int) -> None:
    """Put units into a grid."""
    for some in _parts(unit_ids):
        _run(update(Unit).where(Unit.id.in_(some)).values(grid_id=grid_id))


def close_grid(grid_id: int, *, on: date) -> None:
    """Close a grid for good: it is offered no more, but history goes on naming it."""
    require_transaction()
    get_in_scope(Place, grid_id, lock=True).closed_on = on


def reopen_grid(grid_id: int) -> None:
    """Open a grid again whose closing was taken back."""
    require_transaction()
    get_in_scope(Place, grid_id, lock=True).closed_on = None


def _parts(ids: Collection[int]) -> Iterator[list[int]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]


def _run(statement: object) -> None:
    require_transaction().execute(statement, execution_options={"synchronize_session": False})  # type: ignore[call-overload]
