"""Roles: who gives them, who ends them, and whose entry only a secretary may touch."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from engage.core import audit
from engage.core.access import Actor, Role
from engage.core.database import db, transaction
from engage.core.errors import N_, DomainError, Forbidden, NotFound
from engage.core.fence import get_in_scope
from engage.people.devices import lock_devices
from engage.people.models import RoleGrant
from engage.people.queries import get_person, roll_in_turn

#: roles the office hands out; what everybody is by being on the roll is not among them; least power first, as the form offers them
OFFICES = (
    Role.TEAM_LEADER,
    Role.DESK,
    Role.TELLER,
    Role.RECORDER,
    Role.GRID_OFFICER,
    Role.CLERK,
    Role.SECRETARY,
)


def give_role(*, person_id: int, role: Role, actor: Actor, now: datetime) -> None:
    """Give a role at the community. Given twice it is given once; the person's devices ask who holds them (trust W5).

    Raises `DomainError` for one's own entry, `Forbidden` unless a secretary asks.
    """
    _ensure_may_grant(person_id, actor)
    if role not in OFFICES:
        raise NotFound
    with transaction() as session:
        roll_in_turn()
        person = get_person(person_id)
        held = session.scalar(
            select(RoleGrant.id).where(
                RoleGrant.person_id == person.id, RoleGrant.role == role.value, RoleGrant.ended_at.is_(None)
            )
        )
        if held is None:
            session.add(RoleGrant(person_id=person.id, role=role.value, granted_at=now))
            lock_devices(person_id=person.id, now=now)
            audit.record("role_given", actor=actor, subject=f"person:{person.id}", now=now, role=role.value)


def end_role(*, person_id: int, grant_id: int, actor: Actor, now: datetime) -> None:
    """End a role; it is gone with the next request. Raises `NotFound` for somebody else's grant."""
    _ensure_may_grant(person_id, actor)
    with transaction():
        grant = get_in_scope(RoleGrant, grant_id)
        if grant.person_id != person_id:
            raise NotFound
        if grant.ended_at is None:
            grant.ended_at = now
            lock_devices(person_id=person_id, now=now)
            audit.record("role_ended", actor=actor, subject=f"person:{person_id}", now=now, role=grant.role)


def _ensure_may_grant(person_id: int, actor: Actor) -> None:
    if Role.SECRETARY not in actor.roles:
        raise Forbidden
    if person_id == actor.person_id:
        raise DomainError(N_("自己的职务不能自己改，请另一位书记来办"), field="role")


def end_roles_of(person_id: int, *, now: datetime) -> None:
    """End every role of a person who leaves, inside the caller's transaction."""
    for grant in db.session.scalars(
        select(RoleGrant).where(RoleGrant.person_id == person_id, RoleGrant.ended_at.is_(None))
    ):
        grant.ended_at = now


def ensure_office_may(person_id: int, actor: Actor) -> None:
    """Only a secretary touches the entry of somebody who holds a secretary's role."""
    holds = db.session.scalar(
        select(func.count(RoleGrant.id)).where(
            RoleGrant.person_id == person_id, RoleGrant.role == Role.SECRETARY.value, RoleGrant.ended_at.is_(None)
        )
    )
    if holds and Role.SECRETARY not in actor.roles:
        raise Forbidden
