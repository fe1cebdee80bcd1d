"""Whose minutes somebody may judge: those of their grid, those of the shifts they lead, the office everybody's."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, or_, select, true

from engage import activities, people
from engage.attendance.models import Presence
from engage.attendance.rules import ApprovalRefused
from engage.core.access import Actor, Permission
from engage.core.database import require_transaction
from engage.core.errors import N_, NotFound


def within_judgement(actor: Actor | None) -> ColumnElement[bool]:
    """Return the condition on `Presence` that the actor may judge it (service-points §6, "Approve sessions").

    None is no particular reader, e.g. the figures of a test or of an operator's command.
    """
    if actor is None:
        return true()
    reach = actor.reach(Permission.APPROVE_SERVICE)
    if reach is None:
        return true()
    conditions: list[ColumnElement[Any]] = [Presence.person_id.in_(people.persons_living_in(reach))]
    if actor.can(Permission.APPROVE_SERVICE):
        conditions.append(Presence.shift_id.in_(activities.shifts_led_by(actor.person_id)))
    return or_(*conditions)


def ensure_may_judge(session_id: int, *, actor: Actor) -> Actor:
    """Return the actor as the log should name them, inside the caller's transaction.

    Raises `NotFound` outside the reach, `ApprovalRefused` for a stand-in who would judge the time of whom they stand in for.
    """
    session = require_transaction()
    person_id = session.scalar(select(Presence.person_id).where(Presence.id == session_id, within_judgement(actor)))
    if person_id is None:
        raise NotFound
    person = people.get_person(person_id)
    found = actor.acting(Permission.APPROVE_SERVICE, at=people.places_of(person))
    if found.acting_for is not None and _same_home(person_id, found.acting_for):
        raise ApprovalRefused(N_("您正替这个人或这家人代班，他们的时长要请别人审"))
    return found


def _same_home(one: int, other: int) -> bool:
    home = people.household_of(one)
    return one == other or (home is not None and home == people.household_of(other))
