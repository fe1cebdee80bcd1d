"""Asking in place whether it is really you: PIN, password or passkey, then ten minutes of peace (ADR 34)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from engage.core import audit
from engage.core.database import db, require_transaction, transaction
from engage.core.errors import N_
from engage.core.limits import count_attempt
from engage.people import passkeys, passwords, pins
from engage.people.devices import Here, actor_of, new_token, token_hash
from engage.people.models import Credential, Device
from engage.people.passkeys import PasskeyRefused, Site
from engage.people.queries import get_person
from engage.people.signing_in import WrongPassword

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What somebody offers to show that it is they: one of the three is given, the others are empty."""

    pin: str = ""
    password: str = ""
    passkey: str = ""

    @property
    def offered(self) -> bool:
        """Tell whether there is anything to check."""
        return bool(self.pin or self.password or self.passkey)


def confirm(*, device: Here, proof: Proof, site: Site, now: datetime) -> None:
    """Check the proof of the device's owner and keep that it was given, for ten minutes. Own transactions.

    Raises `WrongPin`, `WrongPassword`, `PasskeyRefused`, `StaleChallenge`, `TooManyAttempts`; the sentence belongs to
    the field that was filled.
    """
    check(device=device, proof=proof, site=site, purpose=purpose_of(device), now=now)
    with transaction():
        mark_confirmed(device_id=device.id, now=now)


def purpose_of(device: Here) -> str:
    """Return what a passkey signs to confirm an act on this device, and only this one."""
    return f"confirm|{device.id}"


def check(*, device: Here, proof: Proof, site: Site, purpose: str, now: datetime) -> None:
    """Check the proof of the device's owner; nothing about the device changes but its tries."""
    if proof.passkey:
        _check_passkey(device=device, credential=proof.passkey, site=site, purpose=purpose, now=now)
    elif proof.pin:
        pins.check_pin(device=device, pin=proof.pin)
    else:
        check_password(community_id=device.community_id, person_id=device.person_id, password=proof.password, now=now)
        with transaction():
            pins.forgive_tries(device.id)


def check_password(*, community_id: int, person_id: int, password: str, now: datetime) -> None:
    """Check a signed-in person's password: 5 a minute and 20 an hour for the account (trust §3 (f)).

    Counted for the account alone: only a browser they signed in on gets here. Raises `WrongPassword`, `TooManyAttempts`.
    """
    key = f"step-up|{community_id}|{person_id}"
    count_attempt(f"{key}|minute", at_most=5, per=_MINUTE, now=now)
    count_attempt(f"{key}|hour", at_most=20, per=_HOUR, now=now)
    kept = db.session.scalar(select(Credential.password_hash).where(Credential.person_id == person_id))
    if not passwords.matches(kept, password):
        raise WrongPassword(N_("密码不对，再想想"), field="confirm_password")


def _check_passkey(*, device: Here, credential: str, site: Site, purpose: str, now: datetime) -> None:
    count_attempt(f"passkey|device:{device.id}", at_most=20, per=_HOUR, now=now)
    key = passkeys.find_passkey(credential)
    if key is None or (key.community_id, key.person_id) != (device.community_id, device.person_id):
        raise PasskeyRefused(N_("这把通行密钥不是您在这里存的。请用密码"))
    challenge, count = passkeys.verify(site=site, credential=credential, key=key)
    with transaction():
        passkeys.settle(passkey_id=key.id, challenge=challenge, count=count, purpose=purpose, now=now)


def mark_confirmed(*, device_id: int, now: datetime) -> None:
    """Keep that the device's owner just proved who they are, inside the caller's transaction."""
    require_transaction().execute(update(Device).where(Device.id == device_id).values(confirmed_at=now))


def unlock(*, device: Here, proof: Proof, site: Site, now: datetime) -> str:
    """Open a locked device to its owner; returns a fresh cookie, and the old one is dead (trust W5).

    Runs in the scope of the device's community. Raises what `confirm` raises.
    """
    check(device=device, proof=proof, site=site, purpose=f"unlock|{device.id}", now=now)
    token = new_token(device.community_id)
    with transaction() as session:
        session.execute(
            update(Device)
            .where(Device.id == device.id, Device.ended_at.is_(None))
            .values(token_hash=token_hash(token), locked_at=None, confirmed_at=now, seen_at=now)
        )
        actor = actor_of(get_person(device.person_id), device_id=device.id)
        audit.record("device_unlocked", actor=actor, subject=f"person:{device.person_id}", now=now, device=device.id)
    return token
