"""Signed-in browsers: a random cookie, its hash in the database, gone the moment it is ended (trust W5, W6)."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask import Request, g
from sqlalchemy import Table, and_, bindparam, exists, or_, select, update

from engage.core import clock, tenancy
from engage.core.access import Actor
from engage.core.database import UTCDateTime, db, require_transaction, transaction
from engage.core.prepared import Prepared
from engage.people import grants, rules_sign_in
from engage.people.models import Device, Person, RoleGrant
from engage.people.models_offices import Delegation, RegionGrant
from engage.people.models_sign_in import Assistance
from engage.places import community_of

COOKIE = "engage_device"
_SEEN_EVERY = timedelta(hours=6)
#: where idleness is a matter of minutes or hours, the last use is kept more closely
_SEEN_CLOSELY = timedelta(minutes=5)
_LONGEST_NUMBER = 10

_devices: Table = Device.__table__  # type: ignore[assignment]
_persons: Table = Person.__table__  # type: ignore[assignment]
_grants: Table = RoleGrant.__table__  # type: ignore[assignment]
_helps: Table = Assistance.__table__  # type: ignore[assignment]
_now = bindparam("now", type_=UTCDateTime())
_delegations: Table = Delegation.__table__  # type: ignore[assignment]
_above: Table = RegionGrant.__table__  # type: ignore[assignment]
#: whether a second look is needed: few people stand in for somebody or work for the street
_more = or_(
    *(
        exists().where(table.c.community_id == _persons.c.community_id, table.c.person_id == _persons.c.id)
        for table in (_delegations, _above)
    )
)
#: Everything a request must know of its sender, in one statement made once: a row for each role, one without any.
#: Plain Core, so not confined by the fence: the cookie says which community this is.
_WHO = Prepared(
    select(
        _devices.c.id.label("device_id"),
        *(_devices.c[name] for name in ("signed_in_at", "seen_at", "confirmed_at", "locked_at", "shared", "pin_tries")),
        _devices.c.pin_hash.is_not(None).label("has_pin"),
        _helps.c.id.label("help_id"),
        _helps.c.person_id.label("helped_id"),
        _helps.c.ends_at.label("help_ends_at"),
        *(
            _persons.c[name]
            for name in ("id", "community_id", "name", "member_no", "unit_id", "is_volunteer", "birth_year")
        ),
        _grants.c.role,
        _grants.c.place_id,
        _more.label("more"),
    )
    .join(_persons, (_persons.c.id == _devices.c.person_id) & (_persons.c.community_id == _devices.c.community_id))
    .outerjoin(
        _grants,
        (_grants.c.person_id == _persons.c.id)
        & (_grants.c.community_id == _persons.c.community_id)
        & (_grants.c.granted_at <= _now)
        & (_grants.c.ended_at.is_(None) | (_grants.c.ended_at > _now)),
    )
    .outerjoin(
        _helps,
        and_(
            _helps.c.device_id == _devices.c.id,
            _helps.c.community_id == _devices.c.community_id,
            _helps.c.ended_at.is_(None),
            _helps.c.ends_at > _now,
        ),
    )
    .where(
        _devices.c.token_hash == bindparam("token_hash"), _devices.c.ended_at.is_(None), _persons.c.status == "active"
    )
)


@dataclass(frozen=True, kw_only=True)
class Here:
    """The device a request came from. Its owner is the actor, except while somebody is helped at the desk."""

    id: int
    person_id: int
    community_id: int
    name: str
    shared: bool
    locked: bool
    has_pin: bool
    pin_tries: int
    confirmed_at: datetime | None


def token_hash(token: str) -> str:
    """Return what the database keeps of a device cookie."""
    return hashlib.sha256(token.encode()).hexdigest()


def scope_of(cookie: str) -> AbstractContextManager[None]:
    """Return the scope in which to look for the device behind a cookie: the community it names in front.

    A cookie that names another community than its own opens nothing there. Those from before ADR 0023 name none.
    """
    number, dot, _rest = cookie.partition(".")
    if dot and number.isascii() and number.isdecimal() and len(number) <= _LONGEST_NUMBER:
        return tenancy.scoped(int(number))
    return tenancy.everywhere(reason="a cookie made before cookies named their community")


def new_token(community_id: int) -> str:
    """Return a fresh cookie: the community in front, so that the fence is up before it is looked for."""
    return f"{community_id}.{secrets.token_urlsafe(32)}"


def remember_device(*, person: Person, label: str, now: datetime, shared: bool = False) -> str:
    """Open a device inside the caller's transaction; returns the cookie's value, which is kept nowhere else.

    Whoever opens one has just proved who they are: it counts as confirmed. A shared one is not remembered for long.
    """
    token = new_token(person.community_id)
    require_transaction().add(
        Device(
            community_id=person.community_id,
            person_id=person.id,
            token_hash=token_hash(token),
            label=label[:60],
            signed_in_at=now,
            seen_at=now,
            shared=shared,
            confirmed_at=now,
        )
    )
    return token


def here() -> Here | None:
    """Return the device this request came from, locked or not; None for a browser nobody is signed in on."""
    found: Here | None = g.get("here")
    return found


def load_actor(request: Request) -> Actor | None:
    """Return who this browser belongs to, and set the scope of the request to their community.

    Called by Flask-Login once per request that asks. A device ended a moment ago is nobody; a locked one is nobody
    until its owner proves who they are. While its owner helps somebody at the desk, it is that person.
    """
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    now = clock.now()
    with scope_of(token):
        found = _WHO.rows(db.session.connection(), {"token_hash": token_hash(token), "now": now})
    if not found or rules_sign_in.is_over(
        shared=found[0].shared, signed_in_at=found[0].signed_in_at, seen_at=found[0].seen_at, now=now
    ):
        return None
    person = found[0]
    g.here = _here(person, now=now)
    if g.here.locked:
        return None
    tenancy.enter(person.community_id)
    g.community = community_of(person.community_id)
    _note_seen(g.here, seen_at=person.seen_at, now=now)
    helped = _helped(person, now=now) if person.help_id is not None else None
    if helped is not None:
        return helped
    held = [(row.role, row.place_id) for row in found if row.role]
    return _actor(person, held=held, more=person.more, device_id=person.device_id, now=now)


def _here(row: Any, *, now: datetime) -> Here:
    locked = rules_sign_in.is_locked(locked_at=row.locked_at, has_pin=row.has_pin, seen_at=row.seen_at, now=now)
    return Here(
        id=row.device_id,
        person_id=row.id,
        community_id=row.community_id,
        name=row.name,
        shared=row.shared,
        locked=locked,
        has_pin=row.has_pin,
        pin_tries=row.pin_tries,
        confirmed_at=row.confirmed_at,
    )


def _helped(owner: Any, *, now: datetime) -> Actor | None:
    """Return the person who is being helped: with no office of theirs, and the helper's hand noted."""
    person = db.session.scalar(select(Person).where(Person.id == owner.helped_id, Person.status == "active"))
    if person is None:  # gone meanwhile: nobody may act for them
        return None
    g.helping, g.help_ends_at = owner.help_id, owner.help_ends_at
    helped = _actor(person, held=[], more=False, device_id=owner.device_id, now=now)
    return replace(helped, helper_id=owner.id)


def actor_of(person: Person, *, device_id: int = 0) -> Actor:
    """Return the person as an actor with the roles in force now."""
    return _actor(person, held=grants.held_by(person.id), more=True, device_id=device_id, now=clock.now())


def _actor(person: Any, *, held: list[grants.Held], more: bool, device_id: int, now: datetime) -> Actor:
    return Actor(
        person_id=person.id,
        community_id=person.community_id,
        name=person.name,
        member_no=person.member_no,
        grants=grants.grants_of(person_id=person.id, is_volunteer=person.is_volunteer, held=held, more=more, now=now),
        device_id=device_id,
        unit_id=person.unit_id,
        birth_year=person.birth_year,
    )


def _note_seen(device: Here, *, seen_at: datetime, now: datetime) -> None:
    """Keep "last used" roughly right without a write on every page; the cookie then lives as long again."""
    often = device.shared or device.has_pin
    if seen_at + (_SEEN_CLOSELY if often else _SEEN_EVERY) <= now:
        with transaction() as session:
            session.execute(update(Device).where(Device.id == device.id).values(seen_at=now))
        g.seen_again = True


def lock_devices(*, person_id: int, now: datetime) -> None:
    """Make every device of a person prove who holds it before it opens anything, inside the caller's transaction.

    For a change of office: a copied cookie is worthless at once, and whoever has the phone only types the PIN or the
    password (trust W5, W6).
    """
    require_transaction().execute(
        update(Device)
        .where(Device.person_id == person_id, Device.ended_at.is_(None), Device.locked_at.is_(None))
        .values(locked_at=now, confirmed_at=None)
    )


def end_devices(*, person_id: int, device_id: int | None = None, now: datetime) -> int:
    """End one device, or all of a person's, inside the caller's transaction; returns how many."""
    statement = update(Device).where(Device.person_id == person_id, Device.ended_at.is_(None)).values(ended_at=now)
    if device_id is not None:
        statement = statement.where(Device.id == device_id)
    return len(require_transaction().execute(statement.returning(Device.id)).all())
