"""Coming in and going out: password, limits, devices (trust W5, W6, W13, W15)."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from engage.core import audit, clock, tenancy
from engage.core.access import Actor
from engage.core.ages import may_be_child
from engage.core.database import db, transaction
from engage.core.errors import N_, DomainError, NotFound
from engage.core.fence import get_in_scope
from engage.core.limits import count_attempt
from engage.core.sealed import blind_index
from engage.core.tenancy import current_community_id
from engage.people import known, passkeys, passwords, rules
from engage.people.accounts import find_account
from engage.people.devices import actor_of, end_devices, remember_device, scope_of, token_hash
from engage.people.models import Credential, Device, Person
from engage.people.passkeys import PasskeyRefused, Site
from engage.people.phones import phone_index, unsealed_phone
from engage.people.queries import get_person

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)


class WrongPassword(DomainError):
    """No such account, no password yet, left the roll, or another password: one sentence for all (trust W13)."""


class GuardianActs(DomainError):
    """Under 14: a guardian's account acts for them, there is none of their own (service-points §5.7)."""


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """What a sign-in form and its browser say."""

    account: str
    password: str
    network: str
    label: str
    old_cookie: str | None
    #: what a browser keeps that its owner signed in on before (people.known)
    known: str = ""
    #: others use this browser too
    shared: bool = False


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Somebody has come in: the cookie for the browser and who they are."""

    cookie: str
    actor: Actor
    shared: bool = False


def network_of(address: str | None) -> str:
    """Return the /24 or /64 an address lies in: limits count networks, not single addresses."""
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return "?"
    return str(ipaddress.ip_network(f"{ip}/{24 if ip.version == 4 else 64}", strict=False))


def sign_in(*, arrival: Arrival, now: datetime) -> Entry:
    """Check the password and open a device; the browser's old device ends (trust W5).

    Raises `WrongPassword` with the same words, after the same work, for every kind of failure, and
    `TooManyAttempts` beyond 5 a minute or 20 an hour for one account from one network: never a lock on the
    account alone, so that nobody can shut a neighbour out. A browser the person came in on before has a count of its
    own: not even a flood from the same network keeps them out of it (trust W15).
    """
    digits = rules.account_digits(arrival.account)
    found = find_account(
        phone_index=phone_index(digits, community_id=current_community_id()),
        member_no=int(digits) if digits and len(digits) <= 8 else -1,
    )
    whence = known.whence(arrival.known, person_id=found.person_id if found else 0, otherwise=arrival.network)
    _count(digits, whence, now=now)
    kept = found.password_hash if found else None
    if not passwords.matches(kept, arrival.password) or found is None or kept is None:
        raise WrongPassword(
            N_("号码和密码对不上。再看看有没有写错一位；忘了密码，点下面的“忘了密码”"), field="password"
        )
    fresh = passwords.hash_of(arrival.password) if passwords.is_outdated(kept) else None
    with transaction() as session:
        person = get_person(found.person_id)
        credential = session.scalars(select(Credential).where(Credential.person_id == person.id)).one()
        if credential.password_hash != kept or person.status != "active":
            # The password was changed, or the person left, while we were counting.
            raise WrongPassword(N_("密码刚刚改过，请用新密码再登一次"), field="password")
        if fresh:
            credential.password_hash = fresh
        return open_door(person=person, arrival=arrival, now=now)


def open_door(*, person: Person, arrival: Arrival, now: datetime) -> Entry:
    """Open a device for a person inside the caller's transaction and end the one this browser had before.

    The one door in: by password, slip or text message. Raises `GuardianActs` for whoever may be under 14.
    """
    if may_be_child(person.birth_year, on=clock.local_date(now)):
        raise GuardianActs(N_("不满14岁，自己还不能登录。请监护人用自己的账号，在“我的孩子”里替您办"))
    end_browser(cookie=arrival.old_cookie, now=now)
    cookie = remember_device(person=person, label=arrival.label, shared=arrival.shared, now=now)
    actor = actor_of(person)
    audit.record("signed_in", actor=actor, subject=f"person:{person.id}", now=now)
    return Entry(cookie=cookie, actor=actor, shared=arrival.shared)


def sign_in_with_passkey(*, arrival: Arrival, credential: str, site: Site, now: datetime) -> Entry:
    """Open a device for whoever holds a passkey kept here; no number is typed, so none can be tried (trust W13).

    Enters the scope of the key's community. Raises `PasskeyRefused`, `StaleChallenge`, `TooManyAttempts` (30 a minute
    from one network).
    """
    count_attempt(f"passkey|{arrival.network}", at_most=30, per=_MINUTE, now=now)
    key = passkeys.find_passkey(credential)
    if key is None:
        raise PasskeyRefused(N_("这把通行密钥不是在这里存的。请用号码和密码登录"))
    challenge, count = passkeys.verify(site=site, credential=credential, key=key)
    tenancy.enter(key.community_id)
    with transaction():
        passkeys.settle(passkey_id=key.id, challenge=challenge, count=count, purpose="sign-in", now=now)
        return open_door(person=get_person(key.person_id), arrival=arrival, now=now)


def _count(digits: str, network: str, *, now: datetime) -> None:
    community_id = current_community_id()
    account = blind_index(digits, community_id=community_id)
    count_attempt(f"sign-in|{community_id}|{account}|{network}|minute", at_most=5, per=_MINUTE, now=now)
    count_attempt(f"sign-in|{community_id}|{account}|{network}|hour", at_most=20, per=_HOUR, now=now)


def end_browser(*, cookie: str | None, now: datetime) -> None:
    """End the device behind a cookie, of whatever community, inside the caller's transaction."""
    if not cookie:
        return
    with scope_of(cookie):
        row = db.session.execute(
            select(Device.id, Device.community_id).where(Device.token_hash == token_hash(cookie))
        ).first()
    if row is None:
        return
    with tenancy.scoped(row.community_id):  # it may belong to the community next door
        db.session.execute(
            update(Device)
            .where(Device.id == row.id, Device.ended_at.is_(None))
            .values(ended_at=now)
            .execution_options(synchronize_session=False)
        )


def sign_out(*, actor: Actor, now: datetime) -> None:
    """End the device this request came from; a copied cookie is dead with it (trust W6)."""
    with transaction():
        # The device is the helper's while somebody is helped: it is the hand that leaves.
        end_devices(person_id=actor.hand_id, device_id=actor.device_id, now=now)


def close_device(*, device_id: int | None, actor: Actor, now: datetime) -> int:
    """End one of the actor's devices, or all of them; returns how many were open (trust W6).

    Raises `NotFound` for a device that is somebody else's.
    """
    with transaction():
        if device_id is not None and get_in_scope(Device, device_id).person_id != actor.person_id:
            raise NotFound
        ended = end_devices(person_id=actor.person_id, device_id=device_id, now=now)
        if ended:
            audit.record("devices_ended", actor=actor, subject=f"person:{actor.person_id}", now=now, count=ended)
        return ended


def rename_device(*, device_id: int, label: str, actor: Actor, now: datetime) -> None:
    """Call one of the actor's devices what its owner calls it. Raises `NotFound` for somebody else's."""
    name = " ".join(label.split())[:60]
    with transaction():
        row = get_in_scope(Device, device_id)
        if row.person_id != actor.person_id or row.ended_at is not None:
            raise NotFound
        if not name:
            raise DomainError(N_("给这台设备写个名字"), field="label")
        row.label = name


def close_devices_of(*, person_id: int, actor: Actor, now: datetime) -> int:
    """End every device of somebody who rang the office about a lost phone; returns how many were open."""
    with transaction():
        person = get_person(person_id)
        ended = end_devices(person_id=person.id, now=now)
        audit.record("devices_ended", actor=actor, subject=f"person:{person.id}", now=now, count=ended)
        return ended


def change_password(*, actor: Actor, current: str, arrival: Arrival, now: datetime) -> Entry:
    """Set a new password (`arrival.password`); every device ends and this browser gets a new one (trust W5).

    Raises `WrongPassword`, `WeakPassword`, `TooManyAttempts`.
    """
    _count(f"change|{actor.person_id}", arrival.network, now=now)
    kept = db.session.scalar(select(Credential.password_hash).where(Credential.person_id == actor.person_id))
    if not passwords.matches(kept, current):
        raise WrongPassword(N_("现在的密码不对，再想想"), field="current")
    rules.ensure_password(arrival.password, phone=unsealed_phone(get_person(actor.person_id)))
    fresh = passwords.hash_of(arrival.password)
    with transaction() as session:
        person = get_person(actor.person_id)
        set_password(person_id=person.id, password_hash=fresh, now=now)
        end_devices(person_id=person.id, now=now)
        session.flush()
        audit.record("password_changed", actor=actor, subject=f"person:{person.id}", now=now)
        return open_door(person=person, arrival=arrival, now=now)


def set_password(*, person_id: int, password_hash: str, now: datetime) -> None:
    """Keep a person's password hash, inside the caller's transaction."""
    row = db.session.scalar(select(Credential).where(Credential.person_id == person_id))
    if row is None:
        db.session.add(Credential(person_id=person_id, password_hash=password_hash, changed_at=now))
    else:
        row.password_hash, row.changed_at = password_hash, now
    db.session.flush()


def list_devices(person_id: int) -> list[Device]:
    """Return a person's open devices, the last used first."""
    statement = select(Device).where(Device.person_id == person_id, Device.ended_at.is_(None))
    return list(db.session.scalars(statement.order_by(Device.seen_at.desc(), Device.id.desc()).limit(50)))
