"""Whether somebody's office still reaches as far as when their request began (core.tenure)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import exists, select

from engage.core import tenancy
from engage.core.access import Actor, Grant, Permission, Role
from engage.core.database import db
from engage.core.matrix import REGIONAL
from engage.people import grants
from engage.people.models import Device, Person


def still_may(actor: Actor, permission: Permission, *, now: datetime) -> bool:
    """Tell whether the permission reaches now as far as it did; two statements for an office of the whole community."""
    with tenancy.scoped(actor.community_id):
        if not _is_here(actor):
            return False
        held = grants.held_by(actor.person_id)
        own = [Grant(role=Role(role)) for role, place_id in held if place_id is None and Role(role) not in REGIONAL]
        if any(grant.carries(permission) for grant in own):
            return True
        is_volunteer = Role.VOLUNTEER in actor.roles
        fresh = replace(
            actor,
            grants=grants.grants_of(
                person_id=actor.person_id, is_volunteer=is_volunteer, held=held, more=True, now=now
            ),
        )
    return fresh.can(permission) and fresh.reach(permission) == actor.reach(permission)


def _is_here(actor: Actor) -> bool:
    """Tell whether neither the person was paused nor the device ended meanwhile: both keep the roles."""
    here = select(Person.id).where(Person.id == actor.person_id, Person.status == "active")
    if actor.device_id:
        here = here.where(exists().where(Device.id == actor.device_id, Device.ended_at.is_(None)))
    return db.session.scalar(here) is not None
