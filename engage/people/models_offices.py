"""Roles above the community, and roles handed over for some days. Roles at the community and below: `models.RoleGrant`."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.database import TenantBase, tenant_args, tenant_fk


class RegionGrant(TenantBase):
    """A role at a street, a district or the platform (no region), held by a person of one community.

    The row belongs to the person's community like everything about the person. What it lets them see above it are
    figures only (core.matrix), so it opens no row of another community.
    """

    __tablename__ = "region_grant"
    __table_args__ = tenant_args(
        tenant_fk("person_id", "person"),
        CheckConstraint("role IN ('operator', 'district', 'street')", name="role"),
        CheckConstraint("(role = 'operator') = (region_id IS NULL)", name="region"),
        Index("ix_region_grant_person", "community_id", "person_id"),
    )

    person_id: Mapped[int]
    role: Mapped[str] = mapped_column(String(10))
    region_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"))
    granted_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Delegation(TenantBase):
    """A role handed to somebody for some days ("while on leave"); it begins and ends by the calendar.

    Days are those of Asia/Shanghai, half-open: on `ends_on` the holder is back. It holds only while the role itself does.
    """

    __tablename__ = "delegation"
    __table_args__ = tenant_args(
        tenant_fk("grant_id", "role_grant"),
        tenant_fk("holder_id", "person"),
        tenant_fk("person_id", "person"),
        CheckConstraint("ends_on > starts_on", name="days"),
        CheckConstraint("holder_id <> person_id", name="two_persons"),
        Index("ix_delegation_person", "community_id", "person_id"),
        Index("ix_delegation_holder", "community_id", "holder_id"),
    )

    grant_id: Mapped[int]
    #: whose role it is
    holder_id: Mapped[int]
    #: who stands in
    person_id: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    made_at: Mapped[datetime]
    #: ended before its day
    ended_at: Mapped[datetime | None]
