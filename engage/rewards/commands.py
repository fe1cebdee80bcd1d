"""Reserving, cancelling and handing out. Rows are locked in one order everywhere: items, reservations, the book."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engage import ledger, people
from engage.core import audit, idempotency
from engage.core.access import Actor
from engage.core.database import transaction
from engage.core.errors import N_, NotFound
from engage.core.fence import get_in_scope
from engage.core.i18n import day_and_time
from engage.rewards import codes, desk, queries, reservations, rules
from engage.rewards.cards import HandOut
from engage.rewards.models import Item, Redemption, StockMove
from engage.rewards.rules import State


def reserve(*, item_id: int, actor: Actor, key: str, now: datetime) -> int:
    """Reserve one of an item for the actor: goods and points are kept together, or neither. Returns the reservation's id.

    The same key gives the same reservation. Raises `SoldOut`, `LimitReached`, `NotOffered`, `ledger.NotEnoughPoints`,
    `NotFound`.
    """
    fingerprint = idempotency.fingerprint_of(act="reserve", item_id=item_id)
    with transaction() as session:
        get_in_scope(Item, item_id)
        due = reservations.lock_with_lapsed(session, item_id=item_id, person_id=actor.person_id, now=now)
        # Asked with the item locked: of two deliveries at once the second waits here and finds the first one's answer.
        if done := idempotency.recall(actor_id=actor.person_id, key=key, fingerprint=fingerprint):
            return int(done["redemption_id"])
        if not people.is_active(actor.person_id):
            raise rules.NotOffered(N_("您的登记现在停着，换不了东西。请找社区工作人员"))
        reservations.let_lapse(session, due, now=now)
        item = get_in_scope(Item, item_id)
        had = queries.count_taken(person_id=actor.person_id, item_id=item_id, now=now)
        left = item.on_hand - item.reserved
        rules.ensure_reservable(offered=item.offered, left=left, had=had, per_person=item.per_person)
        reservations.keep_one(session, item_id)
        row = reservations.new_redemption(session, item=item, person_id=actor.person_id, now=now)
        ledger.hold(
            person_id=actor.person_id,
            points=item.price,
            source=reservations.source_of(row.id),
            memo=f"换{item.name}",
            actor_id=actor.hand_id,
            now=now,
        )
        outcome = {"redemption_id": row.id}
        idempotency.remember(actor_id=actor.person_id, key=key, fingerprint=fingerprint, outcome=outcome, now=now)
        audit.record("reserved", actor=actor, subject=f"redemption:{row.id}", now=now, item=item_id)
        return row.id


def cancel_redemption(*, redemption_id: int, actor: Actor, now: datetime) -> None:
    """Give up the actor's own reservation: the exact lots come back. Cancelling twice is one cancelling.

    Raises `NotFound` for anybody else's, `AlreadyEnded` when it was collected.
    """
    with transaction() as session:
        row = get_in_scope(Redemption, redemption_id)
        if row.person_id != actor.person_id:
            raise NotFound
        reservations.lock_items(session, [row.item_id])
        if reservations.end(session, row, state=State.CANCELLED, by=actor.person_id, now=now):
            reservations.put_back(session, row, actor_id=actor.hand_id, now=now)
            audit.record("cancelled", actor=actor, subject=f"redemption:{redemption_id}", now=now)
        elif get_in_scope(Redemption, redemption_id).state == State.COLLECTED:
            raise rules.AlreadyEnded(N_("东西已经领走，不能再退。要退货，请找社区工作人员。"))


def hand_out(*, code: str, actor: Actor, key: str, now: datetime) -> HandOut:
    """Hand a reserved thing out, once: one person gets it, the second is told when and by whom (C7).

    The same key gives the same answer, however many wrong codes came between (C5). Raises `UnknownCode`,
    `AlreadyEnded`, `TooManyAttempts`.
    """
    digits = rules.digits_of(code)
    fingerprint = idempotency.fingerprint_of(act="hand out", code=codes.hash_of(digits))
    with transaction() as session:
        done = idempotency.recall(actor_id=actor.person_id, key=key, fingerprint=fingerprint)
        found = done["redemption_id"] if done else desk.find(digits=digits, actor=actor, now=now)
        if found is not None and done is None:
            row = get_in_scope(Redemption, found)
            reservations.lock_items(session, [row.item_id])
            _collect(session, row, actor=actor, now=now)
            session.refresh(row)
            outcome = {"redemption_id": found}
            idempotency.remember(actor_id=actor.person_id, key=key, fingerprint=fingerprint, outcome=outcome, now=now)
    return queries.describe(redemption_id=desk.known(found), now=now)


def _collect(session: Session, row: Redemption, *, actor: Actor, now: datetime) -> None:
    if row.state == State.RESERVED and not people.is_active(row.person_id):
        raise rules.NotOffered(N_("这个人的登记现在停着，先别发。东西还留着，请找社区工作人员"))
    lapsed = rules.state_at(state=row.state, expires_at=row.expires_at, now=now) is State.LAPSED
    if lapsed or not reservations.end(session, row, state=State.COLLECTED, by=actor.person_id, now=now):
        session.refresh(row)
        raise _refusal(row, now=now)
    taken = session.scalar(
        update(Item)
        .where(Item.id == row.item_id, Item.on_hand >= 1, Item.reserved >= 1)
        .values(on_hand=Item.on_hand - 1, reserved=Item.reserved - 1)
        .returning(Item.name)
        .execution_options(synchronize_session=False)
    )
    if taken is None:
        raise rules.SoldOut(N_("架上数量对不上，先盘点再发货。分没有动。"))
    session.add(
        StockMove(
            item_id=row.item_id,
            kind="handed_out",
            quantity=-1,
            redemption_id=row.id,
            note="",
            actor_id=actor.person_id,
            at=now,
        )
    )
    ledger.spend_hold(source=reservations.source_of(row.id), memo=f"领{taken}", actor_id=actor.person_id, now=now)
    audit.record("handed out", actor=actor, subject=f"redemption:{row.id}", now=now)


def _refusal(row: Redemption, *, now: datetime) -> rules.AlreadyEnded:
    state = rules.state_at(state=row.state, expires_at=row.expires_at, now=now)
    if state is State.COLLECTED:
        name = people.names_of([row.ended_by]).get(row.ended_by or 0, "")
        when = day_and_time(row.ended_at) if row.ended_at else ""
        return rules.AlreadyEnded(N_("这份%(when)s已经由%(name)s发出，别再发。"), when=when, name=name)
    if state is State.CANCELLED:
        return rules.AlreadyEnded(N_("这份已经退掉，分也退回去了。请本人在小卖部重新选。"))
    return rules.AlreadyEnded(N_("这份过了7天没来取，分已经退回。请本人在小卖部重新选。"))


def let_lapse(*, now: datetime, at_most: int = 200) -> int:
    """Write down reservations that have lapsed; returns how many. Pages are right without it."""
    with transaction() as session:
        due = session.scalars(
            select(Redemption)
            .where(Redemption.state == State.RESERVED, Redemption.expires_at <= now)
            .order_by(Redemption.id)
            .limit(at_most)
        ).all()
        reservations.lock_items(session, [row.item_id for row in due])
        return reservations.let_lapse(session, due, now=now)
