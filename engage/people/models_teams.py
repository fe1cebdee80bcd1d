"""Teams as people remember them: who was in which, from when to when, and why it ended."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.database import TenantBase, tenant_args, tenant_fk


class FormerMembership(TenantBase):
    """A time in a team that is over. `membership` says who is in a team now, so lists need no condition (ADR 32)."""

    __tablename__ = "former_membership"
    __table_args__ = tenant_args(
        tenant_fk("person_id", "person"),
        tenant_fk("team_id", "team"),
        tenant_fk("ended_by", "person"),
        CheckConstraint("joined_on IS NULL OR left_on >= joined_on", name="days"),
        Index("ix_former_membership_person", "community_id", "person_id", "id"),
        Index("ix_former_membership_team", "community_id", "team_id", "id"),
    )

    person_id: Mapped[int]
    team_id: Mapped[int]
    #: None when a roster brought the person in without a date
    joined_on: Mapped[date | None]
    #: the Shanghai day of the end
    left_on: Mapped[date]
    ended_at: Mapped[datetime]
    #: who ended it: the person, a leader, the office
    ended_by: Mapped[int]
    reason: Mapped[str] = mapped_column(String(120), default="")
