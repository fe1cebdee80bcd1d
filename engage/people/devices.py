"""Signed-in browsers: a random cookie, its hash in the database, gone the moment it is ended (trust W5, W6)."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from flask import Request, current_app, g
from flask import session as browser
from sqlalchemy import Table, bindparam, exists, or_, select, update

from engage.core import clock, tenancy
from engage.core.access import Actor
from engage.core.database import UTCDateTime, db, require_transaction, transaction
from engage.people import grants
from engage.people.models import Device, Person, RoleGrant
from engage.people.models_offices import Delegation, RegionGrant
from engage.places import community_of

COOKIE = "engage_device"
_LIFE = timedelta(days=180)
_SEEN_EVERY = timedelta(hours=6)
_LONGEST_NUMBER = 10

_devices: Table = Device.__table__  # type: ignore[assignment]
_persons: Table = Person.__table__  # type: ignore[assignment]
_grants: Table = RoleGrant.__table__  # type: ignore[assignment]
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
_WHO = (
    select(
        _devices.c.id.label("device_id"),
        _devices.c.signed_in_at,
        _devices.c.seen_at,
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
    .where(
        _devices.c.token_hash == bindparam("token_hash"), _devices.c.ended_at.is_(None), _persons.c.status == "active"
    )
)


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


def remember_device(*, person: Person, label: str, now: datetime) -> str:
    """Open a device inside the caller's transaction; returns the cookie's value, which is kept nowhere else."""
    token = f"{person.community_id}.{secrets.token_urlsafe(32)}"
    require_transaction().add(
        Device(
            community_id=person.community_id,
            person_id=person.id,
            token_hash=token_hash(token),
            label=label[:60],
            signed_in_at=now,
            seen_at=now,
        )
    )
    return token


def load_actor(request: Request) -> Actor | None:
    """Return who this browser belongs to, and set the scope of the request to their community.

    Called by Flask-Login once per request that asks. A device ended a moment ago is nobody.
    """
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    now = clock.now()
    with scope_of(token):
        found = db.session.connection().execute(_WHO, {"token_hash": token_hash(token), "now": now}).all()
    if not found or found[0].signed_in_at + _LIFE < now:
        return None
    person = found[0]
    tenancy.enter(person.community_id)
    g.community = community_of(person.community_id)
    _note_seen(person.device_id, seen_at=person.seen_at)
    held = [(row.role, row.place_id) for row in found if row.role]
    return _actor(person, held=held, more=person.more, device_id=person.device_id, now=now)


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


def _note_seen(device_id: int, *, seen_at: datetime) -> None:
    """Keep "last used" roughly right without a write on every page."""
    now = clock.now()
    if seen_at + _SEEN_EVERY < now:
        with transaction() as session:
            session.execute(update(Device).where(Device.id == device_id).values(seen_at=now))


def end_devices(*, person_id: int, device_id: int | None = None, now: datetime) -> int:
    """End one device, or all of a person's, inside the caller's transaction; returns how many."""
    statement = update(Device).where(Device.person_id == person_id, Device.ended_at.is_(None)).values(ended_at=now)
    if device_id is not None:
        statement = statement.where(Device.id == device_id)
    return len(require_transaction().execute(statement.returning(Device.id)).all())


def forget_browser_state() -> None:
    """Throw away the signed cookie's content, so that nothing chosen before signing in survives it (W5)."""
    browser.clear()


def cookie_options() -> dict[str, Any]:
    """Return how the device cookie is set."""
    settings = current_app.extensions["engage_settings"]
    return {"max_age": _LIFE, "httponly": True, "samesite": "Lax", "secure": settings.secure_cookies}
