"""The parts of an undo: what was changed goes back first, then the people, the doors and the buildings go, in this order.

A part is one transaction and takes the next rows of that order. How far the undo is stands on the batch and changes in
the same transaction, so a part that was cut off never happened, and whoever carries on begins where the last one ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, func, select

from engage import people, places
from engage.core import audit
from engage.core.access import Actor
from engage.core.database import db, require_transaction, transaction
from engage.roster import queries, turns
from engage.roster.models import RosterBatch, RosterChange

#: rows looked at in one transaction of a long undo, and how many are still taken back all at once
PART: Final = 500
AT_ONCE: Final = 2_000


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


NOTHING_YET: Final = Undone(people=0, kept=0, units=0, places=0, teams=0, offices=0)


@dataclass(frozen=True, kw_only=True)
class Steps:
    """How many rows of each kind, in the order an undo takes them."""

    changes: int = 0
    persons: int = 0
    units: int = 0
    buildings: int = 0

    @property
    def people(self) -> int:
        """Return how many are people."""
        return self.changes + self.persons

    @property
    def rows(self) -> int:
        """Return how many there are of all kinds."""
        return self.people + self.units + self.buildings


@dataclass(frozen=True, kw_only=True)
class UndoRun:
    """One walk through an undo; how far it is, the batch knows."""

    batch_id: int
    token: str
    actor: Actor | None


@dataclass(kw_only=True)
class Progress:
    """How far an undo is, as the batch keeps it."""

    done: Steps = field(default_factory=Steps)
    total: Steps = field(default_factory=Steps)
    outcome: Undone = NOTHING_YET

    @classmethod
    def of(cls, batch: RosterBatch) -> Progress:
        """Return what the batch says."""
        kept: dict[str, dict[str, int]] = batch.undo_progress or {}
        if not kept:
            return cls()
        return cls(done=Steps(**kept["done"]), total=Steps(**kept["total"]), outcome=Undone(**kept["outcome"]))


def total_of(batch: RosterBatch) -> Steps:
    """Return how much there is to take back."""
    made = batch.made or {}
    changes = select(func.count(RosterChange.id)).where(RosterChange.batch_id == batch.id)
    return Steps(
        changes=int(db.session.scalar(changes) or 0),
        persons=len(made.get("persons", [])),
        units=len(made.get("units", [])),
        buildings=len(_buildings(made)),
    )


def take_part(run: UndoRun, *, now: datetime) -> Undone | None:
    """Take the next rows back; returns what the undo did with the last of them. Raises `TakenOver`."""
    with transaction():
        people.roll_in_turn()
        batch = queries.get_batch(run.batch_id, now=now, lock=True)
        turns.ensure_own(batch, run.token)
        return take_next(batch, at_most=PART, actor=run.actor, now=now)


def take_next(batch: RosterBatch, *, at_most: int, actor: Actor | None, now: datetime) -> Undone | None:
    """Take up to so many rows back inside the caller's transaction, and with the last of them end the undo."""
    number, made, at = batch.id, batch.made or {}, batch.started_at or now
    progress = Progress.of(batch)
    done, sofar = progress.done, progress.outcome

    restored, changed_since = _restore(number, at_most=at_most)
    room = at_most - restored - changed_since
    persons = _next(made.get("persons", []), done.persons, room)
    room -= len(persons)
    units = _next(made.get("units", []), done.units, room)
    room -= len(units)
    all_buildings = _buildings(made)
    buildings = _next(all_buildings, done.buildings, room)
    room -= len(buildings)
    progress.done = Steps(
        changes=done.changes + restored + changed_since,
        persons=done.persons + len(persons),
        units=done.units + len(units),
        buildings=done.buildings + len(buildings),
    )
    over = room > 0 or progress.done == progress.total

    withdrawn = people.withdraw_many(persons, brought_at=at, now=now)
    # With the last rows: offices of those who stayed, empty teams, and the grids, which go together or not at all.
    offices = people.end_grants(made.get("grants", []), now=now) if over else 0
    teams = people.dissolve_empty_teams([str(name) for name in made.get("teams", [])]) if over else 0
    grids = set(made.get("places", [])) - set(all_buildings) if over else set()
    removed = places.remove_unused(unit_ids=units, place_ids=grids.union(buildings))
    progress.outcome = Undone(
        people=sofar.people + len(withdrawn.gone),
        kept=sofar.kept + len(withdrawn.stayed),
        units=sofar.units + removed.units,
        places=sofar.places + removed.places,
        teams=teams,
        offices=offices,
        restored=sofar.restored + restored,
        changed_since=sofar.changed_since + changed_since,
    )
    batch.undo_progress, batch.beat_at = asdict(progress), now
    return _finish(batch, progress.outcome, actor=actor, now=now) if over else None


def _restore(batch_id: int, *, at_most: int) -> tuple[int, int]:
    """Give people who were on the roll before their old facts back; returns (restored, changed again since)."""
    session = require_transaction()
    wanted = select(RosterChange.id, RosterChange.person_id, RosterChange.before, RosterChange.after)
    rows = session.execute(
        wanted.where(RosterChange.batch_id == batch_id).order_by(RosterChange.id).limit(at_most)
    ).all()
    if not rows:
        return 0, 0
    counts = people.revert_many(
        [people.Amended(person_id=row.person_id, before=row.before or {}, after=row.after or {}) for row in rows]
    )
    # what is put back is forgotten, so the next part finds the next rows: ids grow, and nobody adds any by now
    over = (RosterChange.batch_id == batch_id) & (RosterChange.id <= rows[-1].id)
    session.execute(delete(RosterChange).where(over), execution_options={"synchronize_session": False})
    return counts


def _next(ids: Sequence[int], done: int, room: int) -> Sequence[int]:
    """Return the next ids of a list that never changes again."""
    return ids[done : done + room]


def _buildings(made: dict[str, list[Any]]) -> list[int]:
    """Return the buildings the import made, without its grids."""
    grids = {grid.id for grid in places.every_grid()}
    return [place_id for place_id in made.get("places", []) if place_id not in grids]


def _finish(batch: RosterBatch, outcome: Undone, *, actor: Actor | None, now: datetime) -> Undone:
    batch.undone_at, batch.undone, batch.runner = now, asdict(outcome), None
    audit.record("roster_undone", actor=actor, subject=f"roster_batch:{batch.id}", now=now, **batch.undone)
    return outcome
