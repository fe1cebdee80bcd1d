"""Writing one entry: lock the head, move the balances by conditional update, insert, move the head (trust §3 (a))."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from engage.core import chain
from engage.core.database import dialect
from engage.core.tenancy import current_community_id
from engage.ledger import leaves, rules
from engage.ledger.cards import EntryReceipt
from engage.ledger.models import Account, Entry, Head, Lot, LotUse, Note, Transfer

_PERSONAL = ("person", "held", "owed")


@dataclass(kw_only=True)
class Move:
    """Points to move between two accounts, and the lots on the person's side that explain them."""

    debit: Account
    credit: Account
    amount: int
    #: (lot id, points), negative when taken
    uses: list[tuple[int, int]] = field(default_factory=list)
    #: (last good day, points, lot it replaces)
    opens: list[tuple[date, int, int | None]] = field(default_factory=list)


@dataclass(kw_only=True)
class Draft:
    """An entry about to be written."""

    kind: str
    source: str
    person_id: int
    memo: str
    basis: dict[str, Any]
    moves: list[Move]
    earned_on: date
    at: datetime
    actor_id: int | None
    approver_id: int | None = None
    reverses_id: int | None = None
    settles_id: int | None = None


def lock_head(session: Session) -> Head:
    """Return the community's head, locked: from here to the commit nobody else writes in this book."""
    head = _head(session)
    if head is None:
        # The very first entry may be written by two at once: the second one waits here and finds the first one's head.
        insert = sqlite_insert if dialect() == "sqlite" else postgresql_insert
        row = insert(Head).values(community_id=current_community_id(), seq=0, hash=chain.GENESIS, at=None)
        session.execute(row.on_conflict_do_nothing(index_elements=["community_id"]))
        head = _head(session)
    assert head is not None  # noqa: S101 - just added
    return head


def _head(session: Session) -> Head | None:
    return session.scalar(select(Head).with_for_update().execution_options(populate_existing=True))


def own_account(session: Session, kind: str) -> Account:
    """Return one of the community's own accounts, opened when missing. Call it with the head locked."""
    account = session.scalar(select(Account).where(Account.kind == kind, Account.person_id.is_(None)))
    if account is None:
        account = Account(kind=kind, person_id=None, balance=None)
        session.add(account)
        session.flush()
    return account


def accounts_of(session: Session, person_id: int) -> dict[str, Account]:
    """Return a person's accounts by kind, opened when missing. Call it with the head locked."""
    statement = select(Account).where(Account.person_id == person_id).execution_options(populate_existing=True)
    accounts = {account.kind: account for account in session.scalars(statement)}
    missing = [Account(kind=kind, person_id=person_id, balance=0) for kind in _PERSONAL if kind not in accounts]
    if missing:
        session.add_all(missing)
        session.flush()
        accounts |= {account.kind: account for account in missing}
    return accounts


def lots_of(session: Session, account: Account) -> Sequence[Lot]:
    """Return the lots of an account that still hold points."""
    statement = select(Lot).where(Lot.account_id == account.id, Lot.remaining > 0).order_by(Lot.expires_on, Lot.id)
    return session.scalars(statement.execution_options(populate_existing=True)).all()


def find_by_source(session: Session, source: str) -> Entry | None:
    """Return the entry that a cause already has, or None."""
    return session.scalar(select(Entry).where(Entry.source == source))


def receipt_of(entry: Entry) -> EntryReceipt:
    """Return the receipt of an entry."""
    return EntryReceipt(entry_id=entry.id, seq=entry.seq, number=rules.number_of(entry.seq))


def write(session: Session, head: Head, draft: Draft) -> EntryReceipt:
    """Write one entry with its transfers and lots, and move the head. Call it with the head locked."""
    after = _balances_after(draft.moves)
    salt = secrets.token_hex(16)
    memo = draft.memo[:120]
    entry = Entry(
        community_id=current_community_id(),
        seq=head.seq + 1,
        kind=draft.kind,
        source=draft.source,
        person_id=draft.person_id,
        reverses_id=draft.reverses_id,
        settles_id=draft.settles_id,
        earned_on=draft.earned_on,
        actor_id=draft.actor_id,
        approver_id=draft.approver_id,
        at=draft.at,
        note_hash=rules.note_hash(salt=salt, memo=memo, basis=draft.basis),
        prev_hash=head.hash,
        hash="",
    )
    entry.hash = chain.link(
        prev_hash=head.hash, leaf=leaves.leaf(entry, [_image(m, a) for m, a in zip(draft.moves, after, strict=True)])
    )
    session.add(entry)
    session.flush()
    session.add(Note(entry_id=entry.id, salt=salt, memo=memo, basis=draft.basis))
    for move, left in zip(draft.moves, after, strict=True):
        _move(session, entry, move, left)
    head.seq, head.hash, head.at = entry.seq, entry.hash, entry.at
    session.flush()
    return receipt_of(entry)


def _image(move: Move, after: tuple[int | None, int | None]) -> dict[str, object]:
    return {
        "debit": move.debit.id,
        "credit": move.credit.id,
        "amount": move.amount,
        "debit_after": after[0],
        "credit_after": after[1],
        "uses": sorted([lot_id, points] for lot_id, points in move.uses),
        "opens": [[expires_on.isoformat(), points, origin_id] for expires_on, points, origin_id in move.opens],
    }


def _balances_after(moves: Sequence[Move]) -> list[tuple[int | None, int | None]]:
    running = {account.id: account.balance for move in moves for account in (move.debit, move.credit)}
    result = []
    for move in moves:
        for account, change in ((move.debit, -move.amount), (move.credit, move.amount)):
            before = running[account.id]
            running[account.id] = None if before is None else before + change
        result.append((running[move.debit.id], running[move.credit.id]))
    return result


def _move(session: Session, entry: Entry, move: Move, after: tuple[int | None, int | None]) -> None:
    _change(session, move.debit, -move.amount)
    _change(session, move.credit, move.amount)
    transfer = Transfer(
        entry_id=entry.id,
        debit_id=move.debit.id,
        credit_id=move.credit.id,
        amount=move.amount,
        debit_after=after[0],
        credit_after=after[1],
    )
    session.add(transfer)
    session.flush()
    for lot_id, points in sorted(move.uses):
        _use(session, lot_id, points)
        session.add(LotUse(transfer_id=transfer.id, lot_id=lot_id, points=points))
    owner = move.credit if move.credit.kind == "person" else move.debit
    for expires_on, points, origin_id in move.opens:
        session.add(
            Lot(
                account_id=owner.id,
                transfer_id=transfer.id,
                origin_id=origin_id,
                expires_on=expires_on,
                amount=points,
                remaining=points,
            )
        )
        session.flush()
    session.flush()


def _change(session: Session, account: Account, points: int) -> None:
    """Move a stored balance if, and only if, it stays in its bounds: never read first, then written (trust §0.7)."""
    if account.balance is None:
        return
    statement = update(Account).where(Account.id == account.id).values(balance=Account.balance + points)
    if account.kind == "owed":
        statement = statement.where(Account.balance + points <= 0)
    else:
        statement = statement.where(Account.balance + points >= 0)
    left = session.scalar(statement.returning(Account.balance).execution_options(synchronize_session=False))
    if left is None:
        raise rules.lacking(points=-points, available=account.balance)
    session.refresh(account)


def _use(session: Session, lot_id: int, points: int) -> None:
    left = session.scalar(
        update(Lot)
        .where(Lot.id == lot_id, Lot.remaining + points >= 0, Lot.remaining + points <= Lot.amount)
        .values(remaining=Lot.remaining + points)
        .returning(Lot.id)
        .execution_options(synchronize_session=False)
    )
    if left is None:
        raise rules.lacking(points=abs(points), available=0)
