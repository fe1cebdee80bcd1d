"""Keeping the stock: new things, deliveries, counts. The stock book explains every number."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from engage.core import audit, idempotency
from engage.core.access import Actor
from engage.core.database import in_turn, transaction
from engage.core.errors import N_, DomainError
from engage.core.fence import get_in_scope
from engage.rewards import rules
from engage.rewards.models import Item, StockMove


class BadItem(DomainError):
    """A field of the form needs another value."""


def add_item(
    *,
    name: str,
    counter: str,
    picture: str,
    price: int,
    quantity: int,
    per_person: int | None,
    actor: Actor,
    key: str,
    now: datetime,
) -> int:
    """Put a new thing on the shelf with its first delivery. Returns its id; the same key adds it once.

    Raises `BadItem` naming the field.
    """
    _ensure_item(name=name, counter=counter, picture=picture, price=price, quantity=quantity, per_person=per_person)
    fingerprint = idempotency.fingerprint_of(act="add item", name=name, price=price, quantity=quantity)
    with transaction() as session:
        if done := idempotency.recall(actor_id=actor.person_id, key=key, fingerprint=fingerprint):
            return int(done["item_id"])
        in_turn("shelf", community_id=actor.community_id)
        if session.scalar(select(Item.id).where(Item.name == name)):
            raise BadItem(N_("架上已经有“%(name)s”。要进货，点它的名字。"), field="name", name=name)
        item = Item(
            name=name,
            counter=counter,
            picture=picture,
            price=price,
            per_person=per_person,
            on_hand=quantity,
            reserved=0,
            offered=True,
        )
        session.add(item)
        session.flush()
        if quantity:
            session.add(_move(item, "received", quantity, "", actor, now))
        outcome = {"item_id": item.id}
        idempotency.remember(actor_id=actor.person_id, key=key, fingerprint=fingerprint, outcome=outcome, now=now)
        audit.record("item added", actor=actor, subject=f"item:{item.id}", now=now, price=price, quantity=quantity)
        return item.id


def receive_goods(*, item_id: int, quantity: int, note: str, actor: Actor, key: str, now: datetime) -> None:
    """Book a delivery. The same key books it once. Raises `BadItem`, `NotFound`."""
    if not 1 <= quantity <= 9999:
        raise BadItem(N_("进货数量写1到9999。"), field="quantity")
    fingerprint = idempotency.fingerprint_of(act="receive", item_id=item_id, quantity=quantity)
    with transaction() as session:
        item = get_in_scope(Item, item_id, lock=True)
        if idempotency.recall(actor_id=actor.person_id, key=key, fingerprint=fingerprint):
            return
        item.on_hand += quantity
        session.add(_move(item, "received", quantity, note, actor, now))
        idempotency.remember(actor_id=actor.person_id, key=key, fingerprint=fingerprint, outcome={"ok": 1}, now=now)
        audit.record("goods received", actor=actor, subject=f"item:{item_id}", now=now, quantity=quantity)


def count_stock(*, item_id: int, counted: int, note: str, actor: Actor, key: str, now: datetime) -> int:
    """Book what was counted on the shelf; returns the difference to the book. Raises `BadItem`, `NotFound`.

    Nobody can count away what waits for somebody.
    """
    if not 0 <= counted <= 99999:
        raise BadItem(N_("盘点数量写0到99999。"), field="counted")
    fingerprint = idempotency.fingerprint_of(act="count", item_id=item_id, counted=counted)
    with transaction() as session:
        item = get_in_scope(Item, item_id, lock=True)
        if done := idempotency.recall(actor_id=actor.person_id, key=key, fingerprint=fingerprint):
            return int(done["difference"])
        if counted < item.reserved:
            raise BadItem(
                N_("有%(reserved)s份已经有人换了还没取，盘点数不能比它少。先补货，或请人退掉。"),
                field="counted",
                reserved=item.reserved,
            )
        difference = counted - item.on_hand
        if difference and not note:
            raise BadItem(N_("和账上差%(difference)s，请写一句为什么。"), field="reason", difference=f"{difference:+d}")
        item.on_hand = counted
        session.add(_move(item, "counted", difference, note, actor, now))
        outcome = {"difference": difference}
        idempotency.remember(actor_id=actor.person_id, key=key, fingerprint=fingerprint, outcome=outcome, now=now)
        audit.record("stock counted", actor=actor, subject=f"item:{item_id}", now=now, difference=difference)
        return difference


def offer_item(*, item_id: int, offered: bool, actor: Actor, now: datetime) -> None:
    """Put an item on the shelf or take it off; what is reserved stays reserved. Twice is once. Raises `NotFound`."""
    with transaction():
        item = get_in_scope(Item, item_id, lock=True)
        if item.offered == offered:
            return
        item.offered = offered
        audit.record("item offered" if offered else "item withdrawn", actor=actor, subject=f"item:{item_id}", now=now)


def _move(item: Item, kind: str, quantity: int, note: str, actor: Actor, now: datetime) -> StockMove:
    return StockMove(
        item_id=item.id,
        kind=kind,
        quantity=quantity,
        redemption_id=None,
        note=note[:80],
        actor_id=actor.person_id,
        at=now,
    )


def _ensure_item(*, name: str, counter: str, picture: str, price: int, quantity: int, per_person: int | None) -> None:
    if not 1 <= len(name) <= 40:
        raise BadItem(N_("名称写1到40个字，例如“洗衣液2升”。"), field="name")
    if not 1 <= len(counter) <= 4:
        raise BadItem(N_("单位写一个字，例如“瓶”。"), field="counter")
    if picture not in rules.PICTURES:
        raise BadItem(N_("请选一张图。"), field="picture")
    if not 1 <= price <= 99999:
        raise BadItem(N_("每份多少分，写1到99999。"), field="price")
    if not 0 <= quantity <= 9999:
        raise BadItem(N_("数量写0到9999。"), field="quantity")
    if per_person is not None and not 1 <= per_person <= 999:
        raise BadItem(N_("每人限几份，写1到999；不限就空着。"), field="per_person")
