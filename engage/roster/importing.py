"""Writing a batch to the roll: at once when it is short, in parts when it is long.

A part is one transaction, so that others can write in between; whatever was written is listed in `made` and can be
undone, and a run that died can be carried on by anybody: what is on the roll already is found there.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime

from engage import people
from engage.core.access import Actor
from engage.core.database import transaction
from engage.core.errors import N_, Conflict, DomainError
from engage.roster import parts, queries, turns
from engage.roster.models import RosterBatch
from engage.roster.parts import Outcome, Run


class NobodyFound(DomainError):
    """Nothing of the workbook can be written."""


class ChangedMeanwhile(Conflict):
    """What is confirmed is not what was looked at."""


def confirm(*, batch_id: int, revision: int, actor: Actor | None, now: datetime) -> Outcome:
    """Write a whole batch to the roll, however long it takes. A second confirmation returns the first outcome."""
    begun = begin(batch_id=batch_id, revision=revision, actor=actor, now=now)
    while isinstance(begun, Run):
        begun = parts.write_part(begun, now=now) or begun
    return begun


def begin(*, batch_id: int, revision: int, actor: Actor | None, now: datetime) -> Outcome | Run:
    """Write a short batch, all or nothing, and return the outcome; of a long one write the doors and return the run.

    Raises `ChangedMeanwhile` when the batch is not the revision that was looked at, `NobodyFound` when no row can go in,
    `Conflict` while another import or undo of the community is under way.
    """
    seen = queries.get_batch(batch_id, now=now)
    if seen.imported_at is not None:
        return Outcome(**(seen.outcome or {}))
    mark, comparison = people.roll_mark(), queries.comparison_of(seen, now=now)  # before the lock: it takes a while
    with transaction():
        # Two imports of one community at the same time would both find the same people missing: one waits.
        people.roll_in_turn()
        batch = queries.get_batch(batch_id, now=now, lock=True)
        if batch.imported_at is not None:
            return Outcome(**(batch.outcome or {}))
        if batch.revision != revision:
            raise ChangedMeanwhile(N_("刚才有人改过这份名单。请再看一遍，再导入。"))
        turns.ensure_alone(now=now)
        if people.roll_mark() != mark:
            comparison = queries.comparison_of(batch, now=now)
        if not comparison.reading.people and not comparison.reading.units:
            raise NobodyFound(N_("没有一行可以导入。请先改好，或者换个文件。"))
        run = parts.prepare(batch, comparison, actor=actor)
        batch.started_at, batch.runner, batch.beat_at = now, run.token, now
        batch.made = {
            "persons": [],
            "grants": [],
            "teams": [],
            "units": run.surveyed.made_units,
            "places": run.surveyed.made_places,
        }
        draft = replace(
            parts.draft_of(comparison), units=len(run.surveyed.made_units), places=len(run.surveyed.made_places)
        )
        batch.progress = {"done": 0, "total": run.rest, "outcome": asdict(draft)}
        return run if run.rest > parts.PART else parts.write_rest(batch, run, now=now)


def carry_on(*, batch_id: int, actor: Actor | None, now: datetime) -> Run | Outcome:
    """Take over an import whose run died; what it wrote is on the roll and is not written again."""
    seen = queries.get_batch(batch_id, now=now)
    if seen.imported_at is not None:
        return Outcome(**(seen.outcome or {}))
    comparison = queries.comparison_of(seen, now=now)
    with transaction():
        people.roll_in_turn()
        batch = _dead(batch_id, now=now)
        run = parts.prepare(batch, comparison, actor=actor)
        batch.runner, batch.beat_at = run.token, now
        return run


def stop(*, batch_id: int, actor: Actor | None, now: datetime) -> Outcome:
    """End an import whose run died where it is: what was written stays, and can be undone as a whole."""
    with transaction():
        batch = _dead(batch_id, now=now)
        draft = Outcome(**(batch.progress or {})["outcome"])
        return parts.finish(batch, replace(draft, stopped=True), actor=actor, now=now)


def _dead(batch_id: int, *, now: datetime) -> RosterBatch:
    batch = queries.get_batch(batch_id, now=now, lock=True)
    if not (turns.is_importing(batch) and turns.is_dead(batch, now=now)):
        raise Conflict(N_("这份名单还在导入，没有停。"))
    return batch
