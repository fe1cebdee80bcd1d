"""What a team says of itself, who leads it, and who asked to come in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.database import TenantBase, tenant_args, tenant_fk
from engage.teams import models_training  # noqa: F401 - the metadata must know its tables


class TeamProfile(TenantBase):
    """A team's page: where it belongs, what it does, whether it takes people in. Name and kind are in `team`."""

    __tablename__ = "team_profile"
    __table_args__ = tenant_args(
        tenant_fk("team_id", "team"),
        tenant_fk("place_id", "place"),
        UniqueConstraint("community_id", "team_id"),
    )

    team_id: Mapped[int]
    #: the grid or building the team belongs to; None is the whole community
    place_id: Mapped[int | None]
    about: Mapped[str] = mapped_column(String(300), default="")
    #: whether the page offers to apply
    takes_in: Mapped[bool]


class TeamLead(TenantBase):
    """Somebody leads a team, half-open [since, until). Leading a team is no office: it reaches this team only."""

    __tablename__ = "team_lead"
    __table_args__ = tenant_args(
        tenant_fk("team_id", "team"),
        tenant_fk("person_id", "person"),
        tenant_fk("named_by", "person"),
        CheckConstraint("until IS NULL OR until >= since", name="interval"),
        Index(
            "uq_team_lead_now",
            "community_id",
            "team_id",
            "person_id",
            unique=True,
            sqlite_where=text("until IS NULL"),
            postgresql_where=text("until IS NULL"),
        ),
        Index("ix_team_lead_person", "community_id", "person_id"),
    )

    team_id: Mapped[int]
    person_id: Mapped[int]
    named_by: Mapped[int]
    since: Mapped[datetime]
    until: Mapped[datetime | None]


class TeamApplication(TenantBase):
    """Somebody asks to come into a team. Decided by somebody else (service-points §6, invariant 8)."""

    __tablename__ = "team_application"
    __table_args__ = tenant_args(
        tenant_fk("team_id", "team"),
        tenant_fk("person_id", "person"),
        tenant_fk("decided_by", "person"),
        CheckConstraint("state IN ('waiting', 'approved', 'declined', 'withdrawn')", name="state"),
        CheckConstraint("decided_by IS NULL OR decided_by <> person_id", name="own"),
        CheckConstraint("state NOT IN ('approved', 'declined') OR decided_by IS NOT NULL", name="decided"),
        CheckConstraint("state <> 'declined' OR reason <> ''", name="reason"),
        Index(
            "uq_team_application_waiting",
            "community_id",
            "team_id",
            "person_id",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_team_application_person", "community_id", "person_id", "id"),
        Index("ix_team_application_state", "community_id", "state", "id"),
    )

    team_id: Mapped[int]
    person_id: Mapped[int]
    #: what the person wrote
    words: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[str] = mapped_column(String(10))
    asked_at: Mapped[datetime]
    #: when it was approved, declined or taken back
    ended_at: Mapped[datetime | None]
    decided_by: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String(120), default="")
