"""What a person filed and seconded, for the person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from engage.core.database import db
from engage.topics.models import Topic, TopicSecond
from engage.topics.queries import TopicCard, topic_cards


@dataclass(frozen=True, kw_only=True)
class OwnSecond:
    """A topic the person's household backs because they said so."""

    topic: TopicCard
    at: datetime


def filed_by(person_ids: Collection[int], *, now: datetime, limit: int | None = None) -> list[TopicCard]:
    """Return the topics a person filed under these entries, named or not, the newest first."""
    newest = select(Topic.id).where(Topic.filed_by.in_(set(person_ids))).order_by(Topic.id.desc()).limit(limit)
    cards = topic_cards(newest, now=now)
    return sorted(cards.values(), key=lambda card: card.id, reverse=True)


def counting_seconded(person_ids: Collection[int]) -> Select[int]:
    """Return the statement for how many topics were seconded under these entries, to be asked together with others."""
    return select(func.count(TopicSecond.id)).where(TopicSecond.person_id.in_(set(person_ids)))


def seconded_by_person(person_ids: Collection[int], *, now: datetime, limit: int | None = None) -> list[OwnSecond]:
    """Return what a person seconded for the household under these entries, the newest first."""
    statement = select(TopicSecond.topic_id, TopicSecond.at).where(TopicSecond.person_id.in_(set(person_ids)))
    rows = db.session.execute(statement.order_by(TopicSecond.id.desc()).limit(limit)).all()
    cards = topic_cards([row.topic_id for row in rows], now=now)
    return [OwnSecond(topic=cards[row.topic_id], at=row.at) for row in rows]
