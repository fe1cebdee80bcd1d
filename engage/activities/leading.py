"""Who may see and keep the list of a shift: its leader, the office, and a grid's officer for the own grid."""

from __future__ import annotations

from engage import people
from engage.activities.queries import ShiftCard
from engage.core import tenure
from engage.core.access import Actor, Permission
from engage.core.errors import Forbidden


def ensure_leads(shift: ShiftCard, *, actor: Actor) -> Actor:
    """Refuse who neither leads this shift nor has an office that reaches its leader's home (service-points §6).

    Returns the actor as the log should name them. Raises `Forbidden`.
    """
    if shift.leader_id == actor.person_id:
        return actor
    if not actor.can(Permission.LEAD_SHIFT):
        raise Forbidden
    leader = people.persons_of([shift.leader_id], reach=actor.reach(Permission.LEAD_SHIFT)).get(shift.leader_id)
    if leader is None:
        raise Forbidden
    tenure.ask_again(actor, Permission.LEAD_SHIFT)
    return actor.acting(Permission.LEAD_SHIFT, at=people.places_of(leader))


def reach_over(shift: ShiftCard, *, actor: Actor) -> frozenset[int] | None:
    """Return how far those who lead the shift see the people on it: its leader and the office see everybody (None)."""
    return None if shift.leader_id == actor.person_id else actor.reach(Permission.LEAD_SHIFT)


def is_leading(shift: ShiftCard, *, actor: Actor) -> bool:
    """Tell whether `ensure_leads` would let the actor pass."""
    try:
        ensure_leads(shift, actor=actor)
    except Forbidden:
        return False
    return True
