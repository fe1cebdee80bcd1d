"""What the office keeps about its list: views somebody saved, and changes made to many people at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.database import TenantBase, tenant_args, tenant_fk


class SavedView(TenantBase):
    """Filters and order of the list under a name. The words somebody typed are not kept: they are names of people."""

    __tablename__ = "saved_view"
    __table_args__ = tenant_args(
        tenant_fk("person_id", "person"), UniqueConstraint("community_id", "person_id", "name")
    )

    #: who saved it; nobody else changes it
    person_id: Mapped[int]
    name: Mapped[str] = mapped_column(String(30))
    #: what stands in the list's address, e.g. "grid=3&volunteer=yes"
    query: Mapped[str] = mapped_column(String(300))
    #: the whole office sees it
    is_shared: Mapped[bool] = mapped_column(default=False)
    saved_at: Mapped[datetime]
    #: taken away, and back with one tap until another of the same name is saved
    removed_at: Mapped[datetime | None]


class MemberChange(TenantBase):
    """One thing done to many people at once."""

    __tablename__ = "member_change"
    __table_args__ = tenant_args(
        tenant_fk("actor_id", "person"),
        tenant_fk("undone_by", "person"),
        tenant_fk("team_id", "team"),
        tenant_fk("grid_id", "place"),
        CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone"),
        Index("ix_member_change_at", "community_id", "at"),
    )

    #: what was done: a value of `people.changing.Act`
    act: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[int]
    at: Mapped[datetime]
    team_id: Mapped[int | None]
    grid_id: Mapped[int | None]
    #: how many were changed, and how many of those asked for were left as they are
    changed: Mapped[int]
    left_alone: Mapped[int]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None]


class MemberChangeLine(TenantBase):
    """One person a change touched, and what there was before."""

    __tablename__ = "member_change_line"
    __table_args__ = tenant_args(
        tenant_fk("change_id", "member_change"),
        tenant_fk("person_id", "person"),
        UniqueConstraint("community_id", "change_id", "person_id"),
        Index("ix_member_change_line_person", "community_id", "person_id"),
    )

    change_id: Mapped[int]
    person_id: Mapped[int]
    #: the grid the person was in; None for other acts, which can only have been the other way round
    grid_before: Mapped[int | None]
