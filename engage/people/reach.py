"""How far a role goes on the roll: only persons of the grids and buildings it reaches (service-points §6 invariant 8).

Outside the reach somebody is not found, like a person of another community.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, or_, select, true

from engage import places
from engage.core.access import Actor, Permission
from engage.core.database import db
from engage.core.errors import NotFound
from engage.core.tenancy import current_community_id
from engage.people.models import Person


def within(reach: frozenset[int] | None) -> ColumnElement[bool]:
    """Return the condition on `Person` that somebody lives within these places; None is everybody of the community."""
    if reach is None:
        return true()
    return or_(Person.grid_id.in_(reach), Person.unit_id.in_(places.units_within(reach)))


def ids_within(person_ids: Collection[int], *, reach: frozenset[int] | None) -> set[int]:
    """Return those of these persons who live within the places. One statement."""
    wanted = set(person_ids)
    if reach is None or not wanted:
        return wanted
    return set(db.session.scalars(select(Person.id).where(Person.id.in_(wanted), within(reach))))


def persons_living_in(reach: frozenset[int] | None) -> Select[int]:
    """Return the statement for the ids of persons within these places, to put into another room's condition."""
    return select(Person.id).where(Person.community_id == current_community_id(), within(reach))


def person_within(person_id: int, *, actor: Actor, permission: Permission) -> Person:
    """Return a person the actor may do this with. Raises `NotFound` for anybody outside, as for an unknown id."""
    condition = within(actor.reach(permission))
    person = db.session.scalar(select(Person).where(Person.id == person_id, condition))
    if person is None:
        raise NotFound
    return person


def places_of(person: Person) -> set[int | None]:
    """Return the grid and building somebody belongs to, for `Actor.acting`."""
    if person.unit_id is None:
        return {person.grid_id}
    return {person.grid_id, *places.buildings_of([person.unit_id]).values()}
