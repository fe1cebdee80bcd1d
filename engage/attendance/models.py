"""Scans as they came in, the sessions they make, and what the leader counted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.database import BigKey, TenantBase, tenant_args, tenant_fk
from engage.core.ddl import append_only
from engage.core.references import way_back

_GRADES = "('A', '0', '1', '2', '3', '4')"


class Scan(TenantBase):
    """One accepted check-in or check-out, with all three clocks. Never changed (service-points §5.5)."""

    __tablename__ = "scan"
    __table_args__ = tenant_args(
        tenant_fk("shift_id", "shift"),
        tenant_fk("person_id", "person"),
        tenant_fk("by_person_id", "person"),
        # C5, C12: two scanners, one card; a phone that sends twice: one attendance.
        UniqueConstraint("community_id", "shift_id", "person_id", "kind"),
        UniqueConstraint("community_id", "by_person_id", "client_event_id"),
        CheckConstraint("kind IN ('in', 'out')", name="kind"),
        CheckConstraint("medium IN ('typed', 'qr', 'card', 'number', 'mark')", name="medium"),
        CheckConstraint(f"grade IN {_GRADES}", name="grade"),
        Index("ix_scan_device", "community_id", "device_id", "received_at"),
        way_back("scan", "person_id"),
    )

    #: made by the phone or the form; the same one is the same event
    client_event_id: Mapped[str] = mapped_column(String(64))
    shift_id: Mapped[int]
    person_id: Mapped[int]
    #: who sent it: the person, or whoever scanned them
    by_person_id: Mapped[int]
    device_id: Mapped[int] = mapped_column(BigKey)
    medium: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(3))
    #: when the code was shown, from the code itself
    slot_time: Mapped[datetime | None]
    #: what the phone's clock said, kept but not believed
    claimed_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    #: the time that counts
    effective_at: Mapped[datetime]
    grade: Mapped[str] = mapped_column(String(1))
    flags: Mapped[str] = mapped_column(String(120))


append_only("scan")


class ScanMedium(TenantBase):
    """Which card or phone code a scan was made with: invariant 10 can be asked of the books. Never changed."""

    __tablename__ = "scan_medium"
    __table_args__ = tenant_args(
        tenant_fk("scan_id", "scan"),
        tenant_fk("medium_id", "medium"),
        UniqueConstraint("community_id", "scan_id"),
        Index("ix_scan_medium_medium", "community_id", "medium_id"),
    )

    scan_id: Mapped[int]
    medium_id: Mapped[int]


append_only("scan_medium")


class Presence(TenantBase):
    """One person's time at one shift. `proposed` waits for approval by somebody else."""

    __tablename__ = "service_session"
    __table_args__ = tenant_args(
        tenant_fk("shift_id", "shift"),
        tenant_fk("person_id", "person"),
        tenant_fk("closed_by", "person"),
        tenant_fk("decided_by", "person"),
        UniqueConstraint("community_id", "shift_id", "person_id"),
        CheckConstraint("state IN ('open', 'proposed', 'approved', 'refused', 'voided')", name="state"),
        CheckConstraint("minutes >= 0", name="minutes"),
        CheckConstraint("state = 'open' OR (started_at IS NOT NULL AND ended_at IS NOT NULL)", name="closed"),
        CheckConstraint("decided_by IS NULL OR decided_by <> person_id", name="own"),
        Index("ix_service_session_state", "community_id", "state", "id"),
        Index("ix_service_session_person", "community_id", "person_id", "started_at"),
        way_back("service_session", "closed_by"),
        way_back("service_session", "decided_by"),
    )

    shift_id: Mapped[int]
    person_id: Mapped[int]
    #: None when the check-out of an offline phone arrived before its check-in
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    minutes: Mapped[int]
    grade: Mapped[str] = mapped_column(String(1))
    flags: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(10))
    #: who wrote the end by hand
    closed_by: Mapped[int | None]
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(200))


class HeadCount(TenantBase):
    """How many stood there, entered before the page says how many checked in (service-points §4.15). Never changed."""

    __tablename__ = "head_count"
    __table_args__ = tenant_args(
        tenant_fk("shift_id", "shift"),
        tenant_fk("counted_by", "person"),
        UniqueConstraint("community_id", "shift_id"),
        CheckConstraint("counted >= 0", name="counted"),
    )

    shift_id: Mapped[int]
    counted: Mapped[int]
    #: how many had checked in at that moment
    checked_in: Mapped[int]
    counted_by: Mapped[int]
    counted_at: Mapped[datetime]


append_only("head_count")


class RollClosure(TenantBase):
    """The leader said: that was it. Never changed."""

    __tablename__ = "roll_closure"
    __table_args__ = tenant_args(
        tenant_fk("shift_id", "shift"),
        tenant_fk("closed_by", "person"),
        UniqueConstraint("community_id", "shift_id"),
    )

    shift_id: Mapped[int]
    closed_by: Mapped[int]
    closed_at: Mapped[datetime]


append_only("roll_closure")
