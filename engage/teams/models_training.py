"""What people learned, when, from whom, and until when it counts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.database import TenantBase, tenant_args, tenant_fk


class Qualification(TenantBase):
    """One training of one person, in force on the days [trained_on, expires_on) unless revoked (service-points §6)."""

    __tablename__ = "qualification"
    __table_args__ = tenant_args(
        tenant_fk("person_id", "person"),
        tenant_fk("given_by_id", "person"),
        tenant_fk("recorded_by", "person"),
        tenant_fk("revoked_by", "person"),
        CheckConstraint("expires_on IS NULL OR expires_on > trained_on", name="days"),
        # Given by one of us or by somebody outside, and never by oneself; nor written down by oneself.
        CheckConstraint("(given_by_id IS NULL) <> (given_by = '')", name="giver"),
        CheckConstraint("given_by_id IS NULL OR given_by_id <> person_id", name="own"),
        CheckConstraint("recorded_by <> person_id", name="own_record"),
        CheckConstraint("(revoked_at IS NULL) = (revoke_reason = '')", name="revoked"),
        # The same training of the same day is one, however often the sheet is sent.
        Index(
            "uq_qualification_once",
            "community_id",
            "person_id",
            "kind",
            "trained_on",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
        Index("ix_qualification_expiry", "community_id", "expires_on", "id"),
    )

    person_id: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    trained_on: Mapped[date]
    #: the first day on which it counts no more; None: it does not run out
    expires_on: Mapped[date | None]
    given_by_id: Mapped[int | None]
    #: the body outside that gave it, e.g. the Red Cross
    given_by: Mapped[str] = mapped_column(String(60), default="")
    #: where the paper is, e.g. the certificate's number
    note: Mapped[str] = mapped_column(String(120), default="")
    recorded_by: Mapped[int]
    recorded_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[int | None]
    revoke_reason: Mapped[str] = mapped_column(String(120), default="")
