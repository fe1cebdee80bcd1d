"""The book's own commands; awards, holds and spends belong to the rooms that cause them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from engage.core import audit, clock
from engage.core.access import Actor
from engage.core.database import transaction
from engage.ledger import book, posting, reversal
from engage.ledger.cards import EntryReceipt
from engage.ledger.models import Account, Lot


def expire_points(*, now: datetime) -> int:
    """Write off every lot of the community whose last day is over; returns how many. Rerun-safe."""
    with transaction() as session:
        head = book.lock_head(session)
        today = clock.local_date(now)
        due = (
            select(Account)
            .where(Account.id.in_(select(Lot.account_id).where(Lot.remaining > 0, Lot.expires_on < today)))
            .order_by(Account.id)
        )
        return sum(
            posting.expire_lots(session, head, account=account, now=now) for account in session.scalars(due).all()
        )


def reverse_entry(*, entry_id: int, reason: str, actor: Actor, approver_id: int, now: datetime) -> EntryReceipt:
    """Correct an entry; two persons stand behind it. Raises what `reversal.reverse` raises."""
    with transaction():
        receipt = reversal.reverse(
            entry_id=entry_id, reason=reason, actor_id=actor.person_id, approver_id=approver_id, now=now
        )
        audit.record("entry reversed", actor=actor, subject=f"entry:{entry_id}", now=now, reason=reason)
        return receipt
