"""Night talks: the evening, its agenda, who came, who speaks, what is put to the vote, what was noted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.database import BigKey, TenantBase, tenant_args, tenant_fk
from engage.core.ddl import append_only
from engage.core.references import way_back


class Talk(TenantBase):
    """One evening in the courtyard. Its states are in `rules.TALK_MOVES`."""

    __tablename__ = "talk"
    __table_args__ = tenant_args(
        tenant_fk("chair_id", "person"),
        tenant_fk("recorder_id", "person"),
        tenant_fk("first_teller_id", "person"),
        tenant_fk("second_teller_id", "person"),
        UniqueConstraint("community_id", "number"),
        Index("ix_talk_state", "community_id", "state", "starts_at"),
        CheckConstraint(
            "state IN ('draft', 'noticed', 'checkin', 'in_session', 'adjourned', 'cancelled')", name="state"
        ),
        # talks §5.4 18: the four roles are four people, also for those who come past the rules
        CheckConstraint(
            "chair_id <> recorder_id AND chair_id <> first_teller_id AND chair_id <> second_teller_id "
            "AND recorder_id <> first_teller_id AND recorder_id <> second_teller_id "
            "AND first_teller_id <> second_teller_id",
            name="four_people",
        ),
    )

    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(60))
    place: Mapped[str] = mapped_column(String(60))
    starts_at: Mapped[datetime]
    #: how long the courtyard is ours, in minutes
    booked_minutes: Mapped[int]
    #: how many whole days before the start the notice must hang
    notice_days: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    chair_id: Mapped[int | None]
    recorder_id: Mapped[int | None]
    first_teller_id: Mapped[int | None]
    second_teller_id: Mapped[int | None]
    #: households that must vote for a result to count, fixed when the notice goes up (talks §6 Night talk)
    quorum: Mapped[int | None]
    noticed_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    adjourned_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None] = mapped_column(String(120))
    planned_by: Mapped[int] = mapped_column(BigKey)
    created_at: Mapped[datetime]


class AgendaItem(TenantBase):
    """One point of the agenda; at most one per talk is active."""

    __tablename__ = "agenda_item"
    __table_args__ = tenant_args(
        tenant_fk("talk_id", "talk"),
        UniqueConstraint("community_id", "talk_id", "position"),
        CheckConstraint("state IN ('pending', 'active', 'done', 'deferred')", name="state"),
        CheckConstraint("minutes > 0", name="minutes"),
        Index(
            "uq_agenda_item_active",
            "community_id",
            "talk_id",
            unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
    )

    talk_id: Mapped[int]
    #: the residents' topic it came from; None for a point added by the office
    topic_id: Mapped[int | None] = mapped_column(BigKey)
    title: Mapped[str] = mapped_column(String(60))
    minutes: Mapped[int]
    position: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="pending")
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class TalkAttendance(TenantBase):
    """Somebody came. The unit is the household the person may vote for, if any."""

    __tablename__ = "talk_attendance"
    __table_args__ = tenant_args(
        tenant_fk("talk_id", "talk"),
        tenant_fk("person_id", "person"),
        tenant_fk("unit_id", "unit"),
        UniqueConstraint("community_id", "talk_id", "person_id"),
        way_back("talk_attendance", "person_id"),
        way_back("talk_attendance", "unit_id"),
        CheckConstraint("channel IN ('phone', 'desk')", name="channel"),
    )

    talk_id: Mapped[int]
    person_id: Mapped[int]
    unit_id: Mapped[int | None]
    arrived_at: Mapped[datetime]
    channel: Mapped[str] = mapped_column(String(10))
    recorded_by: Mapped[int] = mapped_column(BigKey)


class SpeakerEntry(TenantBase):
    """A place in the queue for the microphone; at most one per talk is speaking."""

    __tablename__ = "speaker_entry"
    __table_args__ = tenant_args(
        tenant_fk("talk_id", "talk"),
        tenant_fk("agenda_item_id", "agenda_item"),
        tenant_fk("person_id", "person"),
        CheckConstraint("state IN ('waiting', 'speaking', 'done', 'withdrawn', 'skipped')", name="state"),
        CheckConstraint("stance IN ('for', 'against', 'open')", name="stance"),
        Index(
            "uq_speaker_entry_speaking",
            "community_id",
            "talk_id",
            unique=True,
            sqlite_where=text("state = 'speaking'"),
            postgresql_where=text("state = 'speaking'"),
        ),
        Index(
            "uq_speaker_entry_waiting",
            "community_id",
            "talk_id",
            "person_id",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    talk_id: Mapped[int]
    agenda_item_id: Mapped[int | None]
    person_id: Mapped[int]
    stance: Mapped[str] = mapped_column(String(10), default="open")
    queued_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Motion(TenantBase):
    """A question that can be answered by a vote. Its vote is found by the subject "motion:<id>"."""

    __tablename__ = "motion"
    __table_args__ = tenant_args(
        tenant_fk("agenda_item_id", "agenda_item"),
        tenant_fk("proposed_by", "person"),
        Index("ix_motion_item", "community_id", "agenda_item_id"),
        CheckConstraint("roll IN ('present', 'all')", name="roll"),
    )

    agenda_item_id: Mapped[int]
    text: Mapped[str] = mapped_column(String(120))
    #: what can be chosen; for and against unless the motion names its own
    options: Mapped[list[str]] = mapped_column(JSON)
    #: who is proposed to do it, as said in the courtyard
    owner_text: Mapped[str] = mapped_column(String(60), default="")
    #: whose households vote: those who came, or every household with a voter
    roll: Mapped[str] = mapped_column(String(10))
    proposed_by: Mapped[int]
    created_at: Mapped[datetime]
    #: when the roll was frozen for the vote; None while it is only proposed
    put_at: Mapped[datetime | None]


class TalkNote(TenantBase):
    """A line the recorder wrote during the evening. Lines are added, never changed."""

    __tablename__ = "talk_note"
    __table_args__ = tenant_args(
        tenant_fk("talk_id", "talk"),
        tenant_fk("person_id", "person"),
        UniqueConstraint("community_id", "talk_id", "key"),
    )

    talk_id: Mapped[int]
    person_id: Mapped[int]
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(String(200))
    #: the form's own key: a line sent twice is one line
    key: Mapped[str] = mapped_column(String(64))


append_only("talk_note")
