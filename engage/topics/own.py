"""What a person filed and seconded, for the person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from engage.core.database import db
from engage.topics.models import Topic, TopicSecond
from engage.topics.queries import TopicCard, topic_cards


@dataclass(frozen=True, kw_only=True)
class OwnSecond:
    """A topic the person's household backs because they said so."""

    topic: TopicCard
    at: datetime


def filed_by(person_id: int, *, now: datetime, limit: int = 500) -> list[TopicCard]:
    """Return the topics a person filed, named or not, the newest first."""
    statement = select(Topic.id).where(Topic.filed_by == person_id).order_by(Topic.id.desc()).limit(limit)
    ids = list(db.session.scalars(statement))
    cards = topic_cards(ids, now=now)
    return [cards[topic_id] for topic_id in ids]


def seconded_by_person(person_id: int, *, now: datetime, limit: int = 500) -> list[OwnSecond]:
    """Return what a person seconded for the household, the newest first."""
    statement = select(TopicSecond.topic_id, TopicSecond.at).where(TopicSecond.person_id == person_id)
    rows = db.session.execute(statement.order_by(TopicSecond.id.desc()).limit(limit)).all()
    cards = topic_cards([row.topic_id for row in rows], now=now)
    return [OwnSecond(topic=cards[row.topic_id], at=row.at) for row in rows]
