"""Who stands for which minor, from when to when, and on what the consent rests."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.database import TenantBase, tenant_args, tenant_fk


class Guardianship(TenantBase):
    """One adult stands for one minor. In force from confirmation until ended, or until the minor is of age by the clock."""

    __tablename__ = "guardianship"
    __table_args__ = tenant_args(
        tenant_fk("guardian_id", "person"),
        tenant_fk("minor_id", "person"),
        tenant_fk("recorded_by", "person"),
        tenant_fk("confirmed_by", "person"),
        tenant_fk("ended_by", "person"),
        CheckConstraint("guardian_id <> minor_id", name="two"),
        CheckConstraint("kind IN ('parent', 'grandparent', 'relative', 'other')", name="kind"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by IS NULL)", name="confirmed"),
        CheckConstraint("(confirmed_at IS NULL) = (evidence IS NULL)", name="evidence"),
        CheckConstraint("evidence IN ('paper', 'account')", name="evidence_kind"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended"),
        # The office that wrote it down is not the guardian who gains by it (service-points §6, invariant 8).
        CheckConstraint("recorded_by <> guardian_id", name="recorder"),
        Index(
            "uq_guardianship_open",
            "community_id",
            "guardian_id",
            "minor_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_guardianship_minor", "community_id", "minor_id"),
    )

    guardian_id: Mapped[int]
    minor_id: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    recorded_by: Mapped[int]
    recorded_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[int | None]
    #: "paper": the office saw a signed sheet; "account": the guardian said yes signed in
    evidence: Mapped[str | None] = mapped_column(String(8))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None]
    #: emptied when one of the two leaves for good
    reason: Mapped[str] = mapped_column(String(120), default="")
