"""What was merged into what, with all that is needed to take it back; and which pairs are two people after all."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.database import TenantBase, tenant_args, tenant_fk


class PersonMerge(TenantBase):
    """One merge. What moved is kept as ids and numbers: no name, no phone, nothing a person could be told by."""

    __tablename__ = "person_merge"
    __table_args__ = tenant_args(
        tenant_fk("merged_id", "person"),
        tenant_fk("survivor_id", "person"),
        tenant_fk("merged_by", "person"),
        tenant_fk("undone_by", "person"),
        CheckConstraint("merged_id <> survivor_id", name="two"),
        CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone"),
        # Nobody merges themselves: points would move by the word of who gains (service-points §6, invariant 8).
        CheckConstraint("merged_by <> survivor_id AND merged_by <> merged_id", name="somebody_else"),
        Index(
            "uq_person_merge_standing",
            "community_id",
            "merged_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
        Index("ix_person_merge_survivor", "community_id", "survivor_id"),
    )

    merged_id: Mapped[int]
    survivor_id: Mapped[int]
    #: emptied when the person leaves for good
    reason: Mapped[str] = mapped_column(String(120))
    #: which facts came from the entry that went (people.FACTS)
    facts: Mapped[list[str]] = mapped_column(JSON)
    #: rows that moved and what they were before
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: the book's last entry before: whatever was carried over since is carried back
    ledger_seq: Mapped[int]
    points: Mapped[int]
    merged_by: Mapped[int]
    merged_at: Mapped[datetime]
    undone_by: Mapped[int | None]
    undone_at: Mapped[datetime | None]


class NotSame(TenantBase):
    """Somebody looked: these are two people. The pair is not suggested again."""

    __tablename__ = "not_same_person"
    __table_args__ = tenant_args(
        tenant_fk("first_id", "person"),
        tenant_fk("second_id", "person"),
        tenant_fk("said_by", "person"),
        UniqueConstraint("community_id", "first_id", "second_id"),
        CheckConstraint("first_id < second_id", name="order"),
    )

    first_id: Mapped[int]
    second_id: Mapped[int]
    said_by: Mapped[int]
    said_at: Mapped[datetime]
