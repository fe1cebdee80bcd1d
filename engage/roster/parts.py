"""The parts of an import: some people in each transaction, the officers and the outcome with the last of them."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from engage import people, places
from engage.core import audit
from engage.core.access import Actor, Role
from engage.core.database import require_transaction, transaction
from engage.roster import queries, rules, turns, writing
from engage.roster.comparison import Comparison, Entry, State
from engage.roster.models import RosterBatch, RosterChange

#: people written in one transaction: about a second, on both databases
PART: Final = 2_000


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What an import did, in counts.

    `officers` are grid officers put on the roll besides the roster's people, `posts` the roles given, `changed` who was
    on the roll and got a new fact, `unchanged` who was there already, `held_back` rows with an error, `undecided` people
    who may be on the roll under another sign, `left_out` rows nobody wanted, `stopped` an import that ended half way.
    """

    people: int
    volunteers: int
    units: int
    places: int
    officers: int
    posts: int
    unchanged: int
    held_back: int
    changed: int = 0
    undecided: int = 0
    left_out: int = 0
    stopped: bool = False

    @property
    def nothing_new(self) -> bool:
        """Tell whether the import changed nothing at all."""
        return not (self.people or self.changed or self.units or self.places or self.officers or self.posts)


@dataclass(kw_only=True)
class Run:
    """One walk through a batch: what is still to be written, in order."""

    batch_id: int
    token: str
    may_appoint: bool
    actor: Actor | None
    comparison: Comparison
    surveyed: places.Surveyed
    newcomers: list[rules.Person]
    amended: list[Entry]
    #: ids of the people written by this run, by id() of the workbook's person
    written: dict[int, int] = field(default_factory=dict)

    @property
    def rest(self) -> int:
        """Return how many people are still to be written."""
        return len(self.newcomers) + len(self.amended)


def prepare(batch: RosterBatch, comparison: Comparison, *, actor: Actor | None) -> Run:
    """Write the doors that are missing and return what else is to be written."""
    return Run(
        batch_id=batch.id,
        token=uuid.uuid4().hex,
        # A role carries powers: only the secretary (or the operator) hands them out, also by a list.
        may_appoint=actor is None or Role.SECRETARY in actor.roles,
        actor=actor,
        comparison=comparison,
        surveyed=writing.survey(comparison),
        newcomers=comparison.newcomers,
        amended=comparison.amended,
    )


def draft_of(comparison: Comparison) -> Outcome:
    """Return the outcome as far as it is known before anything is written."""
    states = [entry.state for entry in comparison.entries]
    rows = [comparison.state_of(line) for line in comparison.reading.lines if line.held_back]
    return Outcome(
        people=0,
        volunteers=0,
        units=0,
        places=0,
        officers=0,
        posts=0,
        unchanged=states.count(State.SAME) + states.count(State.CHANGED) - len(comparison.amended),
        held_back=rows.count(State.FIX),
        undecided=states.count(State.ASK),
        left_out=states.count(State.LEFT) + rows.count(State.LEFT),
    )


def write_part(run: Run, *, now: datetime) -> Outcome | None:
    """Write the next people of a run; returns the outcome with the last ones. Raises `TakenOver`."""
    with transaction():
        people.roll_in_turn()
        batch = queries.get_batch(run.batch_id, now=now, lock=True)
        turns.ensure_own(batch, run.token)
        batch.beat_at = now
        if run.rest > PART:
            _write_some(batch, run)
            return None
        return write_rest(batch, run, now=now)


def _write_some(batch: RosterBatch, run: Run) -> None:
    """Write up to `PART` people: those who are new first, then what is new about the others."""
    at = batch.started_at or batch.uploaded_at
    some, run.newcomers = run.newcomers[:PART], run.newcomers[PART:]
    room = PART - len(some)
    entries, run.amended = run.amended[:room], run.amended[room:]
    teams_before = set(people.team_names())
    ids = people.enrol_many([writing.newcomer(one, run.comparison, run.surveyed) for one in some], now=at)
    run.written |= {id(one): person_id for one, person_id in zip(some, ids, strict=True)}
    done = people.amend_many([writing.amendment(entry, run.comparison, run.surveyed) for entry in entries], now=at)
    facts = {entry.person_id: [change.fact.value for change in entry.applied] for entry in entries}
    require_transaction().add_all(
        RosterChange(
            batch_id=batch.id,
            person_id=one.person_id,
            facts=list(dict.fromkeys(facts[one.person_id])),
            before=one.before,
            after=one.after,
            at=at,
        )
        for one in done
    )
    made = dict(batch.made or {})
    batch.made = made | {
        "persons": [*made["persons"], *ids],
        "teams": sorted({*made["teams"], *(set(people.team_names()) - teams_before)}),
    }
    draft = dict((batch.progress or {})["outcome"])
    draft["people"] += len(ids)
    draft["volunteers"] += sum(1 for one in some if one.volunteer)
    draft["changed"] += len(done)
    batch.progress = {
        **(batch.progress or {}),
        "done": (batch.progress or {})["done"] + len(some) + len(entries),
        "outcome": draft,
    }


def write_rest(batch: RosterBatch, run: Run, *, now: datetime) -> Outcome:
    """Write the last people, then the officers, and end the import."""
    _write_some(batch, run)
    at = batch.started_at or now
    by_person = run.written | {
        id(entry.person): entry.person_id
        for entry in run.comparison.entries
        if entry.person_id and entry.state is not State.LEFT
    }
    officer_ids, posts = writing.officers(run.comparison.reading, by_person, run.surveyed, now=at)
    granted = people.appoint_many(posts, role=Role.GRID_OFFICER, now=at) if run.may_appoint else []
    made: dict[str, list[Any]] = dict(batch.made or {})
    batch.made = made | {"persons": made["persons"] + officer_ids, "grants": granted}
    draft = Outcome(**(batch.progress or {})["outcome"])
    outcome = replace(draft, officers=len(officer_ids), posts=len(granted))
    return finish(batch, outcome, actor=run.actor, now=now)


def finish(batch: RosterBatch, outcome: Outcome, *, actor: Actor | None, now: datetime) -> Outcome:
    """End an import."""
    batch.outcome, batch.imported_at, batch.runner = asdict(outcome), now, None
    audit.record("roster_imported", actor=actor, subject=f"roster_batch:{batch.id}", now=now, **batch.outcome)
    return outcome
