"""Whole phone numbers, one by one, with a reason the person can read (trust row 41, W16)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, literal, select, union_all

from engage.core import audit, clock
from engage.core.access import Actor
from engage.core.audit import AuditEvent
from engage.core.database import db, transaction
from engage.core.errors import N_, DomainError
from engage.core.limits import count_attempt
from engage.core.tenancy import current_community_id
from engage.people.models import Person, PhoneReveal
from engage.people.phones import unsealed_phone
from engage.people.queries import get_person

REVEALS_A_DAY = 30
REVEALS_WORTH_A_LOOK = 15
#: pages of the roll beyond the first, by one person in an hour: who turns that many is copying it
PAGES_AN_HOUR = 30
PAGES_WORTH_A_LOOK = 15


@dataclass(frozen=True, kw_only=True)
class Alert:
    """Somebody of the office who saw more of people today than the work asks for."""

    actor_id: int
    name: str
    phones: int
    turned_many_pages: bool


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


def list_reveals(person_ids: Collection[int], *, at_most: int | None = None) -> list[tuple[int, str, datetime]]:
    """Return (who looked, why, when) for the phones of these entries, the latest first; all of them unless told."""
    statement = select(PhoneReveal.actor_id, PhoneReveal.reason, PhoneReveal.at).where(
        PhoneReveal.person_id.in_(set(person_ids))
    )
    rows = db.session.execute(statement.order_by(PhoneReveal.at.desc(), PhoneReveal.id.desc()).limit(at_most))
    return [(row.actor_id, row.reason, row.at) for row in rows]


def count_page(*, actor: Actor, now: datetime) -> None:
    """Count a page of the roll beyond the first: the 15th of an hour is noted, the 31st refused (trust W16).

    Raises `TooManyAttempts`.
    """
    turned = count_attempt(
        f"pages|{actor.community_id}|{actor.person_id}", at_most=PAGES_AN_HOUR, per=timedelta(hours=1), now=now
    )
    if turned == PAGES_WORTH_A_LOOK:
        with transaction():
            subject = f"person:{actor.person_id}"
            audit.record("many_pages_turned", actor=actor, subject=subject, now=now, count=turned)


def list_alerts(*, now: datetime) -> list[Alert]:
    """Return who saw many phones or turned many pages of the roll today, in order of ids; one query (trust row 41)."""
    here, since = current_community_id(), clock.day_bounds(clock.local_date(now))[0]
    enough = func.count(PhoneReveal.id) >= REVEALS_WORTH_A_LOOK
    looked = (
        select(PhoneReveal.actor_id, func.count(PhoneReveal.id).label("phones"), literal(0).label("turned"))
        .where(PhoneReveal.community_id == here, PhoneReveal.at >= since)
        .group_by(PhoneReveal.actor_id)
        .having(enough)
    )
    turned = select(AuditEvent.actor_id, literal(0), literal(1)).where(
        AuditEvent.community_id == here, AuditEvent.verb == "many_pages_turned", AuditEvent.at >= since
    )
    seen = union_all(looked, turned).subquery()
    statement = (
        select(Person.id, Person.name, func.max(seen.c.phones).label("phones"), func.max(seen.c.turned).label("turned"))
        .join(seen, seen.c.actor_id == Person.id)
        .group_by(Person.id, Person.name)
        .order_by(Person.id)
    )
    return [
        Alert(actor_id=row.id, name=row.name, phones=row.phones, turned_many_pages=bool(row.turned))
        for row in db.session.execute(statement)
    ]
