"""What the shop tells pages and other rooms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engage.rewards.rules import State


@dataclass(frozen=True, kw_only=True)
class ItemCard:
    """Something on the shelf; `left` is what nobody waits for."""

    id: int
    name: str
    counter: str
    picture: str
    price: int
    per_person: int | None
    left: int
    on_hand: int
    reserved: int
    offered: bool


@dataclass(frozen=True, kw_only=True)
class RedemptionCard:
    """A reservation and what became of it, by the clock."""

    id: int
    person_id: int
    item: ItemCard
    points: int
    state: State
    reserved_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    ended_by: int | None


@dataclass(frozen=True, kw_only=True)
class MoveCard:
    """One line of an item's stock book."""

    id: int
    kind: str
    quantity: int
    note: str
    actor_id: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class HandOut:
    """What the desk gives out: only number, surname and thing (service-points §6)."""

    redemption_id: int
    surname: str
    member_no: int
    item_name: str
    counter: str
    picture: str
    points: int
    state: State
    ended_at: datetime | None
    ended_by_name: str
