"""What other rooms may do to the book, inside their own transaction: hold, release, spend (award: `awarding`)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.core import clock
from engage.core.database import require_transaction
from engage.core.errors import N_, NotFound
from engage.ledger import book, rules
from engage.ledger.book import Draft, Move
from engage.ledger.cards import EntryReceipt
from engage.ledger.models import Account, Entry, Head, Lot, LotUse, Note, Transfer


def hold(*, person_id: int, points: int, source: str, memo: str, actor_id: int | None, now: datetime) -> EntryReceipt:
    """Keep points for something that will be fetched: earliest expiry first. Held points do not expire.

    The same source holds once. Raises `NotEnoughPoints`.
    """
    session = require_transaction()
    rules.ensure_positive(points)
    head = book.lock_head(session)
    if already := book.find_by_source(session, source):
        return book.receipt_of(already)
    accounts = book.accounts_of(session, person_id)
    expire_lots(session, head, account=accounts["person"], now=now)
    free = (accounts["person"].balance or 0) + (accounts["owed"].balance or 0)
    if free < points:
        raise rules.lacking(points=points, available=max(free, 0))
    taken = rules.take_from(lot_views(session, accounts["person"]), points=points)
    move = Move(
        debit=accounts["person"],
        credit=accounts["held"],
        amount=points,
        uses=[(lot_id, -part) for lot_id, part in taken],
    )
    return book.write(
        session, head, draft_for("hold", source, person_id, memo=memo, moves=[move], actor_id=actor_id, now=now)
    )


def release_hold(*, source: str, actor_id: int | None, now: datetime) -> EntryReceipt:
    """Give held points back to the exact lots they came from. Releasing twice gives the first receipt.

    A lot that expired meanwhile comes back as a new one with 14 days of grace, once.
    Raises `NotFound` for an unknown source, `HoldEnded` when the points were spent.
    """
    session = require_transaction()
    head = book.lock_head(session)
    held, ended = _hold(session, source)
    if ended is not None:
        if ended.kind == "release":
            return book.receipt_of(ended)
        raise rules.HoldEnded(N_("东西已经领走，分退不回来了。要退货，请找社区工作人员。"))
    accounts = book.accounts_of(session, held.person_id)
    amount = sum(transfer.amount for transfer in transfers_of(session, held.id))
    move = Move(debit=accounts["held"], credit=accounts["person"], amount=amount)
    give_back(session, held, move, today=clock.local_date(now))
    draft = draft_for(
        "release",
        f"{source}:release",
        held.person_id,
        memo=memo_of(session, held),
        moves=[move],
        actor_id=actor_id,
        now=now,
    )
    draft.settles_id = held.id
    return book.write(session, head, draft)


def spend_hold(*, source: str, memo: str, actor_id: int | None, now: datetime) -> EntryReceipt:
    """Spend held points: the thing was handed out. Spending twice gives the first receipt.

    Raises `NotFound` for an unknown source, `HoldEnded` when the points went back already.
    """
    session = require_transaction()
    head = book.lock_head(session)
    held, ended = _hold(session, source)
    if ended is not None:
        if ended.kind == "spend":
            return book.receipt_of(ended)
        raise rules.HoldEnded(N_("这份已经退掉，分也退回去了。请在小卖部重新选。"))
    accounts = book.accounts_of(session, held.person_id)
    amount = sum(transfer.amount for transfer in transfers_of(session, held.id))
    move = Move(debit=accounts["held"], credit=book.own_account(session, "spent"), amount=amount)
    draft = draft_for("spend", f"{source}:spend", held.person_id, memo=memo, moves=[move], actor_id=actor_id, now=now)
    draft.settles_id = held.id
    return book.write(session, head, draft)


def expire_lots(session: Session, head: Head, *, account: Account, now: datetime) -> int:
    """Write off lots whose last Shanghai day is over, one entry each; returns how many. Late or twice, the sum is the same."""
    today = clock.local_date(now)
    due = [lot for lot in book.lots_of(session, account) if lot.expires_on < today]
    for lot in due:
        expire_lot(session, head, lot, account=account, actor_id=None, now=now)
    return len(due)


def expire_lot(session: Session, head: Head, lot: Lot, *, account: Account, actor_id: int | None, now: datetime) -> int:
    """Write off what is left of one lot, by the clock or because its owner gives it up; returns how many points."""
    assert account.person_id is not None  # noqa: S101 - only accounts of persons have lots
    points = lot.remaining
    expired = book.own_account(session, "expired")
    move = Move(debit=account, credit=expired, amount=points, uses=[(lot.id, -points)])
    source = f"expire:{lot.id}:{_times_expired(session, lot)}"
    draft = draft_for("expire", source, account.person_id, memo="", moves=[move], actor_id=actor_id, now=now)
    book.write(session, head, draft)
    return points


def _times_expired(session: Session, lot: Lot) -> int:
    statement = (
        select(Entry.id).join(Transfer, Transfer.entry_id == Entry.id).join(LotUse, LotUse.transfer_id == Transfer.id)
    )
    return len(session.scalars(statement.where(LotUse.lot_id == lot.id, Entry.kind == "expire")).all()) + 1


def give_back(session: Session, held: Entry, move: Move, *, today: date) -> None:
    """Add to a move what gives a hold's lots back; those that expired meanwhile come back as new ones, once."""
    statement = (
        select(LotUse, Lot)
        .join(Lot, Lot.id == LotUse.lot_id)
        .join(Transfer, Transfer.id == LotUse.transfer_id)
        .where(Transfer.entry_id == held.id)
        .order_by(Lot.id)
    )
    for use, lot in session.execute(statement):
        until = rules.returned_expiry(expires_on=lot.expires_on, today=today, had_grace=lot.origin_id is not None)
        if until == lot.expires_on:
            move.uses.append((lot.id, -use.points))
        else:
            move.opens.append((until, -use.points, lot.id))


def _hold(session: Session, source: str) -> tuple[Entry, Entry | None]:
    held = book.find_by_source(session, source)
    if held is None or held.kind != "hold":
        raise NotFound
    return held, session.scalar(select(Entry).where(Entry.settles_id == held.id))


def transfers_of(session: Session, entry_id: int) -> list[Transfer]:
    """Return the transfers of an entry in order."""
    return list(session.scalars(select(Transfer).where(Transfer.entry_id == entry_id).order_by(Transfer.id)))


def memo_of(session: Session, entry: Entry) -> str:
    """Return what the passbook calls an entry."""
    return session.scalar(select(Note.memo).where(Note.entry_id == entry.id)) or ""


def lot_views(session: Session, account: Account) -> list[rules.LotView]:
    """Return the lots of an account as the rules see them."""
    return [
        rules.LotView(id=lot.id, expires_on=lot.expires_on, remaining=lot.remaining)
        for lot in book.lots_of(session, account)
    ]


def draft_for(
    kind: str, source: str, person_id: int, *, memo: str, moves: list[Move], actor_id: int | None, now: datetime
) -> Draft:
    """Return a draft with the facts most entries share: no second person, no arithmetic, earned today."""
    return Draft(
        kind=kind,
        source=source,
        person_id=person_id,
        memo=memo,
        basis={},
        moves=moves,
        earned_on=clock.local_date(now),
        at=now,
        actor_id=actor_id,
    )
