"""The book's own commands; awards, holds and spends belong to the rooms that cause them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from engage import people
from engage.core import audit, clock
from engage.core.access import Actor
from engage.core.database import in_turn, transaction
from engage.core.errors import N_
from engage.core.fence import get_in_scope
from engage.ledger import book, posting, reversal, rules
from engage.ledger.models import Account, Correction, Entry, Lot


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


def propose_correction(*, entry_id: int, reason: str, actor: Actor, now: datetime) -> int:
    """Ask for an entry to be corrected; returns the number of the request. The same again is the same once.

    Raises `NoReason`, `NotReversible`, `AlreadyReversed`, `AlreadyProposed`, `NotFound`.
    """
    why = rules.ensure_reason(reason)
    with transaction() as session:
        in_turn(f"correction:{entry_id}", community_id=actor.community_id)
        entry = get_in_scope(Entry, entry_id)
        waiting = session.scalar(select(Correction).where(Correction.entry_id == entry.id, Correction.outcome == ""))
        if waiting is not None and (waiting.proposed_by, waiting.reason) == (actor.person_id, why):
            return waiting.id
        reversal.ensure_reversible(session, entry)
        if waiting is not None:
            raise rules.AlreadyProposed(N_("这一笔已经有人提了更正，在等另一位同事确认。"))
        row = Correction(entry_id=entry.id, reason=why, proposed_by=actor.person_id, proposed_at=now, outcome="")
        session.add(row)
        session.flush()
        audit.record("correction proposed", actor=actor, subject=f"entry:{entry.id}", now=now, reason=why)
        return row.id


def confirm_correction(*, correction_id: int, actor: Actor, now: datetime) -> None:
    """Let a second person say yes: the mirrored entry is written in the same transaction. Twice is once.

    Raises what `reversal.reverse` raises, `CorrectionOver`, `NotFound`; then nothing has changed.
    """
    with transaction() as session:
        row = get_in_scope(Correction, correction_id, lock=True)
        if row.outcome == "done":
            return
        rules.ensure_waiting(row.outcome)
        if get_in_scope(Entry, row.entry_id).person_id in people.selves_of(actor.person_id):
            raise rules.WrongApprover(N_("自己的分要别人来批。请换一位审核人。"))
        receipt = reversal.reverse(
            entry_id=row.entry_id,
            reason=row.reason,
            actor_id=row.proposed_by,
            approver_id=actor.person_id,
            now=now,
        )
        row.outcome, row.decided_by, row.decided_at = "done", actor.person_id, now
        session.flush()
        audit.record("entry reversed", actor=actor, subject=f"entry:{row.entry_id}", now=now, by=receipt.seq)


def drop_correction(*, correction_id: int, actor: Actor, now: datetime) -> str:
    """Leave the entry as it is: "withdrawn" by who asked, "declined" by anybody else of the office. Twice is once.

    Raises `CorrectionOver` when it was confirmed, `NotFound`.
    """
    with transaction() as session:
        row = get_in_scope(Correction, correction_id, lock=True)
        if row.outcome in {"declined", "withdrawn"}:
            return row.outcome
        rules.ensure_waiting(row.outcome)
        row.outcome = "withdrawn" if row.proposed_by == actor.person_id else "declined"
        row.decided_by, row.decided_at = actor.person_id, now
        session.flush()
        audit.record("correction dropped", actor=actor, subject=f"entry:{row.entry_id}", now=now)
        return row.outcome
