"""A role handed over for some days: made by its holder, begun and ended by the calendar, ended early by either office.

Who stands in acts "for" the holder: the log says so (core.audit). They hand nothing on, appoint nobody, and are not
taken for the holder where the person counts (an own entry, an own signature).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import aliased

from engage.core import audit, clock
from engage.core.access import Actor, Permission
from engage.core.database import db, transaction
from engage.core.errors import N_, DomainError, NotFound
from engage.core.fence import get_in_scope
from engage.core.limits import count_attempt
from engage.people import absence
from engage.people.grants import not_over
from engage.people.models import Person, RoleGrant
from engage.people.models_offices import Delegation
from engage.people.queries import find_by_member_no, names_of, roll_in_turn

TRIES_A_DAY = 20
_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class StandIn:
    """A role handed over, as pages tell it. Days of Asia/Shanghai, half-open; `state` is ahead, now or over."""

    id: int
    grant_id: int
    role: str
    place_id: int | None
    holder_id: int
    holder: str
    person_id: int
    person: str
    starts_on: date
    ends_on: date
    state: str


def own_roles(person_id: int) -> list[RoleGrant]:
    """Return the roles of one's own that have not ended, in the order given."""
    statement = select(RoleGrant).where(RoleGrant.person_id == person_id, not_over()).order_by(RoleGrant.id)
    return list(db.session.scalars(statement))


def hand_over(*, grant_id: int, member_no: int, days: tuple[date, date], actor: Actor, now: datetime) -> int:
    """Hand one of one's own roles to somebody for the days [first, last); returns the stand-in's id.

    The same twice is the same once. Raises `NotFound` for a role that is not one's own (a stand-in's neither),
    `TooManyAttempts`, `DomainError` for days that cannot be, a number nobody has, oneself, and days already given to somebody.
    """
    first, last = days
    absence.ensure_absence(first, last, today=clock.local_date(now))
    # a member number names its person: nobody tries them through
    count_attempt(f"stand-in|{actor.community_id}|{actor.person_id}", at_most=TRIES_A_DAY, per=_DAY, now=now)
    with transaction() as session:
        roll_in_turn()
        grant = get_in_scope(RoleGrant, grant_id)
        if grant.person_id != actor.person_id or (grant.ended_at is not None and grant.ended_at <= now):
            raise NotFound
        person = _deputy(member_no, actor=actor)
        for row in session.scalars(_live().where(Delegation.grant_id == grant.id, Delegation.ends_on > first)):
            if (row.person_id, row.starts_on, row.ends_on) == (person.id, first, last):
                return row.id
            if row.starts_on < last:
                raise DomainError(
                    N_("这几天已经请%(name)s代班了，先收回那一次"),
                    field="starts",
                    name=names_of([row.person_id]).get(row.person_id, ""),
                )
        row = Delegation(
            grant_id=grant.id,
            holder_id=actor.person_id,
            person_id=person.id,
            starts_on=first,
            ends_on=last,
            made_at=now,
        )
        session.add(row)
        session.flush()
        audit.record(
            "role_handed_over",
            actor=actor,
            subject=f"person:{person.id}",
            now=now,
            role=grant.role,
            starts=first.isoformat(),
            ends=last.isoformat(),
        )
        return row.id


def _deputy(member_no: int, *, actor: Actor) -> Person:
    person = find_by_member_no(member_no)
    if person is None or person.status != "active":
        raise DomainError(N_("没有这个编号，或者这个人现在停着。再看一眼证件"), field="member_no")
    if person.id == actor.person_id:
        raise DomainError(N_("这是您自己的编号，写代班的人的"), field="member_no")
    return person


def take_back(*, delegation_id: int, actor: Actor, now: datetime) -> None:
    """End a stand-in before its day; the holder may, and who grants roles. Twice is once. Raises `NotFound`."""
    with transaction() as session:
        row = get_in_scope(Delegation, delegation_id)
        if row.holder_id != actor.person_id and not actor.can(Permission.GRANT_ROLES):
            raise NotFound
        if row.ended_at is None and row.ends_on > clock.local_date(now):
            row.ended_at = now
            session.flush()
            audit.record("role_taken_back", actor=actor, subject=f"person:{row.person_id}", now=now)


def end_delegations_of(person_id: int, *, now: datetime) -> None:
    """End what a person who leaves handed over or was handed, inside the caller's transaction."""
    for row in db.session.scalars(
        _live().where(or_(Delegation.person_id == person_id, Delegation.holder_id == person_id))
    ):
        row.ended_at = now


def stand_ins_of(person_id: int, *, now: datetime, at_most: int = 50) -> list[StandIn]:
    """Return what somebody handed over and was handed, the latest first; one statement."""
    return _told(or_(Delegation.person_id == person_id, Delegation.holder_id == person_id), now=now, at_most=at_most)


def standing_in(person_ids: Collection[int], *, now: datetime) -> list[StandIn]:
    """Return the roles these people were handed and still stand in for, or will; the latest first, one statement."""
    found = _told(Delegation.person_id.in_(set(person_ids)), now=now, at_most=100)
    return [one for one in found if one.state != "over"]


def _told(which: ColumnElement[bool], *, now: datetime, at_most: int) -> list[StandIn]:
    holder, deputy = aliased(Person), aliased(Person)
    statement = (
        select(Delegation, RoleGrant, holder.name.label("holder"), deputy.name.label("person"))
        .join(holder, (holder.id == Delegation.holder_id) & (holder.community_id == Delegation.community_id))
        .join(deputy, (deputy.id == Delegation.person_id) & (deputy.community_id == Delegation.community_id))
        .join(RoleGrant, (RoleGrant.id == Delegation.grant_id) & (RoleGrant.community_id == Delegation.community_id))
        .where(which)
        .order_by(Delegation.starts_on.desc(), Delegation.id.desc())
        .limit(at_most)
    )
    return [
        StandIn(
            id=row.id,
            grant_id=grant.id,
            role=grant.role,
            place_id=grant.place_id,
            holder_id=row.holder_id,
            holder=holder_name,
            person_id=row.person_id,
            person=person_name,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            state=_state(row, grant, now=now),
        )
        for row, grant, holder_name, person_name in db.session.execute(statement)
    ]


def _state(row: Delegation, grant: RoleGrant, *, now: datetime) -> str:
    ended = row.ended_at is not None or (grant.ended_at is not None and grant.ended_at <= now)
    return "over" if ended else absence.absence_state(row.starts_on, row.ends_on, today=clock.local_date(now))


def _live() -> Select[Delegation]:
    return select(Delegation).where(Delegation.ended_at.is_(None))
