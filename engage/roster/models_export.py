"""A list taken out of the house: who took it and what for. The file itself is kept nowhere."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.database import TenantBase, tenant_args, tenant_fk


class RosterExport(TenantBase):
    """Leave to fetch the roll as a workbook for an hour, for one person only (trust row 54)."""

    __tablename__ = "roster_export"
    __table_args__ = tenant_args(
        tenant_fk("actor_id", "person"),
        UniqueConstraint("community_id", "actor_id", "key"),
        Index("ix_roster_export_at", "community_id", "made_at"),
    )

    actor_id: Mapped[int]
    #: of the form: sent twice it is one export
    key: Mapped[str] = mapped_column(String(64))
    purpose: Mapped[str] = mapped_column(String(120))
    whole_phones: Mapped[bool]
    #: why whole phones are needed; empty without them
    reason: Mapped[str] = mapped_column(String(120))
    #: how many people were on the roll at that moment
    people: Mapped[int]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
