"""Topics, who seconds them, and the agenda rounds that choose among them (talks §5.1)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.database import BigKey, TenantBase, tenant_args, tenant_fk
from engage.core.references import way_back


class Topic(TenantBase):
    """Something a resident wants talked about. `state` is the last decision; the clock adds to it (rules.standing)."""

    __tablename__ = "topic"
    __table_args__ = tenant_args(
        tenant_fk("filed_by", "person"),
        tenant_fk("unit_id", "unit"),
        tenant_fk("round_id", "agenda_round"),
        UniqueConstraint("community_id", "year", "seq"),
        CheckConstraint(
            "state IN ('submitted', 'seconding', 'rejected', 'withdrawn', 'balloted', 'selected', 'not_selected',"
            " 'scheduled', 'resolved')",
            name="state",
        ),
        CheckConstraint("needed >= 1", name="needed"),
        CheckConstraint("minutes >= 1", name="minutes"),
        Index("ix_topic_state", "community_id", "state", "filed_at"),
        Index("ix_topic_filed_by", "community_id", "filed_by"),
    )

    #: the public number 议-2026-017 is made of both; Shanghai year
    year: Mapped[int]
    seq: Mapped[int]
    title: Mapped[str] = mapped_column(String(40))
    body: Mapped[str] = mapped_column(String(1000), default="")
    filed_by: Mapped[int]
    #: the household it comes from, if the author has one: it counts as the first second
    unit_id: Mapped[int | None]
    is_named: Mapped[bool]
    filed_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12))
    #: when a moderator let it through; without one the clock does after three days
    opened_at: Mapped[datetime | None]
    #: households that must second it; as it was when the topic was filed, never retroactive
    needed: Mapped[int]
    #: minutes planned on an agenda
    minutes: Mapped[int] = mapped_column(default=20)
    reason: Mapped[str] = mapped_column(String(20), default="")
    reason_text: Mapped[str] = mapped_column(String(200), default="")
    round_id: Mapped[int | None]
    talk_id: Mapped[int | None] = mapped_column(BigKey)


class TopicSecond(TenantBase):
    """A household that backs a topic. Not secret; withdrawn by deleting while that is allowed."""

    __tablename__ = "topic_second"
    __table_args__ = tenant_args(
        tenant_fk("topic_id", "topic"),
        tenant_fk("unit_id", "unit"),
        tenant_fk("person_id", "person"),
        UniqueConstraint("community_id", "topic_id", "unit_id"),
        way_back("topic_second", "unit_id"),
        way_back("topic_second", "person_id"),
    )

    topic_id: Mapped[int]
    unit_id: Mapped[int]
    person_id: Mapped[int]
    at: Mapped[datetime]


class TopicRule(TenantBase):
    """How many households must second a topic, from a moment on. Earlier topics keep their number."""

    __tablename__ = "topic_rule"
    __table_args__ = tenant_args(
        tenant_fk("set_by", "person"),
        CheckConstraint("needed BETWEEN 1 AND 500", name="needed"),
        Index("ix_topic_rule_valid_from", "community_id", "valid_from"),
    )

    needed: Mapped[int]
    valid_from: Mapped[datetime]
    set_by: Mapped[int]


class TopicNumber(TenantBase):
    """The last public number given out in a year."""

    __tablename__ = "topic_number"
    __table_args__ = tenant_args(UniqueConstraint("community_id", "year"))

    year: Mapped[int]
    last: Mapped[int]


class AgendaRound(TenantBase):
    """A ballot of all households that picks the topics of the next talk."""

    __tablename__ = "agenda_round"
    __table_args__ = tenant_args(tenant_fk("vote_id", "vote"), CheckConstraint("k BETWEEN 1 AND 12", name="k"))

    title: Mapped[str] = mapped_column(String(60))
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    #: seats on the agenda
    k: Mapped[int]
    #: topics in the order of the options
    topic_ids: Mapped[list[int]] = mapped_column(JSON)
    #: set in the transaction that makes the round
    vote_id: Mapped[int | None]
    concluded_at: Mapped[datetime | None]
    #: topics tied at the line, in the order the lots were drawn in the courtyard
    lots: Mapped[list[int]] = mapped_column(JSON)
