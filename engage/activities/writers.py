"""Who may write for whom: oneself, a minor's guardian, whoever leads shifts as far as their role reaches."""

from __future__ import annotations

from datetime import datetime

from engage import guardians, people
from engage.activities.leading import reach_over
from engage.activities.queries import ShiftCard
from engage.core import clock
from engage.core.access import Actor, Permission
from engage.core.errors import N_, DomainError, Forbidden


class NobodyFound(DomainError):
    """The number typed belongs to nobody here."""


def ensure_may_write_for(person_id: int, *, shift: ShiftCard, actor: Actor, now: datetime) -> Actor:
    """Return the actor as the log names them. Somebody outside the reach is answered like a number nobody has."""
    if actor.person_id == person_id:
        return actor
    if guardians.is_guardian(guardian_id=actor.person_id, minor_id=person_id, on=clock.local_date(now)):
        return actor
    if not actor.can(Permission.LEAD_SHIFT):
        raise Forbidden
    if not people.ids_within([person_id], reach=reach_over(shift, actor=actor)):
        raise NobodyFound(N_("没有这个编号，再看一眼证件"), field="member_no")
    if shift.leader_id == actor.person_id:
        return actor
    return actor.acting(Permission.LEAD_SHIFT, at=people.places_of(people.get_person(person_id)))
