"""Six digits for a device one signed in on before: worth nothing without it (ADR 34, trust W14)."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

from sqlalchemy import update

from engage.core import audit, sealed
from engage.core.access import Actor
from engage.core.database import db, transaction
from engage.core.errors import N_, DomainError
from engage.core.tenancy import current_community_id
from engage.people import passwords, rules_sign_in
from engage.people.devices import Here
from engage.people.models import Device
from engage.people.phones import unsealed_phone
from engage.people.queries import get_person


class WrongPin(DomainError):
    """Not the six digits of this device, or no tries left."""


def _keyed(pin: str, *, device_id: int) -> str:
    # A million possibilities are few: the hash is worthless to whoever has the database without the installation's key.
    message = f"{current_community_id()}|{device_id}|{pin}".encode()
    return hmac.new(sealed.derived_key("pin"), message, hashlib.sha256).hexdigest()


def set_pin(*, device: Here, pin: str, again: str, actor: Actor, now: datetime) -> None:
    """Give this device six digits, in place of those it had. Own transaction; ask for a confirmation first.

    Raises `WeakPin`, and `DomainError` on a device that others use too.
    """
    if device.shared:
        raise DomainError(N_("这台是公用的，不能设6位数字。在您自己的手机上设"))
    person = get_person(actor.person_id)
    chosen = rules_sign_in.ensure_pin(
        pin, birth_year=person.birth_year, phone=unsealed_phone(person), member_no=person.member_no
    )
    if chosen != rules_sign_in.pin_digits(again):
        raise DomainError(N_("两遍数字不一样，再写一遍"), field="again")
    kept = passwords.hash_of(_keyed(chosen, device_id=device.id))
    with transaction() as session:
        session.execute(update(Device).where(Device.id == device.id).values(pin_hash=kept, pin_tries=0))
        audit.record("pin_set", actor=actor, subject=f"person:{actor.person_id}", now=now, device=device.id)


def remove_pin(*, device: Here, actor: Actor, now: datetime) -> None:
    """Take the digits off this device; removing twice is removing once."""
    with transaction() as session:
        had = session.execute(
            update(Device)
            .where(Device.id == device.id, Device.pin_hash.is_not(None))
            .values(pin_hash=None, pin_tries=0)
            .returning(Device.id)
        ).first()
        if had:
            audit.record("pin_removed", actor=actor, subject=f"person:{actor.person_id}", now=now, device=device.id)


def check_pin(*, device: Here, pin: str) -> None:
    """Check the digits of a device; a try is used up before looking, in the database (trust W14).

    Runs in the scope of the device's community. The right ones give all five tries back. Raises `WrongPin` with how
    many are left.
    """
    digits = rules_sign_in.pin_digits(pin)
    with transaction() as session:
        used = session.execute(
            update(Device)
            .where(
                Device.id == device.id,
                Device.ended_at.is_(None),
                Device.pin_hash.is_not(None),
                Device.pin_tries < rules_sign_in.PIN_TRIES,
            )
            .values(pin_tries=Device.pin_tries + 1)
            .returning(Device.pin_hash, Device.pin_tries)
        ).first()
    if used is None:
        raise WrongPin(N_("6位数字错了5次，不能再试了。请用密码"), field="confirm_pin")
    if not passwords.matches(used[0], _keyed(digits, device_id=device.id)):
        left = rules_sign_in.PIN_TRIES - used[1]
        if not left:
            raise WrongPin(N_("数字不对，5次都用完了。请用密码"), field="confirm_pin")
        raise WrongPin(N_("数字不对，还能试%(left)s次"), field="confirm_pin", left=left)
    with transaction() as session:
        session.execute(update(Device).where(Device.id == device.id).values(pin_tries=0))


def forgive_tries(device_id: int) -> None:
    """Give the tries back, inside the caller's transaction: the password was right."""
    db.session.execute(update(Device).where(Device.id == device_id).values(pin_tries=0))
