"""Grids that were split or merged: what was closed, what was opened, and every row that moved."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.database import BigKey, TenantBase, tenant_args, tenant_fk


class GridChange(TenantBase):
    """One split or merger of grids."""

    __tablename__ = "grid_change"
    __table_args__ = tenant_args(
        tenant_fk("made_by", "person"),
        tenant_fk("undone_by", "person"),
        CheckConstraint("kind IN ('split', 'merger')", name="kind"),
        CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name="undone"),
        Index("ix_grid_change_made", "community_id", "made_at"),
    )

    kind: Mapped[str] = mapped_column(String(6))
    made_at: Mapped[datetime]
    made_by: Mapped[int]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None]


class GridChangeSide(TenantBase):
    """A grid that a change closed ("old") or opened ("new")."""

    __tablename__ = "grid_change_side"
    __table_args__ = tenant_args(
        tenant_fk("change_id", "grid_change"),
        tenant_fk("place_id", "place"),
        CheckConstraint("side IN ('old', 'new')", name="side"),
        UniqueConstraint("community_id", "change_id", "place_id"),
    )

    change_id: Mapped[int]
    place_id: Mapped[int]
    side: Mapped[str] = mapped_column(String(3))


class GridChangeMove(TenantBase):
    """One building, unit or person that went from one grid to another; or a role, with the row that follows it there."""

    __tablename__ = "grid_change_move"
    __table_args__ = tenant_args(
        tenant_fk("change_id", "grid_change"),
        tenant_fk("from_id", "place"),
        tenant_fk("to_id", "place"),
        CheckConstraint("kind IN ('building', 'unit', 'person', 'role')", name="kind"),
        UniqueConstraint("community_id", "change_id", "kind", "row_id"),
    )

    change_id: Mapped[int]
    kind: Mapped[str] = mapped_column(String(8))
    row_id: Mapped[int] = mapped_column(BigKey)
    from_id: Mapped[int]
    #: None: a role that ended with its grid
    to_id: Mapped[int | None]
    #: the role given at the new grid in place of this one
    new_row_id: Mapped[int | None] = mapped_column(BigKey)
    #: when the role would have ended anyway
    until: Mapped[datetime | None]
