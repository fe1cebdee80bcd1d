"""Taking units, buildings and grids away again that a survey added by mistake, if nothing points at them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, select

from engage.core.database import require_transaction
from engage.core.references import parts_of, referring_tables
from engage.places.models import Place, Unit


@dataclass(frozen=True, kw_only=True)
class Removed:
    """How many went."""

    units: int
    places: int


def remove_unused(*, unit_ids: Collection[int], place_ids: Collection[int]) -> Removed:
    """Remove those of these units and buildings that no row points at; inside the caller's transaction.

    A unit somebody lives in or has voted for stays, and so does its building. The grids go together or not at all:
    with half of its grids left, a community would take the other half for misspelt when the roster comes again.
    """
    units = _remove(Unit, unit_ids)
    grids = set(require_transaction().scalars(select(Place.id).where(Place.kind == "grid"))) & set(place_ids)
    places = _remove(Place, set(place_ids) - grids)
    if not referring_tables("place", grids):
        places += _remove(Place, grids)
    return Removed(units=units, places=places)


def _remove(model: type[Unit | Place], ids: Collection[int]) -> int:
    session = require_transaction()
    removed = 0
    for some in parts_of(model.id, set(ids) - referring_tables(model.__tablename__, ids).keys()):
        result = session.execute(delete(model).where(some), execution_options={"synchronize_session": False})
        removed += int(getattr(result, "rowcount", 0))
    return removed
