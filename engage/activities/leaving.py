"""A person's own sign-ups, and taking all of them back when the account closes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

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


def counting_sign_ups(person_ids: Collection[int]) -> Select[int]:
    """Return the statement for how many sign-ups these entries made, to be asked together with others."""
    return select(func.count(SignUp.id)).where(SignUp.person_id.in_(set(person_ids)))


def counting_ahead(person_id: int, *, now: datetime) -> Select[int]:
    """Return the statement for how many shifts `expected_of` returns, to be asked together with others."""
    return _ahead(person_id, now=now).with_only_columns(func.count(SignUp.id)).order_by(None)


def counting_led(person_id: int, *, now: datetime) -> Select[int]:
    """Return the statement for how many shifts `led_by` returns, to be asked together with others."""
    return _led(person_id, now=now).with_only_columns(func.count(Shift.id))


def sign_ups_of(person_ids: Collection[int], *, limit: int | None = None) -> list[OwnSignUp]:
    """Return what a person said under these entries, the newest first: two queries."""
    statement = select(SignUp).where(SignUp.person_id.in_(set(person_ids))).order_by(SignUp.id.desc()).limit(limit)
    rows = db.session.scalars(statement).all()
    shifts = shift_cards([row.shift_id for row in rows])
    return [OwnSignUp(shift=shifts[row.shift_id], state=row.state, changed_at=row.changed_at) for row in rows]


def led_by(person_id: int, *, now: datetime) -> list[ShiftCard]:
    """Return the shifts a person leads that are not over, by start: somebody must take them over first."""
    cards = shift_cards(list(db.session.scalars(_led(person_id, now=now))))
    return sorted(cards.values(), key=lambda card: (card.starts_at, card.id))


def _led(person_id: int, *, now: datetime) -> Select[int]:
    return (
        select(Shift.id)
        .join(Activity, (Activity.id == Shift.activity_id) & (Activity.community_id == Shift.community_id))
        .where(Activity.leader_id == person_id, Shift.ends_at > now, Shift.cancelled_at.is_(None))
    )


def expected_of(person_id: int, *, now: datetime) -> list[ShiftCard]:
    """Return the shifts ahead a person has joined or waits for, by start."""
    cards = shift_cards([row.shift_id for row in ahead_of(person_id, now=now)])
    return sorted(cards.values(), key=lambda card: (card.starts_at, card.id))


def ahead_of(person_id: int, *, now: datetime) -> list[SignUp]:
    """Return a person's live sign-ups to shifts that are not over, in the order in which shifts are locked."""
    return list(db.session.scalars(_ahead(person_id, now=now)))


def _ahead(person_id: int, *, now: datetime) -> Select[SignUp]:
    states = (SignUpState.JOINED.value, SignUpState.WAITLISTED.value)
    return (
        select(SignUp)
        .join(Shift, (Shift.id == SignUp.shift_id) & (Shift.community_id == SignUp.community_id))
        .where(SignUp.person_id == person_id, SignUp.state.in_(states), Shift.ends_at > now)
        # One order for everybody who locks several shifts.
        .order_by(Shift.id)
    )


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
