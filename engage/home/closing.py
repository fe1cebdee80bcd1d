"""Closing one's account: what is still open is named first, then everything ends in one transaction (service-points §5.8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from engage import activities, guardians, ledger, merging, people, resolutions, rewards, roster, talks, teams
from engage.core import audit, idempotency
from engage.core.access import Actor
from engage.core.database import transaction
from engage.core.errors import N_, DomainError


class ClosingRefused(DomainError):
    """Somebody else depends on this person right now, or the list that was confirmed is not the list any more."""


@dataclass(frozen=True, kw_only=True)
class Duties:
    """What is open. `led`, `talks_under_way` and `last_secretary` must be handed over first; the rest ends by itself."""

    reservations: list[rewards.RedemptionCard]
    points: int
    shifts: list[activities.ShiftCard]
    led: list[activities.ShiftCard]
    talk_roles: list[talks.TalkDuty]
    taken_on: list[resolutions.ResolutionCard]
    last_secretary: bool
    #: changes when any of it does
    seen: str = field(default="")

    @property
    def talks_under_way(self) -> list[talks.TalkDuty]:
        """Return the roles at talks whose doors are open."""
        return [duty for duty in self.talk_roles if duty.under_way]

    @property
    def in_the_way(self) -> bool:
        """Tell whether something must be handed over first."""
        return bool(self.led or self.talks_under_way or self.last_secretary)


def duties_of(actor: Actor, *, now: datetime) -> Duties:
    """Return what is open for a person."""
    person_id = actor.person_id
    reservations = rewards.open_redemptions(person_id=person_id, now=now)
    points = ledger.balance_of(person_id=person_id).total
    shifts = activities.expected_of(person_id, now=now)
    led = activities.led_by(person_id, now=now)
    roles = talks.duties_of(person_id)
    owned = [card for card in resolutions.owned_by(person_id) if card.state != "reported_done"]
    last = people.is_last_secretary(person_id)
    return Duties(
        reservations=reservations,
        points=points,
        shifts=shifts,
        led=led,
        talk_roles=roles,
        taken_on=owned,
        last_secretary=last,
        seen=idempotency.fingerprint_of(
            reservations=[card.id for card in reservations],
            points=points,
            shifts=[card.id for card in shifts],
            led=[card.id for card in led],
            talks=[(duty.talk_id, duty.role, duty.under_way) for duty in roles],
            resolutions=[card.id for card in owned],
            last=last,
        ),
    )


def close_account(*, actor: Actor, seen: str, now: datetime) -> str:
    """End reservations, points, sign-ups and roles, then replace the person by a pseudonym, which is returned.

    `seen` is `Duties.seen` of the list the person confirmed. Ask for the password first. Raises `ClosingRefused`; then
    nothing has changed.
    """
    with transaction():
        duties = duties_of(actor, now=now)
        if duties.in_the_way:
            raise ClosingRefused(N_("有事要先交给别人，交好了再来注销"))
        if duties.seen != seen:
            raise ClosingRefused(N_("单子刚才变了。再看一眼，还要注销就再点一次"))
        # One order with every other command: shifts, goods, the book, then the person.
        shifts = activities.withdraw_from_all(person_id=actor.person_id, actor=actor, now=now)
        talks.step_down(person_id=actor.person_id, actor=actor, now=now)
        goods = rewards.release_all(person_id=actor.person_id, actor=actor, now=now)
        points = ledger.give_up_balance(person_id=actor.person_id, actor_id=actor.person_id, now=now)
        roster.forget(actor.person_id)
        teams.forget(person_id=actor.person_id, now=now)
        guardians.end_all(person_id=actor.person_id, actor=actor, now=now)
        merging.forget_reasons(actor.person_id)
        # Entries that were merged into this one are the same person: their names and old phones go as well.
        for other_id in people.selves_of(actor.person_id)[1:]:
            teams.forget(person_id=other_id, now=now)
            people.erase(person_id=other_id, now=now)
        pseudonym = people.erase(person_id=actor.person_id, now=now)
        audit.record(
            "account_closed",
            actor=actor,
            subject=f"person:{actor.person_id}",
            now=now,
            shifts=shifts,
            reservations=goods,
            points=points,
        )
        return pseudonym
