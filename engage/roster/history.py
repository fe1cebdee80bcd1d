"""Imports of the past: the list, and what an undo of one of them would take away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import defer

from engage import people
from engage.core.database import db
from engage.roster import rules, turns, words
from engage.roster.models import RosterBatch, RosterChange

PAGE: Final = 30
#: how many names a page spells out; the others are counted
NAMED: Final = 60


@dataclass(frozen=True, kw_only=True)
class PastPage:
    """One page of the uploads, the newest first, and how many there are in all."""

    batches: Sequence[RosterBatch]
    uploaders: dict[int, str]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, kw_only=True)
class Staying:
    """Somebody who stays, and why in words."""

    person_id: int
    name: str
    member_no: int
    reasons: list[str]


@dataclass(frozen=True, kw_only=True)
class UndoPlan:
    """What an undo would take away: `going` people (the first of them by name) and `slips` nobody has used.

    `staying` is everybody on whom something hangs, the first of them spelled out.
    """

    going: int
    going_names: list[str]
    staying: int
    staying_people: list[Staying]
    units: int
    places: int
    teams: int
    offices: int
    slips: int
    #: people who were on the roll before and get their old facts back
    changed: int = 0


def list_past(*, page: int) -> PastPage:
    """Return one page of the uploads. The sealed rows and the lists of ids stay where they are."""
    total = int(db.session.scalar(select(func.count(RosterBatch.id))) or 0)
    pages = max(-(-total // PAGE), 1)
    shown = min(max(page, 1), pages)
    batches = db.session.scalars(
        select(RosterBatch)
        .options(defer(RosterBatch.content), defer(RosterBatch.made), defer(RosterBatch.choices))
        .order_by(RosterBatch.uploaded_at.desc(), RosterBatch.id.desc())
        .limit(PAGE)
        .offset((shown - 1) * PAGE)
    ).all()
    uploaders = people.names_of([one.uploaded_by for one in batches] + [one.undone_by for one in batches])
    return PastPage(batches=batches, uploaders=uploaders, total=total, page=shown, pages=pages)


def state_of(batch: RosterBatch, *, now: datetime) -> str:
    """Return "undone", "undoing", "undoable", "settled", "running", "stopped", "waiting" or "expired".

    "stopped" is an import or an undo that ended half way and waits for somebody to carry it on.
    """
    if batch.undone_at is not None:
        return "undone"
    if turns.is_dead(batch, now=now):
        return "stopped"
    if turns.is_undoing(batch):
        return "undoing"
    if batch.imported_at is not None:
        return "undoable" if now < rules.undo_until(batch.imported_at) else "settled"
    if batch.started_at is not None:
        return "running"
    return "waiting" if now < batch.expires_at else "expired"


def newest_undoable(*, now: datetime) -> RosterBatch | None:
    """Return the import whose undo began and did not end, else the newest that can still be taken back, or None."""
    began = RosterBatch.undo_began_at.is_not(None)
    statement = (
        select(RosterBatch)
        .where(RosterBatch.undone_at.is_(None), or_(began, RosterBatch.imported_at > now - rules.UNDO_WITHIN))
        .order_by(began.desc(), RosterBatch.imported_at.desc(), RosterBatch.id.desc())
    )
    return db.session.scalars(statement.limit(1)).first()


def plan_undo(batch: RosterBatch) -> UndoPlan:
    """Return what an undo of this import would take away now, in a handful of statements."""
    made = batch.made or {}
    ids: list[int] = made.get("persons", [])
    in_use = people.persons_in_use(ids, brought_at=batch.started_at) if batch.started_at else {}
    going = [person_id for person_id in ids if person_id not in in_use]
    staying = sorted(in_use)
    cards = people.persons_of(going[:NAMED] + staying[:NAMED])
    return UndoPlan(
        going=len(going),
        going_names=[cards[one].name for one in going[:NAMED] if one in cards],
        staying=len(staying),
        staying_people=[
            Staying(
                person_id=one, name=cards[one].name, member_no=cards[one].member_no, reasons=words.reasons(in_use[one])
            )
            for one in staying[:NAMED]
            if one in cards
        ],
        units=len(made.get("units", [])),
        places=len(made.get("places", [])),
        teams=len(made.get("teams", [])),
        offices=len(made.get("grants", [])),
        slips=people.count_unused_slips(going),
        changed=int(
            db.session.scalar(select(func.count(RosterChange.id)).where(RosterChange.batch_id == batch.id)) or 0
        ),
    )
