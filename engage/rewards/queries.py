"""Reading the shelf, the reservations and the stock book. What has lapsed counts as free at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select

from engage import people
from engage.core.database import db
from engage.core.errors import NotFound
from engage.core.fence import get_in_scope
from engage.rewards import codes, rules
from engage.rewards.cards import HandOut, ItemCard, MoveCard, RedemptionCard
from engage.rewards.models import Item, Redemption, StockMove
from engage.rewards.rules import State


def shelf(*, limit: int = 60, at_most: int | None = None, now: datetime | None = None) -> list[ItemCard]:
    """Return what is on offer: things that are there first, the dearest first; `at_most` keeps those within reach.

    With `now`, goods whose reservation has lapsed count as there.
    """
    statement = select(Item).where(Item.offered.is_(True))
    if at_most is not None:
        statement = statement.where(Item.price <= at_most)
    rows = db.session.scalars(statement.order_by(Item.price.desc(), Item.id).limit(limit)).all()
    return cards_of(rows, now=now)


def cheapest_affordable(*, points: int) -> ItemCard | None:
    """Return the cheapest thing on the shelf that these points buy now, or None."""
    row = db.session.scalar(
        select(Item)
        .where(Item.offered.is_(True), Item.price <= points, Item.on_hand > Item.reserved)
        .order_by(Item.price, Item.id)
        .limit(1)
    )
    return cards_of([row])[0] if row else None


def get_item(*, item_id: int, now: datetime | None = None) -> ItemCard:
    """Return one item, offered or not. Raises `NotFound`."""
    return cards_of([get_in_scope(Item, item_id)], now=now)[0]


def list_stock(*, limit: int, offset: int) -> list[ItemCard]:
    """Return every item for the stock page, by name."""
    rows = db.session.scalars(
        select(Item).order_by(Item.offered.desc(), Item.name, Item.id).limit(limit).offset(offset)
    )
    return cards_of(rows.all())


def count_items() -> int:
    """Return how many items there are, offered or not."""
    return int(db.session.scalar(select(func.count(Item.id))) or 0)


def list_moves(*, item_id: int, limit: int = 50) -> list[MoveCard]:
    """Return the newest lines of an item's stock book."""
    rows = db.session.scalars(
        select(StockMove).where(StockMove.item_id == item_id).order_by(StockMove.id.desc()).limit(limit)
    )
    return [
        MoveCard(id=row.id, kind=row.kind, quantity=row.quantity, note=row.note, actor_id=row.actor_id, at=row.at)
        for row in rows
    ]


def cards_of(rows: Sequence[Item], *, now: datetime | None = None) -> list[ItemCard]:
    """Return cards for items, in their order."""
    lapsed = _lapsed([row.id for row in rows], now) if now and rows else {}
    return [
        ItemCard(
            id=row.id,
            name=row.name,
            counter=row.counter,
            picture=row.picture,
            price=row.price,
            per_person=row.per_person,
            left=row.on_hand - row.reserved + lapsed.get(row.id, 0),
            on_hand=row.on_hand,
            reserved=row.reserved - lapsed.get(row.id, 0),
            offered=row.offered,
        )
        for row in rows
    ]


def _lapsed(item_ids: Collection[int], now: datetime) -> dict[int, int]:
    rows = db.session.execute(
        select(Redemption.item_id, func.count(Redemption.id).label("waiting"))
        .where(Redemption.item_id.in_(item_ids), Redemption.state == State.RESERVED, Redemption.expires_at <= now)
        .group_by(Redemption.item_id)
    )
    return {row.item_id: int(row.waiting) for row in rows}


def lapsed_points(*, person_id: int, now: datetime) -> int:
    """Return the points still held for reservations that have lapsed: they are free, whoever writes it down."""
    points = db.session.scalar(
        select(func.sum(Redemption.points)).where(
            Redemption.person_id == person_id, Redemption.state == State.RESERVED, Redemption.expires_at <= now
        )
    )
    return int(points or 0)


def open_redemptions(*, person_id: int, now: datetime | None = None) -> list[RedemptionCard]:
    """Return what waits for a person at the desk, the soonest to lapse first."""
    statement = select(Redemption).where(*_waiting(person_id, now))
    rows = db.session.scalars(statement.order_by(Redemption.expires_at, Redemption.id).limit(50)).all()
    return redemption_cards(rows, now=now)


def counting_open(*, person_id: int, now: datetime) -> Select[int]:
    """Return the statement for how many reservations wait for a person, to be asked together with others."""
    return select(func.count(Redemption.id)).where(*_waiting(person_id, now))


def _waiting(person_id: int, now: datetime | None) -> list[ColumnElement[bool]]:
    conditions = [Redemption.person_id == person_id, Redemption.state == State.RESERVED]
    return conditions if now is None else [*conditions, Redemption.expires_at > now]


def list_redemptions(
    *, person_ids: Collection[int], now: datetime, limit: int | None = None, offset: int = 0
) -> list[RedemptionCard]:
    """Return the reservations of a person, made under any of these entries, newest first; all of them unless told."""
    rows = db.session.scalars(
        select(Redemption)
        .where(Redemption.person_id.in_(set(person_ids)))
        .order_by(Redemption.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()
    return redemption_cards(rows, now=now)


def count_redemptions(*, person_id: int) -> int:
    """Return how many reservations a person ever made."""
    return int(db.session.scalar(select(func.count(Redemption.id)).where(Redemption.person_id == person_id)) or 0)


def count_taken(*, person_id: int, item_id: int, now: datetime) -> int:
    """Return how many of an item a person has fetched or waits for."""
    count = db.session.scalar(
        select(func.count(Redemption.id)).where(
            Redemption.person_id == person_id,
            Redemption.item_id == item_id,
            (Redemption.state == State.COLLECTED)
            | ((Redemption.state == State.RESERVED) & (Redemption.expires_at > now)),
        )
    )
    return int(count or 0)


def get_redemption(*, redemption_id: int, person_id: int, now: datetime) -> RedemptionCard:
    """Return a person's own reservation. Raises `NotFound` for anybody else's."""
    row = get_in_scope(Redemption, redemption_id)
    if row.person_id != person_id:
        raise NotFound
    return redemption_cards([row], now=now)[0]


def code_of(*, redemption_id: int) -> tuple[str, str]:
    """Return a pick-up code twice: the eight digits, and the way people read them out, "4729 8035"."""
    digits = codes.digits_for(get_in_scope(Redemption, redemption_id).code_seed)
    return digits, rules.shown(digits)


def find_by_code(*, digits: str, now: datetime) -> RedemptionCard | None:
    """Return the reservation with these eight digits, or None."""
    row = db.session.scalar(select(Redemption).where(Redemption.code_hash == codes.hash_of(digits)))
    return redemption_cards([row], now=now)[0] if row else None


def describe(*, redemption_id: int, now: datetime) -> HandOut:
    """Return what the desk may see of a reservation. Raises `NotFound`."""
    row = get_in_scope(Redemption, redemption_id)
    card = redemption_cards([row], now=now)[0]
    person = people.get_person(row.person_id)
    return HandOut(
        redemption_id=row.id,
        surname=people.polite_name(person.name),
        member_no=person.member_no,
        item_name=card.item.name,
        counter=card.item.counter,
        picture=card.item.picture,
        points=card.points,
        state=card.state,
        ended_at=card.ended_at,
        ended_by_name=people.names_of([row.ended_by]).get(row.ended_by or 0, ""),
    )


def redemption_cards(rows: Sequence[Redemption], *, now: datetime | None) -> list[RedemptionCard]:
    """Return cards for reservations, in their order, with one query for their items."""
    ids = {row.item_id for row in rows}
    items = cards_of(db.session.scalars(select(Item).where(Item.id.in_(ids))).all()) if ids else []
    by_id = {item.id: item for item in items}
    return [
        RedemptionCard(
            id=row.id,
            person_id=row.person_id,
            item=by_id[row.item_id],
            points=row.points,
            state=rules.state_at(state=row.state, expires_at=row.expires_at, now=now) if now else State(row.state),
            reserved_at=row.reserved_at,
            expires_at=row.expires_at,
            ended_at=row.ended_at,
            ended_by=row.ended_by,
        )
        for row in rows
    ]
