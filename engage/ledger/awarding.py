"""Giving points, inside the caller's transaction: the one way they come into the book."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from engage.core.database import require_transaction
from engage.ledger import book, carrying, rules
from engage.ledger.book import Draft, Move
from engage.ledger.cards import EntryReceipt


def post_award(
    *,
    person_id: int,
    points: int,
    source: str,
    memo: str,
    earned_on: date,
    actor_id: int | None,
    approver_id: int,
    now: datetime,
    basis: Mapping[str, Any] | None = None,
) -> EntryReceipt:
    """Give points to a person; they open one lot that expires 24 months after `earned_on` (a Shanghai day).

    The same source never pays twice: the second time the first receipt comes back. Points owed from a reversal are
    repaid first. `basis` keeps the arithmetic for "why this number?": {"rule": {...}, "minutes": …, "steps": [...]}.
    Raises `WrongApprover` when somebody approves for themselves, `DomainError` for points that are not positive.
    """
    session = require_transaction()
    rules.ensure_positive(points)
    rules.ensure_approver(actor_id=actor_id, approver_id=approver_id, person_id=person_id, second=False)
    head = book.lock_head(session)
    if already := book.find_by_source(session, source):
        return book.receipt_of(already)
    accounts = book.accounts_of(session, person_id)
    issue = book.own_account(session, "issue")
    repaid = min(points, -(accounts["owed"].balance or 0))
    moves = []
    if points > repaid:
        lot = (rules.expiry_of(earned_on), points - repaid, None)
        moves.append(Move(debit=issue, credit=accounts["person"], amount=points - repaid, opens=[lot]))
    if repaid:
        moves.append(Move(debit=issue, credit=accounts["owed"], amount=repaid))
    draft = Draft(
        kind="award",
        source=source,
        person_id=person_id,
        memo=memo,
        basis=dict(basis or {}),
        moves=moves,
        earned_on=earned_on,
        at=now,
        actor_id=actor_id,
        approver_id=approver_id,
    )
    receipt = book.write(session, head, draft)
    carrying.follow(person_id=person_id, seq=receipt.seq, actor_id=approver_id, now=now)
    return receipt
