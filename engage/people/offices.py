"""Roles: who gives them, at which place, from when until when; who ends them; whose entry only a secretary may touch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from engage import places
from engage.core import audit
from engage.core.access import Actor, Permission, Role
from engage.core.database import db, transaction
from engage.core.errors import N_, DomainError, Forbidden, NotFound
from engage.core.fence import get_in_scope
from engage.core.matrix import HELD_AT, Node
from engage.people.above import end_region_roles_of
from engage.people.delegations import end_delegations_of
from engage.people.devices import lock_devices
from engage.people.grants import not_over
from engage.people.models import Person, RoleGrant
from engage.people.queries import get_person, roll_in_turn

#: roles the office hands out; what everybody is by being on the roll is not among them; the widest last, as the form
#: offers them
OFFICES = (
    Role.TEAM_LEADER,
    Role.DESK,
    Role.TELLER,
    Role.RECORDER,
    Role.GRID_OFFICER,
    Role.NEIGHBOUR_LEAD,
    Role.CLERK,
    Role.SECRETARY,
)


@dataclass(frozen=True, kw_only=True)
class Term:
    """Where a role is held (None: the whole community) and when: from now or a later moment, for good or until one."""

    place_id: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


ALWAYS = Term()


def give_role(
    *,
    person_id: int,
    role: Role,
    actor: Actor,
    now: datetime,
    term: Term = ALWAYS,
) -> None:
    """Give a role at the community or at one of its places, from now or a later day, for good or until a day.

    Given twice it is given once. Raises `DomainError` for one's own entry, for a place where the role is not held
    (core.matrix `HELD_AT`) and for an end before the beginning; `Forbidden` unless a secretary asks; `NotFound`.
    """
    _ensure_may_grant(person_id, actor)
    if role not in OFFICES:
        raise NotFound
    place_id, begins = term.place_id, max(term.starts_at or now, now)
    if term.ends_at is not None and term.ends_at <= begins:
        raise DomainError(N_("结束的日子要在开始以后"), field="ends")
    with transaction() as session:
        roll_in_turn()
        person = get_person(person_id)
        if person.status != "active":
            raise DomainError(N_("%(name)s的登记现在停着，恢复了再给职务"), field="role", name=person.name)
        _ensure_held_there(role, place_id)
        held = session.scalar(
            select(RoleGrant.id).where(
                RoleGrant.person_id == person.id,
                RoleGrant.role == role.value,
                RoleGrant.place_id.is_(None) if place_id is None else RoleGrant.place_id == place_id,
                not_over(),
            )
        )
        if held is None:
            session.add(
                RoleGrant(
                    person_id=person.id, role=role.value, place_id=place_id, granted_at=begins, ended_at=term.ends_at
                )
            )
            lock_devices(person_id=person.id, now=now)
            audit.record(
                "role_given", actor=actor, subject=f"person:{person.id}", now=now, role=role.value, place=place_id
            )


def _ensure_held_there(role: Role, place_id: int | None) -> None:
    nodes = HELD_AT.get(role, (Node.COMMUNITY,))
    if place_id is None:
        if Node.COMMUNITY not in nodes:
            raise DomainError(N_("邻长是一栋楼的，选一栋楼"), field="place")
        return
    place = places.get_open_place(place_id)
    if Node(place.kind) not in nodes:
        raise DomainError(N_("这个职务不设在这里。网格员选网格，邻长选楼，别的管全社区"), field="place")


def end_role(*, person_id: int, grant_id: int, actor: Actor, now: datetime) -> None:
    """End a role; it is gone with the next request, and for one under way with its next command (core.tenure).

    What was handed over from it goes too.

    Raises `NotFound` for somebody else's grant, `DomainError` for the last secretary.
    """
    _ensure_may_grant(person_id, actor)
    with transaction() as session:
        roll_in_turn()
        grant = get_in_scope(RoleGrant, grant_id)
        if grant.person_id != person_id:
            raise NotFound
        if grant.ended_at is None or grant.ended_at > now:
            if grant.role == Role.SECRETARY.value:
                _ensure_another_secretary(grant)
            # one that had not begun yet never does
            grant.ended_at = max(now, grant.granted_at)
            session.flush()
            lock_devices(person_id=person_id, now=now)
            audit.record("role_ended", actor=actor, subject=f"person:{person_id}", now=now, role=grant.role)


def _ensure_another_secretary(grant: RoleGrant) -> None:
    others = (
        select(func.count(RoleGrant.id))
        .join(Person, (Person.id == RoleGrant.person_id) & (Person.community_id == RoleGrant.community_id))
        .where(
            RoleGrant.role == Role.SECRETARY.value,
            RoleGrant.person_id != grant.person_id,
            RoleGrant.ended_at.is_(None),
            Person.status == "active",
        )
    )
    if not db.session.scalar(others):
        raise DomainError(N_("这是最后一位书记。先定下另一位书记，再来收这一位的职务"), field="role")


def _ensure_may_grant(person_id: int, actor: Actor) -> None:
    if not actor.can(Permission.GRANT_ROLES):
        raise Forbidden
    if person_id == actor.person_id:
        raise DomainError(N_("自己的职务不能自己改，请另一位书记来办"), field="role")


def end_roles_of(person_id: int, *, now: datetime) -> None:
    """End every role of a person who leaves, what they handed over and stood in for, inside the caller's transaction."""
    end_delegations_of(person_id, now=now)
    end_region_roles_of(person_id, now=now)
    for grant in db.session.scalars(select(RoleGrant).where(RoleGrant.person_id == person_id, not_over())):
        grant.ended_at = max(now, grant.granted_at)


def ensure_office_may(person_id: int, actor: Actor) -> None:
    """Only a secretary touches the entry of somebody who holds a secretary's role; who stands in for one does not."""
    holds = db.session.scalar(
        select(func.count(RoleGrant.id)).where(
            RoleGrant.person_id == person_id, RoleGrant.role == Role.SECRETARY.value, not_over()
        )
    )
    if holds and Role.SECRETARY not in actor.roles:
        raise Forbidden


def list_grants(
    *, q_ids: list[int] | None, role: str, over: bool, limit: int, offset: int
) -> tuple[list[RoleGrant], int]:
    """Return one page of the community's roles, the latest first, and how many there are; those that are over on request."""
    conditions = [~not_over() if over else not_over()]
    if q_ids is not None:
        conditions.append(RoleGrant.person_id.in_(q_ids))
    if role:
        conditions.append(RoleGrant.role == role)
    total = int(db.session.scalar(select(func.count(RoleGrant.id)).where(*conditions)) or 0)
    statement = select(RoleGrant).where(*conditions).order_by(RoleGrant.granted_at.desc(), RoleGrant.id.desc())
    return list(db.session.scalars(statement.limit(limit).offset(offset))), total


def holder_of(grant_id: int) -> int:
    """Return whose role it is. Raises `NotFound`."""
    return get_in_scope(RoleGrant, grant_id).person_id
