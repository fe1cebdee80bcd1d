"""What the courtyard decided: motions whose vote is closed and carried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select

from engage import votes
from engage.core.database import db
from engage.talks import queries
from engage.talks.models import AgendaItem, Motion, Talk


@dataclass(frozen=True, kw_only=True)
class MotionCard:
    """A motion that was carried. `decided_at` is the moment its vote closed, UTC."""

    id: int
    talk_id: int
    talk_number: int
    topic_id: int | None
    text: str
    owner_text: str
    vote_id: int
    decided_at: datetime | None
    outcome: votes.Outcome | None


def decided_motions(*, limit: int, now: datetime) -> list[MotionCard]:
    """Return motions whose vote closed and carried, newest first. Looks at the latest `4 * limit` votes."""
    return _carried(_put_motions().order_by(Motion.id.desc()).limit(4 * limit), now=now)[:limit]


def find_decided(motion_id: int, *, now: datetime) -> MotionCard | None:
    """Return the motion if its vote closed and carried, else None."""
    return next(iter(_carried(_put_motions().where(Motion.id == motion_id), now=now)), None)


def _put_motions() -> Select[Motion, AgendaItem, int]:
    return (
        select(Motion, AgendaItem, Talk.number)
        .join(AgendaItem, (AgendaItem.id == Motion.agenda_item_id) & (AgendaItem.community_id == Motion.community_id))
        .join(Talk, (Talk.id == AgendaItem.talk_id) & (Talk.community_id == AgendaItem.community_id))
        .where(Motion.put_at.is_not(None))
    )


def _carried(statement: Select[Motion, AgendaItem, int], *, now: datetime) -> list[MotionCard]:
    rows = db.session.execute(statement).all()
    cards = votes.cards_of([queries.subject_of(row.Motion.id) for row in rows], now=now)
    return [
        MotionCard(
            id=row.Motion.id,
            talk_id=row.AgendaItem.talk_id,
            talk_number=row.number,
            topic_id=row.AgendaItem.topic_id,
            text=row.Motion.text,
            owner_text=row.Motion.owner_text,
            vote_id=card.id,
            decided_at=card.deadline,
            outcome=card.outcome,
        )
        for row in rows
        if (card := cards.get(queries.subject_of(row.Motion.id))) and card.outcome and card.outcome.verdict == "passed"
    ]
