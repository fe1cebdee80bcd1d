"""Whole phone numbers, one by one, with a reason the person can read (trust row 41, W16)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from engage.core import audit, clock
from engage.core.access import Actor
from engage.core.database import db, transaction
from engage.core.errors import N_, DomainError
from engage.core.limits import count_attempt
from engage.people.models import PhoneReveal
from engage.people.phones import unsealed_phone
from engage.people.queries import get_person

REVEALS_A_DAY = 30
REVEALS_WORTH_A_LOOK = 15


def reveal_phone(*, person_id: int, reason: str, actor: Actor, now: datetime) -> str:
    """Return one person's whole phone number, written down with the reason; 30 a day per asker (trust row 41, W16).

    The fifteenth of a day leaves a line of its own in the audit log. Raises `TooManyAttempts`, `DomainError`.
    """
    if not reason:
        raise DomainError(N_("写一句为什么要看，本人看得到"), field="reason")
    if unsealed_phone(get_person(person_id)) is None:
        raise DomainError(N_("这个人没有留手机号"), field="reason")
    count_attempt(
        f"reveal|{actor.community_id}|{actor.person_id}", at_most=REVEALS_A_DAY, per=timedelta(days=1), now=now
    )
    with transaction() as session:
        person = get_person(person_id)
        session.add(PhoneReveal(person_id=person.id, actor_id=actor.person_id, reason=reason[:120], at=now))
        session.flush()
        audit.record("phone_seen", actor=actor, subject=f"person:{person.id}", now=now)
        since = clock.day_bounds(clock.local_date(now))[0]
        seen = session.scalar(
            select(func.count(PhoneReveal.id)).where(PhoneReveal.actor_id == actor.person_id, PhoneReveal.at >= since)
        )
        if seen == REVEALS_WORTH_A_LOOK:
            audit.record("many_phones_seen", actor=actor, subject=f"person:{actor.person_id}", now=now, count=seen)
        return unsealed_phone(person) or ""


def list_reveals(person_id: int) -> list[tuple[int, str, datetime]]:
    """Return (who looked, why, when) for a person's phone, the latest first, at most 20."""
    statement = select(PhoneReveal.actor_id, PhoneReveal.reason, PhoneReveal.at).where(
        PhoneReveal.person_id == person_id
    )
    rows = db.session.execute(statement.order_by(PhoneReveal.at.desc(), PhoneReveal.id.desc()).limit(20))
    return [(row.actor_id, row.reason, row.at) for row in rows]
