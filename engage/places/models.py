"""The place tree: district and street above the communities; grids, buildings and household units inside one."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.database import Base, BigKey, TenantBase, tenant_args, tenant_fk


class Region(Base):
    """A district or street: above the communities, so no tenant row."""

    __tablename__ = "region"
    __table_args__ = (
        CheckConstraint("kind IN ('district', 'street')", name="kind"),
        UniqueConstraint("parent_id", "name"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"))
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(60))


class Community(Base):
    """One community: the tenant everything else belongs to."""

    __tablename__ = "community"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    region_id: Mapped[int | None] = mapped_column(ForeignKey("region.id"))
    #: stands in public addresses, e.g. /c/longma
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    #: where lost cards are returned and goods are handed out
    desk_address: Mapped[str] = mapped_column(String(120), default="")
    desk_phone: Mapped[str] = mapped_column(String(30), default="")
    created_at: Mapped[datetime]


class Place(TenantBase):
    """A grid or a building."""

    __tablename__ = "place"
    __table_args__ = tenant_args(
        tenant_fk("parent_id", "place"),
        CheckConstraint("kind IN ('grid', 'building')", name="kind"),
        UniqueConstraint("community_id", "kind", "parent_id", "name"),
    )

    kind: Mapped[str] = mapped_column(String(10))
    parent_id: Mapped[int | None]
    name: Mapped[str] = mapped_column(String(60))
    code: Mapped[str] = mapped_column(String(20), default="")
    #: the day a grid was split or merged away; it stays so that history can name it
    closed_on: Mapped[date | None]


class Unit(TenantBase):
    """A household unit: the thing that has one vote."""

    __tablename__ = "unit"
    __table_args__ = tenant_args(
        tenant_fk("building_id", "place"),
        tenant_fk("grid_id", "place"),
        UniqueConstraint("community_id", "label"),
        CheckConstraint("area_centi > 0", name="area"),
        Index("ix_unit_grid", "community_id", "grid_id"),
    )

    building_id: Mapped[int | None]
    grid_id: Mapped[int | None]
    #: as written on the doorplate and in the roster, e.g. "桂园3栋2单元501"
    label: Mapped[str] = mapped_column(String(80))
    #: exclusive area in 0.01 m²
    area_centi: Mapped[int | None]
    #: units of one owner share a head group (talks §6 Heads)
    head_group: Mapped[str | None] = mapped_column(String(20))
