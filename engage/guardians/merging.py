"""When two entries turn out to be one person: their guardians and children are the same people's."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import update

from engage.core.database import require_transaction
from engage.guardians import queries
from engage.guardians.models import Guardianship


def move_bonds(*, from_id: int, to_id: int) -> list[int]:
    """Let one entry take over the other's open ties, inside the caller's transaction; returns the rows that moved.

    A tie the survivor has already, one to the survivor themselves, and one they wrote down as the office stay where they are.
    """
    session = require_transaction()
    moved: list[int] = []
    for row in queries.rows_of(from_id):
        guards = row.guardian_id == from_id
        guardian_id, minor_id = (to_id, row.minor_id) if guards else (row.guardian_id, to_id)
        known = queries.open_between(guardian_id=guardian_id, minor_id=minor_id)
        if row.ended_at is not None or guardian_id == minor_id or known is not None or row.recorded_by == guardian_id:
            continue
        row.guardian_id, row.minor_id = guardian_id, minor_id
        session.flush()
        moved.append(row.id)
    return moved


def move_bonds_back(row_ids: Collection[int], *, from_id: int, to_id: int) -> None:
    """Give ties back that moved, inside the caller's transaction."""
    session, mine = require_transaction(), Guardianship.id.in_(set(row_ids))
    session.execute(update(Guardianship).where(mine, Guardianship.guardian_id == to_id).values(guardian_id=from_id))
    session.execute(update(Guardianship).where(mine, Guardianship.minor_id == to_id).values(minor_id=from_id))
