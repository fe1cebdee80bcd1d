"""Taking a whole import back within 24 hours: what it put on the roll goes, unless something hangs on it by now.

A short one at once, a long one in parts (engage.roster.undo_parts). One that began is not stopped, only carried on.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import null, update

from engage import people
from engage.core.access import Actor, Role
from engage.core.database import require_transaction, transaction
from engage.core.errors import N_, Conflict, NotFound
from engage.roster import queries, rules, turns, undo_parts
from engage.roster.models import RosterBatch, RosterChange
from engage.roster.undo_parts import Undone, UndoRun


def undo(*, batch_id: int, actor: Actor | None, now: datetime) -> Undone:
    """Take an import back, however long it takes; a second undo returns what the first one did.

    `actor` is None for the operator's command line. People on whom something hangs stay with their doors and teams; an area the roster filled in for a door that
    was known before stays as well. Raises what `begin` raises.
    """
    begun = begin(batch_id=batch_id, actor=actor, now=now)
    while isinstance(begun, UndoRun):
        begun = undo_parts.take_part(begun, now=now) or begun
    return begun


def begin(*, batch_id: int, actor: Actor | None, now: datetime) -> Undone | UndoRun:
    """Take a short import back, all or nothing, and return what that did; of a long one return the run.

    Raises `TooLate` from 24 hours after the import on, `UndoRefused` where somebody else must do it, `Conflict` while
    an import or an undo of the community is under way.
    """
    with transaction() as session:
        # As for an import: one at a time, or the second would count what the first is taking away.
        people.roll_in_turn()
        batch = queries.get_batch(batch_id, now=now, lock=True)
        if batch.undone_at is not None:
            return Undone(**(batch.undone or {}))
        if not turns.is_undoing(batch):
            rules.ensure_undoable(imported_at=batch.imported_at, now=now)
            _ensure_office(batch, actor)
        turns.ensure_alone(now=now)
        progress = undo_parts.Progress.of(batch)
        progress.total = undo_parts.total_of(batch)
        batch.undo_began_at, batch.undone_by = now, actor.person_id if actor else None
        batch.undo_progress = asdict(progress)
        run = _run(batch, actor, now=now)
        session.flush()
        if progress.total.rows > undo_parts.AT_ONCE:
            return run
        return undo_parts.take_next(batch, at_most=undo_parts.AT_ONCE, actor=actor, now=now) or run


def carry_on(*, batch_id: int, actor: Actor | None, now: datetime) -> Undone | UndoRun:
    """Take over an undo whose run died, however long ago the import is; what went is not counted again.

    Raises `NotFound` when none began, `UndoRefused` where somebody else must do it, `Conflict` while it is under way.
    """
    with transaction():
        people.roll_in_turn()
        batch = queries.get_batch(batch_id, now=now, lock=True)
        if batch.undone_at is not None:
            return Undone(**(batch.undone or {}))
        if not turns.is_undoing(batch):
            raise NotFound
        _ensure_office(batch, actor)
        if not turns.is_dead(batch, now=now):
            raise Conflict(N_("这份名单还在撤，没有停。"))
        return _run(batch, actor, now=now)


def forget(person_id: int) -> None:
    """Wipe what imports changed about somebody who closes the account, inside the caller's transaction."""
    mine = RosterChange.person_id == person_id
    statement = update(RosterChange).where(mine).values(before=null(), after=null())
    require_transaction().execute(statement, execution_options={"synchronize_session": False})


def _run(batch: RosterBatch, actor: Actor | None, *, now: datetime) -> UndoRun:
    run = UndoRun(batch_id=batch.id, token=uuid.uuid4().hex, actor=actor)
    batch.runner, batch.beat_at = run.token, now
    return run


def _ensure_office(batch: RosterBatch, actor: Actor | None) -> None:
    gave_offices = bool((batch.made or {}).get("grants"))
    rules.ensure_office_may_undo(gave_offices=gave_offices, is_secretary=actor is None or Role.SECRETARY in actor.roles)
