"""Roles above the community: given and ended by the platform's operator at the command line, never in a browser."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from engage.core import audit
from engage.core.access import Role
from engage.core.database import db, require_transaction, transaction
from engage.core.errors import NotFound
from engage.core.matrix import REGIONAL
from engage.people.grants import in_force
from engage.people.models_offices import RegionGrant
from engage.people.queries import get_person, roll_in_turn


def give_region_role(*, person_id: int, role: Role, region_id: int | None, now: datetime) -> None:
    """Let a person of the community chosen see the figures of a street or district, or of all (operator, no region).

    Given twice it is given once. Raises `NotFound` for another role or an unknown person.
    """
    if role not in REGIONAL:
        raise NotFound
    with transaction() as session:
        roll_in_turn()
        person = get_person(person_id)
        if find_region_grant(person.id, role=role, region_id=region_id) is None:
            session.add(RegionGrant(person_id=person.id, role=role.value, region_id=region_id, granted_at=now))
            audit.record("region_role_given", actor=None, subject=f"person:{person.id}", now=now, role=role.value)


def end_region_role(*, person_id: int, role: Role, region_id: int | None, now: datetime) -> None:
    """End such a role; it is gone with the next request. Raises `NotFound` when the person does not hold it."""
    with transaction() as session:
        grant = find_region_grant(person_id, role=role, region_id=region_id)
        if grant is None:
            raise NotFound
        grant.ended_at = now
        session.flush()
        audit.record("region_role_ended", actor=None, subject=f"person:{person_id}", now=now, role=role.value)


def find_region_grant(person_id: int, *, role: Role, region_id: int | None) -> RegionGrant | None:
    """Return the grant in force, or None."""
    there = RegionGrant.region_id.is_(None) if region_id is None else RegionGrant.region_id == region_id
    return db.session.scalar(
        select(RegionGrant).where(
            RegionGrant.person_id == person_id, RegionGrant.role == role.value, there, in_force(RegionGrant)
        )
    )


def end_region_roles_of(person_id: int, *, now: datetime) -> None:
    """End all of a person who leaves, inside the caller's transaction."""
    require_transaction()
    for grant in db.session.scalars(
        select(RegionGrant).where(RegionGrant.person_id == person_id, RegionGrant.ended_at.is_(None))
    ):
        grant.ended_at = now
