"""One person's points on two accounts become one, and two again: the only way points leave a person for a person.

It is the same person (room merging). Every lot goes over with its own date; nothing is created or lost on the way: what one
entry puts on the account between the two, the next one takes off it. Going back mirrors lot by lot.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage import people
from engage.core.database import require_transaction
from engage.core.errors import N_
from engage.ledger import book, posting, rules
from engage.ledger.book import Move
from engage.ledger.models import Account, Entry, Head, Lot, LotUse, Transfer

KIND = "merge"


def lock_for_merge() -> int:
    """Let nobody else write in this book until the command ends, and return the number of its last entry."""
    return book.lock_head(require_transaction()).seq


def carry_over(
    *,
    from_id: int,
    to_id: int,
    source: str,
    actor_id: int | None,
    now: datetime,
    paid_twice: Sequence[tuple[str, int]] = (),
) -> int:
    """Move all free points, and what is owed, from one account of a person to the other; returns the points that went.

    `paid_twice` names awards by source with the points to take back first: from their own lot, then others, then owed
    (as a reversal does, service-points §5.5). The same source carries once. Runs inside the caller's transaction.
    Raises `HoldsOpen` while points are kept for goods not yet fetched.
    """
    session = require_transaction()
    head = book.lock_head(session)
    if book.find_by_source(session, f"{source}:out"):
        return 0
    giving, taking = book.accounts_of(session, from_id), book.accounts_of(session, to_id)
    posting.expire_lots(session, head, account=giving["person"], now=now)
    if giving["held"].balance:
        raise rules.HoldsOpen(N_("还有换好没领的东西。先领走或者退掉，再来合并"))
    left = {lot.id: lot for lot in posting.lot_views(session, giving["person"])}
    out = [move for twice in paid_twice for move in _taken_back(session, giving, left, *twice)]
    owed = sum(move.amount for move in out if move.debit.id == giving["owed"].id) - (giving["owed"].balance or 0)
    between = book.own_account(session, "merged")
    into: list[Move] = []
    for lot in session.scalars(select(Lot).where(Lot.id.in_(left)).order_by(Lot.expires_on, Lot.id)):
        points = left[lot.id].remaining
        if points:
            out.append(Move(debit=giving["person"], credit=between, amount=points, uses=[(lot.id, -points)]))
            opened = (lot.expires_on, points, lot.origin_id)
            into.append(Move(debit=between, credit=taking["person"], amount=points, opens=[opened]))
    points = sum(move.amount for move in into)
    if owed:
        out.append(Move(debit=between, credit=giving["owed"], amount=owed))
        into.append(Move(debit=taking["owed"], credit=between, amount=owed))
    for person_id, side, moves in ((from_id, "out", out), (to_id, "in", into)):
        if moves:
            draft = posting.draft_for(
                KIND, f"{source}:{side}", person_id, memo="", moves=moves, actor_id=actor_id, now=now
            )
            book.write(session, head, draft)
    return points


def _taken_back(
    session: Session, giving: dict[str, Account], left: dict[int, rules.LotView], source: str, points: int
) -> list[Move]:
    """Return the moves that give points of one award back to the community; `left` shrinks by what they use."""
    award = book.find_by_source(session, source)
    transfers = [transfer.id for transfer in posting.transfers_of(session, award.id)] if award else []
    own = session.scalar(select(Lot.id).where(Lot.transfer_id.in_(transfers)))
    issue = book.own_account(session, "issue")
    free = min(points, sum(lot.remaining for lot in left.values()))
    moves = []
    if free:
        taken = rules.take_from(left.values(), points=free, first=own)
        for lot_id, part in taken:
            lot = left[lot_id]
            left[lot_id] = rules.LotView(id=lot.id, expires_on=lot.expires_on, remaining=lot.remaining - part)
            moves.append(Move(debit=giving["person"], credit=issue, amount=part, uses=[(lot_id, -part)]))
    if points > free:
        moves.append(Move(debit=giving["owed"], credit=issue, amount=points - free))
    return moves


def follow(*, person_id: int, seq: int, actor_id: int | None, now: datetime) -> None:
    """Carry on what an entry has just put on the account of somebody whose entry on the roll was merged into another."""
    survivor_id = people.find_survivor(person_id)
    if survivor_id is not None:
        source = f"follow:{seq}"
        carry_over(from_id=person_id, to_id=survivor_id, source=source, actor_id=actor_id, now=now)


def what_blocks_going_back(*, from_id: int, to_id: int, since_seq: int) -> int:
    """Return how many of the points carried over since an entry were used meanwhile: 0 when all can go back.

    Points that expired meanwhile block nothing: they would have expired on the other account as well.
    """
    session = require_transaction()
    book.lock_head(session)
    blocked = 0
    for entry in _carried(session, to_id, side="in", since_seq=since_seq):
        lots = session.scalars(select(Lot).where(Lot.transfer_id.in_(_ids(session, entry)))).all()
        blocked += sum(lot.amount - lot.remaining - _expired(session, lot) for lot in lots)
    owed = sum(
        transfer.amount
        for entry in _carried(session, to_id, side="in", since_seq=since_seq)
        for transfer in posting.transfers_of(session, entry.id)
        if transfer.debit_id == book.accounts_of(session, to_id)["owed"].id
    )
    return blocked + max(owed + (book.accounts_of(session, to_id)["owed"].balance or 0), 0)


def carry_back(*, from_id: int, to_id: int, since_seq: int, actor_id: int | None, now: datetime) -> int:
    """Undo every carrying from one account to the other since an entry, the latest first; returns the points that went.

    Ask `what_blocks_going_back` first. Runs inside the caller's transaction. Raises `NotEnoughPoints` if something does.
    """
    session = require_transaction()
    head = book.lock_head(session)
    points = 0
    incoming = {
        entry.source.removesuffix(":in"): entry for entry in _carried(session, to_id, side="in", since_seq=since_seq)
    }
    for out in reversed(_carried(session, from_id, side="out", since_seq=since_seq)):
        source = out.source.removesuffix(":out")
        points += _go_back(session, head, out, incoming.get(source), actor_id=actor_id, now=now)
    return points


def _go_back(
    session: Session, head: Head, out: Entry, into: Entry | None, *, actor_id: int | None, now: datetime
) -> int:
    source = out.source.removesuffix(":out")
    legs = [
        leg for entry in (out, into) if entry for one in posting.transfers_of(session, entry.id) for leg in _legs(one)
    ]
    accounts = {account.id: account for account in session.scalars(select(Account).where(Account.id.in_(legs)))}
    back: list[Move] = []
    kept: list[int] = []  # what is left of each lot that went over, in the order they went
    for transfer in posting.transfers_of(session, into.id) if into else []:
        lot = session.scalar(select(Lot).where(Lot.transfer_id == transfer.id))
        amount = transfer.amount if lot is None else lot.remaining
        uses = [] if lot is None else [(lot.id, -amount)]
        kept += [] if lot is None else [amount]
        if amount:
            back.append(
                Move(debit=accounts[transfer.credit_id], credit=accounts[transfer.debit_id], amount=amount, uses=uses)
            )
    returned = [
        move
        for transfer in posting.transfers_of(session, out.id)
        if (move := _mirror(session, transfer, accounts, kept))
    ]
    for entry, side, moves in ((into, "in", back), (out, "out", returned)):
        if entry is not None and moves:
            draft = posting.draft_for(
                KIND, f"{source}:back:{side}", entry.person_id, memo="", moves=moves, actor_id=actor_id, now=now
            )
            book.write(session, head, draft)
    return sum(kept)


def _mirror(session: Session, transfer: Transfer, accounts: dict[int, Account], kept: list[int]) -> Move | None:
    """Return what takes one transfer back; of a lot that went over, only what is left of it comes back."""
    use = session.scalar(select(LotUse).where(LotUse.transfer_id == transfer.id))
    debit, credit = accounts[transfer.credit_id], accounts[transfer.debit_id]
    if use is None:
        return Move(debit=debit, credit=credit, amount=transfer.amount)
    amount = kept.pop(0) if debit.kind == "merged" else transfer.amount
    return Move(debit=debit, credit=credit, amount=amount, uses=[(use.lot_id, amount)]) if amount else None


def _carried(session: Session, person_id: int, *, side: str, since_seq: int) -> list[Entry]:
    """Return the entries that carried points one way and were not taken back, in order."""
    mine = select(Entry).where(Entry.person_id == person_id, Entry.kind == KIND, Entry.seq > since_seq)
    entries = session.scalars(mine.order_by(Entry.seq)).all()
    sources = {entry.source for entry in entries}
    return [
        entry
        for entry in entries
        if entry.source.endswith(f":{side}")
        and ":back:" not in entry.source
        and f"{entry.source.removesuffix(f':{side}')}:back:{side}" not in sources
    ]


def _legs(transfer: Transfer) -> tuple[int, int]:
    return transfer.debit_id, transfer.credit_id


def _ids(session: Session, entry: Entry) -> list[int]:
    return [transfer.id for transfer in posting.transfers_of(session, entry.id)]


def _expired(session: Session, lot: Lot) -> int:
    """Return how many points of a lot the calendar took."""
    statement = (
        select(LotUse.points)
        .join(Transfer, Transfer.id == LotUse.transfer_id)
        .join(Entry, Entry.id == Transfer.entry_id)
        .where(LotUse.lot_id == lot.id, Entry.kind == "expire")
    )
    return -sum(session.scalars(statement))
