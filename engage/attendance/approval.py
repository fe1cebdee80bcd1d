"""Approving and refusing minutes, inside the transaction of the room that pays for them (awards)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from engage import activities, people
from engage.attendance import queries, rules
from engage.attendance.models import Presence
from engage.attendance.queries import SessionCard
from engage.attendance.rules import ApprovalRefused, Flag
from engage.core.database import require_transaction
from engage.core.errors import N_
from engage.core.fence import get_in_scope


def approve(session_id: int, approver_id: int, now: datetime, reason: str = "") -> SessionCard:
    """Approve a session: its minutes count from now on, each minute once. Approving it again changes nothing.

    Raises `ApprovalRefused` for one's own, one's household's or one's own record, for a flagged one without a
    reason, and for one that was refused or is still open; `NotFound`.
    """
    row = _decidable(session_id, approver_id=approver_id)
    if row.state == "approved":
        return queries.cards_from([row])[0]
    (card,) = queries.cards_from([row])
    if card.flags and not reason:
        raise ApprovalRefused(N_("这条有疑点，写一句为什么认可"), field="reason")
    _count_each_minute_once(row)
    _decide(row, state="approved", approver_id=approver_id, reason=reason, now=now)
    return queries.cards_from([row])[0]


def refuse(session_id: int, approver_id: int, reason: str, now: datetime) -> SessionCard:
    """Refuse a session, with a reason its person will read. Raises `ApprovalRefused`, `NotFound`."""
    if not reason:
        raise ApprovalRefused(N_("写一句为什么退回，本人会看到"), field="reason")
    row = _decidable(session_id, approver_id=approver_id)
    if row.state == "approved":
        raise ApprovalRefused(N_("这条已经认可了。要改，请在积分账里冲正"))
    _decide(row, state="refused", approver_id=approver_id, reason=reason, now=now)
    return queries.cards_from([row])[0]


def _decidable(session_id: int, *, approver_id: int) -> Presence:
    require_transaction()
    row = get_in_scope(Presence, session_id, lock=True)
    if row.state == "open":
        raise ApprovalRefused(N_("这条还没签退，先请组长补上走的时间"))
    if row.state in {"refused", "voided"}:
        raise ApprovalRefused(N_("这条已经退回过了"))
    if approver_id == row.person_id:
        raise ApprovalRefused(N_("自己的时长要请别人审"))
    if approver_id in queries.recorders_of([row])[row.id]:
        raise ApprovalRefused(N_("这条是您经手记的，要请另一位来审"))
    home = people.household_of(row.person_id)
    if home is not None and home == people.household_of(approver_id):
        raise ApprovalRefused(N_("家里人的时长要请别人审"))
    return row


def _count_each_minute_once(row: Presence) -> None:
    """Take away what other approved sessions of the same person cover already (service-points §5.2 Overlap)."""
    assert row.started_at is not None  # noqa: S101 - the CHECK on the table says so of every closed session
    assert row.ended_at is not None  # noqa: S101
    others = (
        require_transaction()
        .scalars(
            select(Presence).where(
                Presence.person_id == row.person_id,
                Presence.state == "approved",
                Presence.id != row.id,
                Presence.started_at < row.ended_at,
                Presence.ended_at > row.started_at,
            )
        )
        .all()
    )
    shifts = activities.shift_cards({row.shift_id, *(other.shift_id for other in others)})
    taken = [_interval(other, shifts[other.shift_id]) for other in others]
    minutes = rules.uncovered_minutes(_interval(row, shifts[row.shift_id]), taken)
    if minutes < row.minutes:
        row.flags = rules.joined_flags(rules.split_flags(row.flags), [Flag.OVERLAP])
    row.minutes = minutes


def _interval(row: Presence, shift: activities.ShiftCard) -> tuple[datetime, datetime]:
    assert row.started_at is not None  # noqa: S101 - as above
    assert row.ended_at is not None  # noqa: S101
    return rules.credited(row.started_at, row.ended_at, starts_at=shift.starts_at, ends_at=shift.ends_at)


def _decide(row: Presence, *, state: str, approver_id: int, reason: str, now: datetime) -> None:
    row.state, row.decided_by, row.decided_at, row.reason = state, approver_id, now, reason[:200]
    require_transaction().flush()
