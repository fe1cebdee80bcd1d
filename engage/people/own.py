"""What a person does to their own entry: prove who is asking, correct it, take a consent back (service-points §5.8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from engage.core import audit
from engage.core.access import Actor
from engage.core.database import db, transaction
from engage.core.errors import N_, DomainError, NotFound
from engage.core.fence import get_in_scope
from engage.core.tenancy import current_community_id
from engage.people.confirming import check_password, mark_confirmed
from engage.people.devices import end_devices
from engage.people.enrolment import pinyin_of
from engage.people.models import Consent, Credential, Device, Medium, Person, RoleGrant
from engage.people.models_sign_in import Passkey
from engage.people.passkeys import list_passkeys
from engage.people.phones import phone_columns
from engage.people.queries import get_person
from engage.people.signing_in import WrongPassword


@dataclass(frozen=True, kw_only=True)
class OwnRecords:
    """The lists this room keeps about one person, the newest first. Ended ones are among them."""

    roles: list[RoleGrant]
    consents: list[Consent]
    cards: list[Medium]
    devices: list[Device]
    passkeys: list[Passkey]


def records_of(person_id: int) -> OwnRecords:
    """Return a person's roles, consents, cards, passkeys and the latest 100 devices: five queries."""
    roles = select(RoleGrant).where(RoleGrant.person_id == person_id)
    cards = select(Medium).where(Medium.person_id == person_id)
    devices = select(Device).where(Device.person_id == person_id)
    return OwnRecords(
        roles=list(db.session.scalars(roles.order_by(RoleGrant.id.desc()))),
        consents=consents_of(person_id),
        cards=list(db.session.scalars(cards.order_by(Medium.version.desc()))),
        devices=list(db.session.scalars(devices.order_by(Device.id.desc()))),
        passkeys=list(list_passkeys(person_id)),
    )


def consents_of(person_id: int) -> list[Consent]:
    """Return what a person agreed to, the newest first."""
    statement = select(Consent).where(Consent.person_id == person_id).order_by(Consent.id.desc())
    return list(db.session.scalars(statement))


def confirm_password(*, actor: Actor, password: str, now: datetime) -> None:
    """Ask for the password again before something grave: somebody else may hold the phone (trust §3 (f)).

    Raises `WrongPassword` for the field "current", and `TooManyAttempts` beyond 5 a minute or 20 an hour.
    """
    try:
        check_password(community_id=actor.community_id, person_id=actor.person_id, password=password, now=now)
    except WrongPassword as refusal:
        raise WrongPassword(refusal.message, field="current") from refusal
    with transaction():
        mark_confirmed(device_id=actor.device_id, now=now)


def correct_own(*, actor: Actor, name: str, pinyin: str, phone: str | None, now: datetime) -> list[str]:
    """Put one's own name, reading and phone (normalised already) right; returns the fields that changed.

    Ask for the password first. The audit line names the fields, not what they said. Raises `DomainError` without
    a name.
    """
    if not name:
        raise DomainError(N_("写上姓名"), field="name")
    with transaction():
        person = get_person(actor.person_id)
        before = _facts_of(person)
        renamed = name != person.name
        kept_reading = pinyin if pinyin and not (renamed and pinyin == person.pinyin) else pinyin_of(name)
        person.name, person.pinyin = name, kept_reading
        for column, value in phone_columns(phone, community_id=current_community_id()).items():
            setattr(person, column, value)
        changed = sorted(field for field, value in _facts_of(person).items() if before[field] != value)
        if changed:
            audit.record("own_entry_corrected", actor=actor, subject=f"person:{person.id}", now=now, fields=changed)
        return changed


def _facts_of(person: Person) -> dict[str, object]:
    return {"name": person.name, "pinyin": person.pinyin, "phone": person.phone_index}


def own_consent(*, consent_id: int, actor: Actor) -> Consent:
    """Return one of the actor's own consents. Raises `NotFound` for anybody else's."""
    row = get_in_scope(Consent, consent_id)
    if row.person_id != actor.person_id:
        raise NotFound
    return row


def withdraw_consent(*, consent_id: int, actor: Actor, now: datetime) -> None:
    """Take a consent back. Signing in rests on it: the password goes and every device ends, all else stays.

    The log keeps which text in which version was taken back. Raises `NotFound` for anybody else's, or the second time.
    """
    with transaction() as session:
        row = own_consent(consent_id=consent_id, actor=actor)
        audit.record(
            "consent_withdrawn",
            actor=actor,
            subject=f"person:{actor.person_id}",
            now=now,
            consent=row.subject,
            version=row.version,
            given_at=row.given_at.isoformat(),
        )
        session.delete(row)
        session.execute(delete(Credential).where(Credential.person_id == actor.person_id))
        end_devices(person_id=actor.person_id, now=now)
