"""A workbook on its way in: kept until somebody confirms it, so that nothing is uploaded twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.database import TenantBase, tenant_args, tenant_fk


class RosterBatch(TenantBase):
    """One uploaded workbook. Its cells are sealed and wiped when it expires; what it made stays listed for an undo."""

    __tablename__ = "roster_batch"
    __table_args__ = tenant_args(
        tenant_fk("uploaded_by", "person"), Index("ix_roster_batch_at", "community_id", "uploaded_at")
    )

    filename: Mapped[str] = mapped_column(String(120))
    #: the sheets' rows, chosen columns and skipped rows, sealed with place "roster.batch|<community>|<seal_no>"
    content: Mapped[bytes | None]
    seal_no: Mapped[str] = mapped_column(String(32))
    #: counts the changes; a confirmation of something else than was looked at is refused
    revision: Mapped[int] = mapped_column(default=1)
    #: None when the operator's command line brought it
    uploaded_by: Mapped[int | None]
    uploaded_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    imported_at: Mapped[datetime | None]
    #: counts for people to read, set at the import
    outcome: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    #: ids this batch created: {"persons": […], "units": […], "places": […]}
    made: Mapped[dict[str, list[int]] | None] = mapped_column(JSON)
