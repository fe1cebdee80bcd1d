"""Goods on the shelf, what moved in and out, and what people reserved."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.database import BigKey, TenantBase, tenant_args, tenant_fk
from engage.core.ddl import append_only


class Item(TenantBase):
    """Something points can be exchanged for."""

    __tablename__ = "item"
    __table_args__ = tenant_args(
        UniqueConstraint("community_id", "name"),
        CheckConstraint("price > 0", name="price"),
        CheckConstraint("on_hand >= 0", name="on_hand"),
        CheckConstraint("reserved BETWEEN 0 AND on_hand", name="reserved"),
        CheckConstraint("per_person IS NULL OR per_person > 0", name="per_person"),
    )

    name: Mapped[str] = mapped_column(String(40))
    #: what one of it is called: 瓶, 袋, 张
    counter: Mapped[str] = mapped_column(String(4))
    #: a symbol of static/img/goods.svg
    picture: Mapped[str] = mapped_column(String(20))
    #: points for one
    price: Mapped[int]
    #: how many one person may take in all; None without a limit
    per_person: Mapped[int | None]
    #: the sum of the stock moves
    on_hand: Mapped[int]
    #: part of `on_hand` that waits for somebody
    reserved: Mapped[int]
    #: off the shelf when False; reservations stay good
    offered: Mapped[bool]


class StockMove(TenantBase):
    """Goods coming in, going out, or counted: never changed, so that the count can be explained."""

    __tablename__ = "stock_move"
    __table_args__ = tenant_args(
        tenant_fk("item_id", "item"),
        tenant_fk("redemption_id", "redemption"),
        UniqueConstraint("redemption_id"),
        CheckConstraint("kind IN ('received', 'counted', 'handed_out')", name="kind"),
        CheckConstraint("(kind = 'handed_out') = (redemption_id IS NOT NULL)", name="redemption"),
        Index("ix_stock_move_item", "community_id", "item_id", "id"),
    )

    item_id: Mapped[int]
    kind: Mapped[str] = mapped_column(String(12))
    #: positive in, negative out; a count that agrees moves nothing and says so
    quantity: Mapped[int]
    redemption_id: Mapped[int | None]
    note: Mapped[str] = mapped_column(String(80))
    actor_id: Mapped[int] = mapped_column(BigKey)
    at: Mapped[datetime]


append_only("stock_move")


class Redemption(TenantBase):
    """One item somebody reserved. That it lapsed is read from the clock, not written by a job."""

    __tablename__ = "redemption"
    __table_args__ = tenant_args(
        tenant_fk("person_id", "person"),
        tenant_fk("item_id", "item"),
        UniqueConstraint("community_id", "code_hash"),
        CheckConstraint("state IN ('reserved', 'collected', 'cancelled', 'lapsed')", name="state"),
        CheckConstraint("(state = 'reserved') = (ended_at IS NULL)", name="ended"),
        Index("ix_redemption_person", "community_id", "person_id", "id"),
        Index("ix_redemption_item", "community_id", "item_id", "state", "expires_at"),
    )

    person_id: Mapped[int]
    item_id: Mapped[int]
    #: the price on the day it was reserved
    points: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    #: the eight digits are derived from this and a key outside the database
    code_seed: Mapped[str] = mapped_column(String(32))
    code_hash: Mapped[str] = mapped_column(String(16))
    reserved_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(BigKey)
