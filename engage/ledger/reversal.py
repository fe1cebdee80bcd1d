"""Correcting the book: by a mirrored entry, with two persons behind it, once (service-points §5.5)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage.core import clock
from engage.core.database import require_transaction
from engage.core.errors import N_
from engage.core.fence import get_in_scope
from engage.ledger import book, carrying, posting, rules
from engage.ledger.book import Move
from engage.ledger.cards import EntryReceipt
from engage.ledger.models import Entry, Head, Lot


def reverse(*, entry_id: int, reason: str, actor_id: int, approver_id: int, now: datetime) -> EntryReceipt:
    """Correct an award or a spend by a mirrored entry; nothing is ever changed or deleted.

    An award is taken back from its own lot, then from others, then owed. A spend gives the exact lots back.
    Raises `NotFound`, `AlreadyReversed`, `NotReversible` (holds are released instead), `WrongApprover`.
    """
    session = require_transaction()
    head = book.lock_head(session)
    entry = get_in_scope(Entry, entry_id)
    rules.ensure_approver(actor_id=actor_id, approver_id=approver_id, person_id=entry.person_id, second=True)
    ensure_reversible(session, entry)
    moves = _unaward(session, head, entry, now) if entry.kind == "award" else _unspend(session, entry, now)
    draft = posting.draft_for(
        "reversal",
        f"reversal:{entry.id}",
        entry.person_id,
        memo=posting.memo_of(session, entry),
        moves=moves,
        actor_id=actor_id,
        now=now,
    )
    draft.basis = {"reason": reason}
    draft.reverses_id, draft.approver_id = entry.id, approver_id
    receipt = book.write(session, head, draft)
    carrying.follow(person_id=entry.person_id, seq=receipt.seq, actor_id=actor_id, now=now)
    return receipt


def ensure_reversible(session: Session, entry: Entry) -> None:
    """Refuse what was corrected before and what ends in another way. Raises `AlreadyReversed`, `NotReversible`."""
    if session.scalar(select(Entry.id).where(Entry.reverses_id == entry.id)):
        raise rules.AlreadyReversed(N_("这一笔更正过了，不用再改。"))
    if entry.kind not in rules.REVERSIBLE:
        raise rules.NotReversible(N_("这一笔不能更正。占用的分，退掉兑换就回来了。"))


def _unaward(session: Session, head: Head, entry: Entry, now: datetime) -> list[Move]:
    accounts = book.accounts_of(session, entry.person_id)
    posting.expire_lots(session, head, account=accounts["person"], now=now)
    transfers = posting.transfers_of(session, entry.id)
    points = sum(transfer.amount for transfer in transfers)
    own = session.scalar(select(Lot.id).where(Lot.transfer_id.in_([transfer.id for transfer in transfers])))
    free = min(points, accounts["person"].balance or 0)
    issue = book.own_account(session, "issue")
    moves = []
    if free:
        taken = rules.take_from(posting.lot_views(session, accounts["person"]), points=free, first=own)
        uses = [(lot_id, -part) for lot_id, part in taken]
        moves.append(Move(debit=accounts["person"], credit=issue, amount=free, uses=uses))
    if points > free:
        moves.append(Move(debit=accounts["owed"], credit=issue, amount=points - free))
    return moves


def _unspend(session: Session, entry: Entry, now: datetime) -> list[Move]:
    accounts = book.accounts_of(session, entry.person_id)
    held = get_in_scope(Entry, entry.settles_id or 0)
    amount = sum(transfer.amount for transfer in posting.transfers_of(session, entry.id))
    move = Move(debit=book.own_account(session, "spent"), credit=accounts["person"], amount=amount)
    posting.give_back(session, held, move, today=clock.local_date(now))
    return [move]
