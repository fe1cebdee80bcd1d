"""Recomputing the whole book from its rows: what does not add up is named by its number (house §6, lock 7; D18, L3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import TypeVar

from sqlalchemy import func, select

from engage.core import chain
from engage.core.database import TenantBase, db
from engage.ledger import leaves, rules
from engage.ledger.models import Account, Entry, Head, Lot, LotUse, Note, Transfer

_CHUNK = 500
Row = TypeVar("Row", bound=TenantBase)


class _Audit:
    """One pass over the book of one community."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.seq = 0
        self.hash = chain.GENESIS
        self.accounts = {account.id: account for account in db.session.scalars(select(Account))}
        self.balances: dict[int, int] = defaultdict(int)
        self.remaining: dict[int, int] = {}
        self.open_holds: dict[int, tuple[int, int]] = {}
        self.seen: dict[str, int] = defaultdict(int)

    def entry(self, entry: Entry, note: Note | None, transfers: Sequence[_Parts]) -> None:
        self.seen["entries"] += 1
        where = f"entry {entry.seq}"
        if entry.seq != self.seq + 1:
            self.problems.append(f"{where}: number {self.seq + 1} was expected")
        if entry.prev_hash != self.hash:
            self.problems.append(f"{where}: does not continue the entry before it")
        images = [leaves.image(part.transfer, part.uses, part.lots) for part in transfers]
        if chain.link(prev_hash=entry.prev_hash, leaf=leaves.leaf(entry, images)) != entry.hash:
            self.problems.append(f"{where}: content does not match its hash")
        if note is None:
            self.problems.append(f"{where}: has no words")
        elif rules.note_hash(salt=note.salt, memo=note.memo, basis=note.basis) != entry.note_hash:
            self.problems.append(f"{where}: words were changed")
        if not transfers:
            self.problems.append(f"{where}: moves no points")
        for part in transfers:
            self.transfer(where, entry, part)
        self.holds(where, entry, transfers)
        self.seq, self.hash = entry.seq, entry.hash

    def transfer(self, where: str, entry: Entry, part: _Parts) -> None:
        transfer = part.transfer
        self.seen["transfers"] += 1
        self.seen["uses"] += len(part.uses)
        self.seen["lots"] += len(part.lots)
        explained = sum(use.points for use in part.uses) + sum(lot.amount for lot in part.lots)
        for leg in (
            (transfer.debit_id, -transfer.amount, transfer.debit_after),
            (transfer.credit_id, transfer.amount, transfer.credit_after),
        ):
            self.leg(where, entry, leg, explained)
        for lot in part.lots:
            self.remaining[lot.id] = lot.amount
            if lot.account_id != transfer.credit_id:
                self.problems.append(f"{where}: lot {lot.id} is on another account than its points")
        for use in part.uses:
            self.remaining[use.lot_id] = self.remaining.get(use.lot_id, 0) + use.points

    def leg(self, where: str, entry: Entry, leg: tuple[int, int, int | None], explained: int) -> None:
        account_id, change, after = leg
        account = self.accounts.get(account_id)
        if account is None:
            self.problems.append(f"{where}: account {account_id} is missing")
            return
        self.balances[account_id] += change
        faults = {
            "belongs to somebody else": account.person_id not in {None, entry.person_id},
            "has a balance that does not follow": account.balance is not None and self.balances[account_id] != after,
            "is overdrawn": account.kind in {"person", "held"} and self.balances[account_id] < 0,
            "is not explained by lots": account.kind == "person" and explained != change,
        }
        self.problems += [f"{where}: account {account_id} {words}" for words, wrong in faults.items() if wrong]

    def holds(self, where: str, entry: Entry, transfers: Sequence[_Parts]) -> None:
        amount = sum(part.transfer.amount for part in transfers)
        if entry.kind == "hold":
            self.open_holds[entry.id] = (entry.person_id, amount)
        elif entry.settles_id is not None and self.open_holds.pop(entry.settles_id, None) != (entry.person_id, amount):
            self.problems.append(f"{where}: ends a hold that is not open, or another amount")

    def close(self) -> None:
        head = db.session.scalar(select(Head))
        if (head.seq if head else 0, head.hash if head else chain.GENESIS) != (self.seq, self.hash):
            self.problems.append(f"head: does not name entry {self.seq}, the last one")
        in_lots: dict[int, int] = defaultdict(int)
        for lot in db.session.scalars(select(Lot).order_by(Lot.id)):
            in_lots[lot.account_id] += lot.remaining
            if lot.remaining != self.remaining.get(lot.id):
                self.problems.append(f"lot {lot.id}: remaining points are not what its uses leave")
        held = self.held_by_person()
        for account in self.accounts.values():
            self.account(account, in_lots[account.id], held[account.person_id])
        if sum(self.balances.values()):
            self.problems.append("all accounts: the sum is not zero")
        self.orphans()

    def held_by_person(self) -> dict[int | None, int]:
        held: dict[int | None, int] = defaultdict(int)
        for person_id, amount in self.open_holds.values():
            held[person_id] += amount
        return held

    def orphans(self) -> None:
        for model, name in ((Transfer, "transfers"), (LotUse, "uses"), (Lot, "lots"), (Note, "entries")):
            count = db.session.scalar(select(func.count(model.id)))
            if count != self.seen[name]:
                self.problems.append(f"{model.__tablename__}: {count} rows, {self.seen[name]} belong to entries")

    def account(self, account: Account, in_lots: int, held: int) -> None:
        if account.person_id is None:
            return
        faults = {
            "the sum of its transfers": account.balance != self.balances.get(account.id, 0),
            "the sum of its lots": account.kind == "person" and account.balance != in_lots,
            "the sum of open holds": account.kind == "held" and account.balance != held,
        }
        self.problems += [f"account {account.id}: balance is not {words}" for words, wrong in faults.items() if wrong]


class _Parts:
    """A transfer with its lots."""

    def __init__(self, transfer: Transfer, uses: Sequence[LotUse], lots: Sequence[Lot]) -> None:
        self.transfer, self.uses, self.lots = transfer, uses, lots


def verify() -> list[str]:
    """Return what is wrong with this community's book, in order; nothing when it closes.

    Checks numbers, chain, words, both legs, running balances, lots, holds, orphans and the head.
    """
    audit = _Audit()
    try:
        for entries in _chunks():
            _examine(audit, entries)
        audit.close()
    except ValueError as error:  # a date or a piece of JSON that is none: somebody wrote into the file
        audit.problems.append(f"entry {audit.seq + 1} or a later one: a stored value cannot be read ({error})")
    return audit.problems


def _examine(audit: _Audit, entries: Sequence[Entry]) -> None:
    ids = [entry.id for entry in entries]
    notes = {note.entry_id: note for note in db.session.scalars(select(Note).where(Note.entry_id.in_(ids)))}
    transfers = _grouped(
        db.session.scalars(select(Transfer).where(Transfer.entry_id.in_(ids)).order_by(Transfer.id)), "entry_id"
    )
    transfer_ids = [transfer.id for group in transfers.values() for transfer in group]
    uses = _grouped(db.session.scalars(select(LotUse).where(LotUse.transfer_id.in_(transfer_ids))), "transfer_id")
    lots = _grouped(db.session.scalars(select(Lot).where(Lot.transfer_id.in_(transfer_ids))), "transfer_id")
    for entry in entries:
        parts = [_Parts(t, uses.get(t.id, []), lots.get(t.id, [])) for t in transfers.get(entry.id, [])]
        audit.entry(entry, notes.get(entry.id), parts)


def _chunks() -> Iterator[Sequence[Entry]]:
    after = -(2**31)
    while True:
        entries = db.session.scalars(select(Entry).where(Entry.seq > after).order_by(Entry.seq).limit(_CHUNK)).all()
        if not entries:
            return
        yield entries
        after = entries[-1].seq


def _grouped(rows: Iterator[Row] | Sequence[Row], key: str) -> dict[int, list[Row]]:
    groups: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        groups[getattr(row, key)].append(row)
    return groups
