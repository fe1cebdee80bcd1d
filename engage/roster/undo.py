"""Taking a whole import back within 24 hours: what it put on the roll goes, unless something hangs on it by now."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, null, select, update

from engage import people, places
from engage.core import audit
from engage.core.access import Actor, Role
from engage.core.database import require_transaction, transaction
from engage.roster import queries, rules
from engage.roster.models import RosterBatch, RosterChange


@dataclass(frozen=True, kw_only=True)
class Undone:
    """What an undo did, in counts: `kept` are people who stayed, `offices` the roles of the import that ended."""

    people: int
    kept: int
    units: int
    places: int
    teams: int
    offices: int
    #: people who were on the roll before: how many have their old facts back, how many were changed again since
    restored: int = 0
    changed_since: int = 0


def undo(*, batch_id: int, actor: Actor | None, now: datetime) -> Undone:
    """Take an import back, all in one transaction; a second undo returns what the first one did.

    `actor` is None for the operator's command line. People on whom something hangs stay with their doors and teams; an area the roster filled in for a door that
    was known before stays as well. Raises `TooLate` from 24 hours on, `UndoRefused` where somebody else must do it.
    """
    with transaction() as session:
        # As for an import: one at a time, or the second would count what the first is taking away.
        session.scalars(select(RosterBatch.id).order_by(RosterBatch.id).with_for_update()).all()
        batch = queries.get_batch(batch_id, now=now, lock=True)
        if batch.undone_at is not None:
            return Undone(**(batch.undone or {}))
        rules.ensure_undoable(imported_at=batch.imported_at, now=now)
        made = batch.made or {}
        rules.ensure_office_may_undo(
            gave_offices=bool(made.get("grants")), is_secretary=actor is None or Role.SECRETARY in actor.roles
        )
        undone = _take_back(batch, at=batch.started_at or now, now=now)
        batch.undone_at, batch.undone_by, batch.undone = now, actor.person_id if actor else None, asdict(undone)
        audit.record("roster_undone", actor=actor, subject=f"roster_batch:{batch.id}", now=now, **batch.undone)
        return undone


def _take_back(batch: RosterBatch, *, at: datetime, now: datetime) -> Undone:
    made = batch.made or {}
    restored, changed_since = _restore(batch.id)
    withdrawn = people.withdraw_many(made.get("persons", []), brought_at=at, now=now)
    offices = people.end_grants(made.get("grants", []), now=now)
    teams = people.dissolve_empty_teams([str(name) for name in made.get("teams", [])])
    removed = places.remove_unused(unit_ids=made.get("units", []), place_ids=made.get("places", []))
    return Undone(
        people=len(withdrawn.gone),
        kept=len(withdrawn.stayed),
        units=removed.units,
        places=removed.places,
        teams=teams,
        offices=offices,
        restored=restored,
        changed_since=changed_since,
    )


def forget(person_id: int) -> None:
    """Wipe what imports changed about somebody who closes the account, inside the caller's transaction."""
    mine = RosterChange.person_id == person_id
    statement = update(RosterChange).where(mine).values(before=null(), after=null())
    require_transaction().execute(statement, execution_options={"synchronize_session": False})


def _restore(batch_id: int) -> tuple[int, int]:
    """Give people who were on the roll before their old facts back; returns (restored, changed again since)."""
    session = require_transaction()
    of_batch = RosterChange.batch_id == batch_id
    counts = people.revert_many(
        [
            people.Amended(person_id=person_id, before=before or {}, after=after or {})
            for person_id, before, after in session.execute(
                select(RosterChange.person_id, RosterChange.before, RosterChange.after).where(of_batch)
            )
        ]
    )
    session.execute(delete(RosterChange).where(of_batch), execution_options={"synchronize_session": False})
    return counts
