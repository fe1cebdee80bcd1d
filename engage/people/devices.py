"""Signed-in browsers: a random cookie, its hash in the database, gone the moment it is ended (trust W5, W6)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from flask import Request, current_app, g
from flask import session as browser
from sqlalchemy import Table, bindparam, select, update

from engage.core import clock, tenancy
from engage.core.access import Actor, Role
from engage.core.database import db, require_transaction, transaction
from engage.people.models import Device, Person, RoleGrant
from engage.places import community_of

COOKIE = "engage_device"
_LIFE = timedelta(days=180)
_SEEN_EVERY = timedelta(hours=6)

_devices: Table = Device.__table__  # type: ignore[assignment]
_persons: Table = Person.__table__  # type: ignore[assignment]
_grants: Table = RoleGrant.__table__  # type: ignore[assignment]
#: Everything a request must know of its sender, in one statement made once: a row for each role, one without any.
#: Plain Core, so not confined by the fence: the cookie decides which community this is.
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
    )
    .join(_persons, (_persons.c.id == _devices.c.person_id) & (_persons.c.community_id == _devices.c.community_id))
    .outerjoin(
        _grants,
        (_grants.c.person_id == _persons.c.id)
        & (_grants.c.community_id == _persons.c.community_id)
        & _grants.c.ended_at.is_(None),
    )
    .where(
        _devices.c.token_hash == bindparam("token_hash"), _devices.c.ended_at.is_(None), _persons.c.status == "active"
    )
)


def token_hash(token: str) -> str:
    """Return what the database keeps of a device cookie."""
    return hashlib.sha256(token.encode()).hexdigest()


def remember_device(*, person: Person, label: str, now: datetime) -> str:
    """Open a device inside the caller's transaction; returns the cookie's value, which is kept nowhere else."""
    token = secrets.token_urlsafe(32)
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
    found = db.session.connection().execute(_WHO, {"token_hash": token_hash(token)}).all()
    if not found or found[0].signed_in_at + _LIFE < clock.now():
        return None
    person = found[0]
    tenancy.enter(person.community_id)
    g.community = community_of(person.community_id)
    _note_seen(person.device_id, seen_at=person.seen_at)
    return _actor(person, roles=[row.role for row in found if row.role], device_id=person.device_id)


def actor_of(person: Person, *, device_id: int = 0) -> Actor:
    """Return the person as an actor with the roles in force now."""
    roles = db.session.scalars(
        select(RoleGrant.role).where(RoleGrant.person_id == person.id, RoleGrant.ended_at.is_(None))
    )
    return _actor(person, roles=roles, device_id=device_id)


def _actor(person: Any, *, roles: Iterable[str], device_id: int) -> Actor:
    implied = {Role.RESIDENT} | ({Role.VOLUNTEER} if person.is_volunteer else set())
    return Actor(
        person_id=person.id,
        community_id=person.community_id,
        name=person.name,
        member_no=person.member_no,
        roles=frozenset(implied | {Role(role) for role in roles}),
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
