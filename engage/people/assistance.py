"""Helper mode: somebody at the desk acts for a person who stands there, for a quarter of an hour (ADR 36).

The person is known by their card or by number and name, agrees, and sees afterwards who did what. The reviewed list of
what a helper may do is `engage.core.helping`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from engage.core import audit
from engage.core.access import Actor, Permission
from engage.core.audit import AuditEvent
from engage.core.database import db, require_transaction, transaction
from engage.core.errors import N_, DomainError, Forbidden
from engage.core.limits import count_attempt
from engage.core.tenancy import current_community_id
from engage.people import rules_sign_in
from engage.people.cards import find_by_card
from engage.people.devices import Here, actor_of
from engage.people.models import Person
from engage.people.models_sign_in import Assistance
from engage.people.phones import normalised_phone, phone_columns
from engage.people.queries import find_by_member_no, get_person, names_of
from engage.people.rules import account_digits, plain

STARTS_AN_HOUR = 30
_HOUR = timedelta(hours=1)


class NotHelped(DomainError):
    """Nobody to help, no reason, or no consent."""


@dataclass(frozen=True, kw_only=True)
class AskedFor:
    """What a helper says: a scanned card, or a member number and the name that goes with it; why; and the consent."""

    who: str
    name: str
    reason: str
    agreed: bool


@dataclass(frozen=True, kw_only=True)
class HelpCard:
    """One time somebody was helped, as they see it. Times are UTC; `acts` counts lines of the log."""

    helper: str
    reason: str
    known_by: str
    began_at: datetime
    ended_at: datetime
    acts: int


def begin_help(*, device: Here, helper: Actor, asked: AskedFor, now: datetime) -> int:
    """Begin to act for a person who stands here; returns their id. Whoever was helped on this device before is not.

    At most 30 an hour and helper. Raises `NotHelped`, `TooManyAttempts`.
    """
    count_attempt(f"help|{helper.community_id}|{helper.person_id}", at_most=STARTS_AN_HOUR, per=_HOUR, now=now)
    if not asked.reason:
        raise NotHelped(N_("写一句要办什么，本人看得到"), field="reason")
    if not asked.agreed:
        raise NotHelped(N_("先问本人愿不愿意，愿意就勾上"), field="agreed")
    person, known_by = _recognised(asked)
    if person is None:
        raise NotHelped(N_("没对上人。刷证，或者照着证写编号和姓名"), field="who")
    if person.id == helper.person_id:
        raise NotHelped(N_("您自己的事，直接办就好"), field="who")
    with transaction() as session:
        _end_open(device_id=device.id, now=now)
        session.add(
            Assistance(
                person_id=person.id,
                helper_id=helper.person_id,
                device_id=device.id,
                reason=asked.reason[:120],
                known_by=known_by,
                began_at=now,
                ends_at=now + rules_sign_in.HELP_FOR,
            )
        )
        audit.record(
            "help_began",
            actor=helper,
            subject=f"person:{person.id}",
            now=now,
            on_behalf_of=person.id,
            known_by=known_by,
        )
        return person.id


def _recognised(asked: AskedFor) -> tuple[Person | None, str]:
    if card := find_by_card(asked.who):
        return card, "card"
    digits = account_digits(asked.who)
    person = find_by_member_no(int(digits)) if 0 < len(digits) < 10 else None
    told = "".join(plain(asked.name).split())
    alike = person is not None and person.status == "active" and told == "".join(person.name.split())
    return (person if alike else None), "number"


def _end_open(*, device_id: int, now: datetime) -> None:
    require_transaction().execute(
        update(Assistance).where(Assistance.device_id == device_id, Assistance.ended_at.is_(None)).values(ended_at=now)
    )


def end_help(*, actor: Actor, now: datetime) -> None:
    """Stop acting for the person; ending twice is ending once."""
    if actor.helper_id is None:
        return
    with transaction():
        _end_open(device_id=actor.device_id, now=now)
        audit.record("help_ended", actor=actor, subject=f"person:{actor.person_id}", now=now)


def correct_phone(*, actor: Actor, phone: str, now: datetime) -> None:
    """Put the helped person's phone right. Only for helpers who may change entries anyway: it opens the account.

    Raises `Forbidden`, `BadPhone`.
    """
    helper = actor_of(get_person(actor.helper_id or 0))
    if not helper.can(Permission.MANAGE_MEMBERS):
        raise Forbidden
    number = normalised_phone(phone)
    with transaction():
        person = get_person(actor.person_id)
        for column, value in phone_columns(number, community_id=current_community_id()).items():
            setattr(person, column, value)
        audit.record("person_edited", actor=actor, subject=f"person:{person.id}", now=now, fields=["phone_index"])


def list_help(person_id: int) -> list[HelpCard]:
    """Return when somebody was helped and by whom, the latest first, at most 50; three queries."""
    rows: Sequence[Assistance] = db.session.scalars(
        select(Assistance).where(Assistance.person_id == person_id).order_by(Assistance.id.desc()).limit(50)
    ).all()
    if not rows:
        return []
    acts = db.session.execute(
        select(AuditEvent.actor_id, AuditEvent.at).where(
            AuditEvent.on_behalf_of == person_id,
            AuditEvent.at >= rows[-1].began_at,
            AuditEvent.verb.not_in(["help_began", "help_ended"]),
        )
    ).all()
    names = names_of([row.helper_id for row in rows])
    return [
        HelpCard(
            helper=names.get(row.helper_id, ""),
            reason=row.reason,
            known_by=row.known_by,
            began_at=row.began_at,
            ended_at=_end_of(row),
            acts=sum(who == row.helper_id and row.began_at <= at <= _end_of(row) for who, at in acts),
        )
        for row in rows
    ]


def _end_of(row: Assistance) -> datetime:
    return min(row.ends_at, row.ended_at or row.ends_at)
