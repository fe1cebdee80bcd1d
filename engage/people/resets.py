"""A new password by six digits sent to the phone: ten minutes, five tries, then dead (trust §3 (f), rows 42-44)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, update

from engage.core import audit, sealed
from engage.core.database import transaction
from engage.core.errors import N_
from engage.core.limits import count_attempt
from engage.core.tenancy import current_community_id
from engage.people import passwords, rules
from engage.people.accounts import find_account
from engage.people.devices import end_devices
from engage.people.messages import send_aside
from engage.people.models_sign_in import ResetRequest
from engage.people.phones import normalised_phone, phone_index
from engage.people.queries import get_person
from engage.people.rules import BadCode
from engage.people.signing_in import Arrival, Entry, open_door, set_password

LIFE = timedelta(minutes=10)
TRIES = 5
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


def _hash(code: str, *, index: str) -> str:
    key = sealed.derived_key("reset")
    return hmac.new(key, f"{current_community_id()}|{index}|{code}".encode(), hashlib.sha256).hexdigest()


def ask_reset(*, phone: str, network: str, now: datetime) -> None:
    """Send six digits to the phone if it has an account; whoever asks learns nothing either way (trust W13).

    Limits: 1 a minute and 5 a day per phone, 20 an hour per network, 200 an hour per community (trust row 43).
    Raises `BadPhone`, `TooManyAttempts`.
    """
    number = normalised_phone(phone)
    community_id = current_community_id()
    index = phone_index(number, community_id=community_id)
    count_attempt(f"reset|{community_id}|{index}|minute", at_most=1, per=timedelta(minutes=1), now=now)
    count_attempt(f"reset|{community_id}|{index}|day", at_most=5, per=_DAY, now=now)
    count_attempt(f"reset|{community_id}|{network}", at_most=20, per=_HOUR, now=now)
    count_attempt(f"reset|{community_id}|all", at_most=200, per=_HOUR, now=now)
    code = f"{secrets.randbelow(10**6):06d}"
    owner = find_account(phone_index=index)
    with transaction() as session:
        session.execute(delete(ResetRequest).where(ResetRequest.sent_at < now - _DAY))  # kept for a day (trust §3 (h))
        session.execute(
            update(ResetRequest)
            .where(ResetRequest.phone_index == index, ResetRequest.used_at.is_(None), ResetRequest.expires_at > now)
            .values(expires_at=now)
        )
        # Written for a number nobody has as well: the same work takes the same time (trust W13).
        session.add(
            ResetRequest(
                phone_index=index,
                code_hash=_hash(code, index=index),
                sent_at=now,
                expires_at=now + LIFE,
                tries=0,
            )
        )
    send_aside(phone=number if owner is not None else None, code=code)


def reset_password(*, phone: str, code: str, arrival: Arrival, now: datetime) -> Entry:
    """Set a new password with the digits from the phone; every device ends and this browser comes in.

    Raises `BadPhone`, `WeakPassword`, `TooManyAttempts`, and `BadCode` with the same words for every kind of failure.
    """
    number = normalised_phone(phone)
    community_id = current_community_id()
    count_attempt(f"reset-try|{community_id}|{arrival.network}", at_most=30, per=_HOUR, now=now)
    rules.ensure_password(arrival.password, phone=number)
    index = phone_index(number, community_id=community_id)
    owner = find_account(phone_index=index)
    fresh = passwords.hash_of(arrival.password)
    if not _try_code(index=index, code=rules.account_digits(code), now=now) or owner is None:
        raise BadCode(N_("6位数字不对，或者已经过期。请再要一次"), field="code")
    with transaction() as session:
        person = get_person(owner.person_id)
        used = session.execute(
            update(ResetRequest)
            .where(ResetRequest.phone_index == index, ResetRequest.used_at.is_(None), ResetRequest.expires_at > now)
            .values(used_at=now)
            .returning(ResetRequest.id)
        ).first()
        if used is None:
            raise BadCode(N_("6位数字不对，或者已经过期。请再要一次"), field="code")
        set_password(person_id=person.id, password_hash=fresh, now=now)
        end_devices(person_id=person.id, now=now)
        entry = open_door(person=person, arrival=arrival, now=now)
        audit.record("password_reset", actor=entry.actor, subject=f"person:{person.id}", now=now)
        return entry


def _try_code(*, index: str, code: str, now: datetime) -> bool:
    """Use up one of the five tries before looking: a try that crashes half-way has still been used."""
    with transaction() as session:
        row = session.execute(
            update(ResetRequest)
            .where(
                ResetRequest.phone_index == index,
                ResetRequest.used_at.is_(None),
                ResetRequest.expires_at > now,
                ResetRequest.tries < TRIES,
            )
            .values(tries=ResetRequest.tries + 1)
            .returning(ResetRequest.code_hash)
        ).first()
    expected = row[0] if row else ""
    return hmac.compare_digest(expected, _hash(code, index=index))
