"""Resolutions: what the courtyard decided, who does it, and every step of it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.database import TenantBase, tenant_args, tenant_fk
from engage.core.ddl import append_only


class Resolution(TenantBase):
    """A carried motion with an owner and a date. Its states are in `rules.MOVES`."""

    __tablename__ = "resolution"
    __table_args__ = tenant_args(
        tenant_fk("motion_id", "motion"),
        tenant_fk("owner_id", "person"),
        UniqueConstraint("community_id", "motion_id"),
        UniqueConstraint("community_id", "year", "sequence"),
        Index("ix_resolution_state", "community_id", "state", "due_on"),
        CheckConstraint("state IN ('adopted', 'assigned', 'accepted', 'in_progress', 'reported_done')", name="state"),
        # Who is to do it and by when belong together: a name without a date is not an assignment.
        CheckConstraint("(owner_id IS NULL) = (due_on IS NULL)", name="owner_and_date"),
    )

    motion_id: Mapped[int]
    #: printed as 决-2026-001
    year: Mapped[int]
    sequence: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(String(400))
    talk_number: Mapped[int]
    #: Shanghai day on which the vote closed
    decided_on: Mapped[date]
    #: how the public page names who does it, e.g. 物业公司
    owner_text: Mapped[str] = mapped_column(String(60), default="")
    #: who accepts and reports
    owner_id: Mapped[int | None]
    due_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(String(14))
    created_at: Mapped[datetime]


class ResolutionProgress(TenantBase):
    """One step of a resolution. Steps are added, never changed."""

    __tablename__ = "resolution_progress"
    __table_args__ = tenant_args(
        tenant_fk("resolution_id", "resolution"),
        tenant_fk("actor_id", "person"),
        UniqueConstraint("community_id", "resolution_id", "key"),
    )

    resolution_id: Mapped[int]
    actor_id: Mapped[int]
    at: Mapped[datetime]
    #: the state reached, or "note" for news that change no state
    kind: Mapped[str] = mapped_column(String(14))
    #: what was written; for an assignment, who does it
    text: Mapped[str] = mapped_column(String(400))
    #: for an assignment, the day it is to be done by; steps older than migration 0034 have the day in their text instead
    due_on: Mapped[date | None]
    #: the form's own key: news sent twice are one line
    key: Mapped[str] = mapped_column(String(64))


append_only("resolution_progress")
