"""Corrections as pages show them: what waits for a second person, and what became of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Select, false, func, select

from engage.core.access import Actor, Permission
from engage.core.database import db
from engage.ledger.cards import EntryCard
from engage.ledger.models import Correction, Entry
from engage.ledger.queries import cards_of

#: a page never shows more; what waits comes first
AT_MOST: Final = 50


@dataclass(frozen=True, kw_only=True)
class CorrectionCard:
    """One request with the entry it is about; `outcome` is empty while it waits."""

    id: int
    entry: EntryCard
    reason: str
    proposed_by: int
    proposed_at: datetime
    decided_by: int | None
    decided_at: datetime | None
    outcome: str


def list_corrections() -> list[CorrectionCard]:
    """Return what waits, the oldest first, then what was decided, the latest first; at most 50 of each, four statements."""
    waiting = select(Correction).where(Correction.outcome == "").order_by(Correction.id)
    over = select(Correction).where(Correction.outcome != "").order_by(Correction.id.desc())
    return _cards([*db.session.scalars(waiting.limit(AT_MOST)), *db.session.scalars(over.limit(AT_MOST))])


def find_waiting(*, entry_id: int) -> int | None:
    """Return the number of the request that waits about an entry, or None."""
    statement = select(Correction.id).where(Correction.entry_id == entry_id, Correction.outcome == "")
    return db.session.scalar(statement)


def count_waiting(*, judge: Actor | None = None) -> int:
    """Return how many corrections wait for a second person; with `judge`, those this person may say yes to."""
    return db.session.scalar(counting_waiting(judge=judge)) or 0


def counting_waiting(*, judge: Actor | None = None) -> Select[int]:
    """Return the statement of `count_waiting`, to be asked together with others."""
    waiting = select(func.count(Correction.id)).where(Correction.outcome == "")
    if judge is None:
        return waiting
    if not judge.can(Permission.APPROVE_RULES):
        return waiting.where(false())
    return waiting.join(Entry, Entry.id == Correction.entry_id).where(
        Correction.proposed_by != judge.person_id, Entry.person_id != judge.person_id
    )


def _cards(rows: Sequence[Correction]) -> list[CorrectionCard]:
    found = db.session.scalars(select(Entry).where(Entry.id.in_({row.entry_id for row in rows}))).all()
    entries = {card.id: card for card in cards_of(found)}
    return [
        CorrectionCard(
            id=row.id,
            entry=entries[row.entry_id],
            reason=row.reason,
            proposed_by=row.proposed_by,
            proposed_at=row.proposed_at,
            decided_by=row.decided_by,
            decided_at=row.decided_at,
            outcome=row.outcome,
        )
        for row in rows
    ]
