"""Activities, their shifts, and who said they would come."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.database import BigKey, TenantBase, tenant_args, tenant_fk
from engage.core.references import way_back


class Activity(TenantBase):
    """Something people do together: a patrol, a service, a training."""

    __tablename__ = "activity"
    __table_args__ = tenant_args(
        tenant_fk("leader_id", "person"),
        tenant_fk("created_by", "person"),
        CheckConstraint("kind IN ('patrol', 'service', 'training')", name="kind"),
        CheckConstraint("nature IN ('volunteer', 'duty', 'drill')", name="nature"),
        # Regulations on volunteer service, Art. 17: insurance first where there is a risk (service-points §5.7).
        CheckConstraint("kind <> 'patrol' OR insurance <> ''", name="insured_patrol"),
    )

    title: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(10))
    nature: Mapped[str] = mapped_column(String(10))
    place: Mapped[str] = mapped_column(String(60))
    #: what to do, in the planner's words
    task: Mapped[str] = mapped_column(String(400), default="")
    insurance: Mapped[str] = mapped_column(String(120), default="")
    #: the training (`teams.Training`) somebody needs to sign up; empty: none
    required_training: Mapped[str] = mapped_column(String(20), default="", server_default="")
    leader_id: Mapped[int]
    created_by: Mapped[int]
    created_at: Mapped[datetime]


class Shift(TenantBase):
    """One date of an activity, half-open [starts_at, ends_at)."""

    __tablename__ = "shift"
    __table_args__ = tenant_args(
        tenant_fk("activity_id", "activity"),
        CheckConstraint("ends_at > starts_at", name="interval"),
        # C9: whatever the code does, the database seats nobody too many.
        CheckConstraint("joined >= 0 AND joined <= capacity", name="joined"),
        UniqueConstraint("token"),
        Index("ix_shift_start", "community_id", "starts_at", "id"),
        Index("ix_shift_activity", "community_id", "activity_id"),
    )

    activity_id: Mapped[int]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    capacity: Mapped[int]
    #: how many sign-ups are "joined"; kept here so that the limit is a constraint and lists need no counting
    joined: Mapped[int] = mapped_column(default=0)
    #: stands in the address of the rotating QR; worth nothing without a live code
    token: Mapped[str] = mapped_column(String(16))
    #: half of the key of the live codes; the other half is outside the database
    secret: Mapped[bytes] = mapped_column(LargeBinary(32))
    cancelled_at: Mapped[datetime | None]
    cancelled_by: Mapped[int | None] = mapped_column(BigKey)
    cancel_reason: Mapped[str] = mapped_column(String(120), default="")


class SignUp(TenantBase):
    """What one person said about one shift."""

    __tablename__ = "sign_up"
    __table_args__ = tenant_args(
        tenant_fk("shift_id", "shift"),
        tenant_fk("person_id", "person"),
        tenant_fk("recorded_by", "person"),
        UniqueConstraint("community_id", "shift_id", "person_id"),
        CheckConstraint("state IN ('joined', 'waitlisted', 'cannot_come', 'withdrawn')", name="state"),
        Index("ix_sign_up_person", "community_id", "person_id"),
        way_back("sign_up", "recorded_by"),
    )

    shift_id: Mapped[int]
    person_id: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    #: order of asking within the shift; the waiting list moves up by it
    queue_no: Mapped[int]
    #: who wrote it down, when it was not the person
    recorded_by: Mapped[int | None]
    changed_at: Mapped[datetime]
