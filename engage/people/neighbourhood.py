"""Who lives and who serves where: counts per grid, the roles at a place over time, the ties to a unit."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update

from engage.core import audit
from engage.core.access import Actor
from engage.core.database import db, require_transaction, transaction
from engage.core.errors import NotFound
from engage.core.fence import get_in_scope
from engage.people.models import Person, RoleGrant, Tenancy
from engage.people.queries import names_of

_AT_ONCE = 5000


@dataclass(frozen=True, kw_only=True)
class PlaceRole:
    """Somebody's role at a grid or building, from one moment until another (None: for good). Times UTC."""

    id: int
    role: str
    place_id: int
    person_id: int
    name: str
    since: datetime
    until: datetime | None

    def holds(self, now: datetime) -> bool:
        """Tell whether the role is in force."""
        return self.since <= now and (self.until is None or self.until > now)

    def is_over(self, now: datetime) -> bool:
        """Tell whether the role has ended."""
        return self.until is not None and self.until <= now


@dataclass(frozen=True, kw_only=True)
class Resident:
    """A person's tie to a unit, who verified it and when (None: the roster said so, or nobody yet)."""

    tenancy_id: int
    person_id: int
    name: str
    role: str
    verified_at: datetime | None
    verified_by: str


def count_by_grid() -> dict[int, int]:
    """Return how many active persons each grid has."""
    statement = (
        select(Person.grid_id, func.count(Person.id))
        .where(Person.status == "active", Person.grid_id.is_not(None))
        .group_by(Person.grid_id)
    )
    return {grid_id or 0: number for grid_id, number in db.session.execute(statement)}


def persons_of_grids(grid_ids: Collection[int]) -> list[tuple[int, int, int | None]]:
    """Return (person, grid, unit) of everybody of these grids, paused and left ones too, in order of ids."""
    statement = select(Person.id, Person.grid_id, Person.unit_id).where(Person.grid_id.in_(set(grid_ids)))
    return [(person, grid or 0, unit) for person, grid, unit in db.session.execute(statement.order_by(Person.id))]


def move_persons(person_ids: Collection[int], *, grid_id: int) -> None:
    """Put persons into a grid, inside the caller's transaction."""
    ordered = sorted(person_ids)
    for start in range(0, len(ordered), _AT_ONCE):
        require_transaction().execute(
            update(Person).where(Person.id.in_(ordered[start : start + _AT_ONCE])).values(grid_id=grid_id),
            execution_options={"synchronize_session": False},
        )


def roles_at(place_ids: Collection[int]) -> list[PlaceRole]:
    """Return every role ever held at these places, the latest first; one statement."""
    statement = (
        select(RoleGrant, Person.name)
        .join(Person, (Person.id == RoleGrant.person_id) & (Person.community_id == RoleGrant.community_id))
        .where(RoleGrant.place_id.in_(set(place_ids)))
        .order_by(RoleGrant.granted_at.desc(), RoleGrant.id.desc())
    )
    return [
        PlaceRole(
            id=row.id,
            role=row.role,
            place_id=row.place_id or 0,
            person_id=row.person_id,
            name=name,
            since=row.granted_at,
            until=row.ended_at,
        )
        for row, name in db.session.execute(statement)
    ]


def move_role(grant_id: int, *, place_id: int | None, now: datetime) -> int | None:
    """End a role at its place and, with a place given, give it there for the same time; inside the caller's transaction.

    Returns the id of the new grant. The old one stays in the history of the old place.
    """
    session = require_transaction()
    old = get_in_scope(RoleGrant, grant_id, lock=True)
    until, old.ended_at = old.ended_at, max(now, old.granted_at)
    if place_id is None:
        return None
    new = RoleGrant(
        person_id=old.person_id,
        role=old.role,
        place_id=place_id,
        granted_at=max(now, old.granted_at),
        ended_at=until,
    )
    session.add(new)
    session.flush()
    return new.id


def unmove_role(grant_id: int, *, new_id: int | None, until: datetime | None, now: datetime) -> None:
    """Take `move_role` back: the old role goes on until it would have ended anyway, the new one ends."""
    require_transaction()
    get_in_scope(RoleGrant, grant_id, lock=True).ended_at = until
    if new_id is not None:
        new = get_in_scope(RoleGrant, new_id, lock=True)
        new.ended_at = max(now, new.granted_at)


def residents_of(unit_id: int) -> list[Resident]:
    """Return the ties to a unit, owners first; two statements."""
    statement = select(Tenancy).where(Tenancy.unit_id == unit_id).order_by(Tenancy.role.desc(), Tenancy.id)
    rows = db.session.scalars(statement).all()
    names = names_of([one for row in rows for one in (row.person_id, row.verified_by)])
    return [
        Resident(
            tenancy_id=row.id,
            person_id=row.person_id,
            name=names.get(row.person_id, ""),
            role=row.role,
            verified_at=row.verified_at,
            verified_by=names.get(row.verified_by or 0, ""),
        )
        for row in rows
    ]


def verify_tenancy(*, unit_id: int, tenancy_id: int, actor: Actor, now: datetime) -> None:
    """Write down that somebody of the office saw the papers of a tie: its person may vote for the unit from now on.

    Verified once is verified; a tie the roster brought gets a name this way. Raises `NotFound`.
    """
    with transaction() as session:
        row = get_in_scope(Tenancy, tenancy_id, lock=True)
        if row.unit_id != unit_id:
            raise NotFound
        if row.verified_by is not None and row.verified_at is not None:
            return
        row.verified_at, row.verified_by = row.verified_at or now, actor.person_id
        session.flush()
        audit.record("tie_verified", actor=actor, subject=f"person:{row.person_id}", now=now, unit=unit_id)
