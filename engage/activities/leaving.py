"""A person's own sign-ups, and taking all of them back when the account closes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from engage.activities import commands
from engage.activities.models import Activity, Shift, SignUp
from engage.activities.queries import ShiftCard, shift_cards
from engage.activities.rules import SignUpState
from engage.core.access import Actor
from engage.core.database import db, require_transaction
from engage.core.fence import get_in_scope


@dataclass(frozen=True, kw_only=True)
class OwnSignUp:
    """What a person said about a shift, and when."""

    shift: ShiftCard
    state: str
    changed_at: datetime


def sign_ups_of(person_id: int, *, limit: int = 1000) -> list[OwnSignUp]:
    """Return what a person said, the newest first: two queries."""
    statement = select(SignUp).where(SignUp.person_id == person_id).order_by(SignUp.id.desc()).limit(limit)
    rows = db.session.scalars(statement).all()
    shifts = shift_cards([row.shift_id for row in rows])
    return [OwnSignUp(shift=shifts[row.shift_id], state=row.state, changed_at=row.changed_at) for row in rows]


def led_by(person_id: int, *, now: datetime) -> list[ShiftCard]:
    """Return the shifts a person leads that are not over, by start: somebody must take them over first."""
    statement = (
        select(Shift.id)
        .join(Activity, (Activity.id == Shift.activity_id) & (Activity.community_id == Shift.community_id))
        .where(Activity.leader_id == person_id, Shift.ends_at > now, Shift.cancelled_at.is_(None))
    )
    cards = shift_cards(list(db.session.scalars(statement)))
    return sorted(cards.values(), key=lambda card: (card.starts_at, card.id))


def expected_of(person_id: int, *, now: datetime) -> list[ShiftCard]:
    """Return the shifts ahead a person has joined or waits for, by start."""
    cards = shift_cards([row.shift_id for row in ahead_of(person_id, now=now)])
    return sorted(cards.values(), key=lambda card: (card.starts_at, card.id))


def ahead_of(person_id: int, *, now: datetime) -> list[SignUp]:
    """Return a person's live sign-ups to shifts that are not over, in the order in which shifts are locked."""
    states = (SignUpState.JOINED.value, SignUpState.WAITLISTED.value)
    statement = (
        select(SignUp)
        .join(Shift, (Shift.id == SignUp.shift_id) & (Shift.community_id == SignUp.community_id))
        .where(SignUp.person_id == person_id, SignUp.state.in_(states), Shift.ends_at > now)
        # One order for everybody who locks several shifts.
        .order_by(Shift.id)
    )
    return list(db.session.scalars(statement))


def withdraw_from_all(*, person_id: int, actor: Actor, now: datetime) -> int:
    """Take a person off every shift that is not over, inside the caller's transaction; the waiting move up.

    Returns how many shifts.
    """
    session = require_transaction()
    rows = ahead_of(person_id, now=now)
    for row in rows:
        shift = get_in_scope(Shift, row.shift_id, lock=True)
        commands.leave_shift(session, shift, row, actor=actor, now=now)
    return len(rows)
