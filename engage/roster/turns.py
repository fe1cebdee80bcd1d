"""One import or undo of a community at a time: which is under way, and when one that stopped counts as dead."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import and_, or_, select

from engage.core.database import require_transaction, transaction
from engage.core.errors import N_, Conflict
from engage.core.fence import get_in_scope
from engage.roster.models import RosterBatch

#: a run that has not written for so long is dead
DEAD_AFTER: Final = timedelta(seconds=60)


class TakenOver(Conflict):
    """Somebody else carries this import, or its undo, on."""


def is_importing(batch: RosterBatch) -> bool:
    """Tell whether an import began and did not end."""
    return batch.started_at is not None and batch.imported_at is None


def is_undoing(batch: RosterBatch) -> bool:
    """Tell whether an undo began and did not end."""
    return batch.undo_began_at is not None and batch.undone_at is None


def is_dead(batch: RosterBatch, *, now: datetime) -> bool:
    """Tell whether an import or its undo began, did not end, and nobody carries it on."""
    alive = batch.beat_at is not None and now - batch.beat_at < DEAD_AFTER
    return (is_importing(batch) or is_undoing(batch)) and not alive


def ensure_alone(*, now: datetime) -> None:
    """Raise `Conflict` while an import or an undo of this community is under way, or stopped half way."""
    importing = and_(RosterBatch.started_at.is_not(None), RosterBatch.imported_at.is_(None))
    undoing = and_(RosterBatch.undo_began_at.is_not(None), RosterBatch.undone_at.is_(None))
    for other in require_transaction().scalars(select(RosterBatch).where(or_(importing, undoing)).limit(1)):
        dead = is_dead(other, now=now)
        if is_undoing(other):
            refused = (
                N_("“%(name)s”撤到一半停了。请先到那一份里接着撤。") if dead else N_("“%(name)s”正在撤。等它好了再来。")
            )
        elif dead:
            refused = N_("“%(name)s”导到一半停了。请先到那一份里接着导，或者到此为止。")
        else:
            refused = N_("“%(name)s”正在导入。等它好了再来。")
        raise Conflict(refused, name=other.filename)


def ensure_own(batch: RosterBatch, token: str) -> None:
    """Raise `TakenOver` where this run is no longer the one that writes."""
    if batch.runner != token:
        raise TakenOver(N_("这份名单正由别人接着做。"))


def give_up(*, batch_id: int, token: str) -> None:
    """Say that a run will not go on, so that it can be carried on at once instead of a minute later."""
    with transaction():
        batch = get_in_scope(RosterBatch, batch_id, lock=True)
        if batch.runner == token:
            batch.beat_at = None
