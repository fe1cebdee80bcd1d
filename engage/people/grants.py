"""Which roles somebody has at this moment, and how far each goes: own ones, those handed over, those above the community."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, and_, bindparam, null, or_, select, union_all

from engage import places
from engage.core import clock
from engage.core.access import Grant, Role
from engage.core.database import UTCDateTime, db
from engage.core.matrix import REGIONAL
from engage.core.tenancy import current_community_id
from engage.people.models import RoleGrant
from engage.people.models_offices import Delegation, RegionGrant

#: a role as it stands in the books: which, and at which place
Held = tuple[str, int | None]


def in_force(table: type[RoleGrant | RegionGrant] = RoleGrant) -> ColumnElement[bool]:
    """Return the condition that a role has begun and not ended, by the clock at the moment the statement runs."""
    now = _this_moment()
    return and_(table.granted_at <= now, or_(table.ended_at.is_(None), table.ended_at > now))


def not_over() -> ColumnElement[bool]:
    """Return the condition that a role has not ended; one that begins on a later day counts too."""
    return or_(RoleGrant.ended_at.is_(None), RoleGrant.ended_at > _this_moment())


def _this_moment() -> ColumnElement[datetime]:
    return bindparam("this_moment", callable_=clock.now, type_=UTCDateTime(), unique=True)


def held_by(person_id: int) -> list[Held]:
    """Return a person's own roles in force."""
    statement = select(RoleGrant.role, RoleGrant.place_id).where(RoleGrant.person_id == person_id, in_force())
    return [(role, place_id) for role, place_id in db.session.execute(statement.order_by(RoleGrant.id))]


def grants_of(
    *, person_id: int, is_volunteer: bool, held: Iterable[Held], more: bool, now: datetime
) -> tuple[Grant, ...]:
    """Return everything that counts as a role of this person now, with its reach resolved.

    `held` are their own roles; `more` says that there may be others (handed over, above the community). A role of
    the street in a community's own list means nothing: those are given by the operator only.
    """
    own: list[tuple[str, int | None, int | None]] = [
        (role, place_id, None) for role, place_id in held if Role(role) not in REGIONAL
    ]
    handed_over, above = _beyond(person_id, now=now) if more else ([], [])
    own += handed_over
    reached = places.subtrees({place_id for _, place_id, _ in own if place_id})
    found = [
        Grant(role=Role(role), places=None if place_id is None else reached[place_id], acting_for=acting_for)
        for role, place_id, acting_for in own
    ]
    implied = [Role.RESIDENT, *([Role.VOLUNTEER] if is_volunteer else [])]
    return (*(Grant(role=role) for role in implied), *found, *above)


def _beyond(person_id: int, *, now: datetime) -> tuple[list[tuple[str, int | None, int | None]], list[Grant]]:
    """Return the roles handed over to somebody, and those above the community; one statement."""
    here, today = current_community_id(), clock.local_date(now)
    handed_over = (
        select(RoleGrant.role, RoleGrant.place_id, Delegation.holder_id, null().label("region_id"))
        .join(RoleGrant, (RoleGrant.id == Delegation.grant_id) & (RoleGrant.community_id == Delegation.community_id))
        .where(
            Delegation.community_id == here,
            Delegation.person_id == person_id,
            Delegation.ended_at.is_(None),
            Delegation.starts_on <= today,
            Delegation.ends_on > today,
            in_force(),
        )
    )
    above = select(RegionGrant.role, null(), null(), RegionGrant.region_id).where(
        RegionGrant.community_id == here, RegionGrant.person_id == person_id, in_force(RegionGrant)
    )
    both: CompoundSelect[Any] = union_all(handed_over, above)
    rows = db.session.execute(both).all()
    return (
        [(row.role, row.place_id, row.holder_id) for row in rows if row.holder_id is not None],
        [Grant(role=Role(row.role), region_id=row.region_id) for row in rows if row.holder_id is None],
    )
