"""The steps of a reservation, inside a command: lock, keep one, end, put back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engage import ledger
from engage.core.database import require_transaction
from engage.core.errors import N_
from engage.core.fence import get_in_scope
from engage.rewards import codes, queries, rules
from engage.rewards.models import Item, Redemption
from engage.rewards.rules import State


def source_of(redemption_id: int) -> str:
    """Return what the book calls a reservation's hold."""
    return f"redemption:{redemption_id}"


def lock_with_lapsed(session: Session, *, item_id: int, person_id: int, now: datetime) -> Sequence[Redemption]:
    """Lock the item wanted and those of lapsed reservations that free goods or points for this act."""
    due = session.scalars(
        select(Redemption)
        .where(
            Redemption.state == State.RESERVED,
            Redemption.expires_at <= now,
            (Redemption.person_id == person_id) | (Redemption.item_id == item_id),
        )
        .order_by(Redemption.id)
        .limit(50)
    ).all()
    lock_items(session, [item_id, *(row.item_id for row in due)])
    return due


def lock_items(session: Session, item_ids: Sequence[int]) -> None:
    """Lock items in one order, so that two acts on several items never wait for each other."""
    statement = select(Item).where(Item.id.in_(set(item_ids))).order_by(Item.id).with_for_update()
    session.scalars(statement.execution_options(populate_existing=True)).all()


def let_lapse(session: Session, due: Sequence[Redemption], *, now: datetime) -> int:
    """Write down that reservations have lapsed; returns how many. Their items are locked already."""
    ended = [row for row in due if end(session, row, state=State.LAPSED, by=None, now=now)]
    for row in ended:
        put_back(session, row, actor_id=None, now=now)
    return len(ended)


def end(session: Session, row: Redemption, *, state: State, by: int | None, now: datetime) -> bool:
    """End a reservation if it is still open; whoever comes second changes nothing (C7)."""
    won = session.scalar(
        update(Redemption)
        .where(Redemption.id == row.id, Redemption.state == State.RESERVED)
        .values(state=state, ended_at=now, ended_by=by)
        .returning(Redemption.id)
        .execution_options(synchronize_session=False)
    )
    session.refresh(row)
    return won is not None


def put_back(session: Session, row: Redemption, *, actor_id: int | None, now: datetime) -> None:
    """Give an ended reservation's goods back to the shelf and its points to the exact lots."""
    session.execute(
        update(Item)
        .where(Item.id == row.item_id)
        .values(reserved=Item.reserved - 1)
        .execution_options(synchronize_session=False)
    )
    session.refresh(get_in_scope(Item, row.item_id))
    ledger.release_hold(source=source_of(row.id), actor_id=actor_id, now=now)


def keep_one(session: Session, item_id: int) -> None:
    """Reserve one if one is free: decided and written in one statement (C1)."""
    kept = session.scalar(
        update(Item)
        .where(Item.id == item_id, Item.on_hand > Item.reserved)
        .values(reserved=Item.reserved + 1)
        .returning(Item.id)
        .execution_options(synchronize_session=False)
    )
    if kept is None:
        raise rules.SoldOut(N_("最后一份刚被别人换走。分没有动，回小卖部看看别的。"))


def new_redemption(session: Session, *, item: Item, person_id: int, now: datetime) -> Redemption:
    """Add a reservation with a code nobody else has."""
    seed = _unused_seed(now=now)
    row = Redemption(
        person_id=person_id,
        item_id=item.id,
        points=item.price,
        state=State.RESERVED,
        code_seed=seed,
        code_hash=codes.hash_of(codes.digits_for(seed)),
        reserved_at=now,
        expires_at=now + rules.WAITS,
        ended_at=None,
        ended_by=None,
    )
    session.add(row)
    session.flush()
    return row


def renew_codes(*, now: datetime) -> int:
    """Give every open reservation another code, inside the caller's transaction; returns how many.

    For old books that come back: the codes of that time were shown, and some of them used (trust row 60).
    """
    session = require_transaction()
    rows = session.scalars(select(Redemption).where(Redemption.state == State.RESERVED).order_by(Redemption.id)).all()
    for row in rows:
        row.code_seed = _unused_seed(now=now)
        row.code_hash = codes.hash_of(codes.digits_for(row.code_seed))
        session.flush()
    return len(rows)


def _unused_seed(*, now: datetime) -> str:
    seed = codes.new_seed()
    while queries.find_by_code(digits=codes.digits_for(seed), now=now) is not None:
        seed = codes.new_seed()
    return seed
