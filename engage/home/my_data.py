"""Everything that is stored about one person, gathered through the doors of all rooms (service-points §5.8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from engage import (
    activities,
    attendance,
    guardians,
    ledger,
    merging,
    people,
    places,
    resolutions,
    rewards,
    roster,
    talks,
    teams,
    topics,
    votes,
)
from engage.core import clock
from engage.core.access import Actor
from engage.core.counting import count_together
from engage.teams import OwnRecords as TeamRecords


@dataclass(frozen=True, kw_only=True)
class Look:
    """Somebody looked at the whole phone number."""

    who: str
    reason: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Tie:
    """A household the person belongs to."""

    label: str
    role: str
    may_vote: bool


class MyData:
    """One person's data by kind, each kind read when it is first asked for: the download asks for all of them.

    Lists are the newest first; ballots are in none of them, because they carry no name.
    """

    def __init__(self, actor: Actor, *, now: datetime) -> None:
        """Read the entry itself."""
        self.person = people.get_person(actor.person_id)
        self._now = now

    @cached_property
    def selves(self) -> list[int]:
        """What was recorded under an entry merged into this one is this person's as well."""
        return people.selves_of(self.person.id)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How much there is of what the page gives only a number for: one statement."""
        return count_together(
            **attendance.counting_own(self.person.id),
            **teams.counting_records(self.person.id),
            sign_ups=activities.counting_sign_ups(self.selves),
            entries=ledger.counting_entries(self.selves),
            seconded=topics.counting_seconded(self.selves),
            evenings=talks.counting_evenings(self.selves),
        )

    @cached_property
    def _tenancies(self) -> Sequence[Any]:
        return people.units_of(self.person.id)

    @cached_property
    def _labels(self) -> places.Labels:
        units = [self.person.unit_id, *(tie.unit_id for tie in self._tenancies)]
        return places.labels_of(place_ids=[self.person.grid_id], unit_ids=units)

    @property
    def household(self) -> str:
        """The label of the person's own door, or nothing."""
        return self._labels.units.get(self.person.unit_id or 0, "")

    @property
    def grid(self) -> str:
        """The name of the person's grid, or nothing."""
        return self._labels.places.get(self.person.grid_id or 0, "")

    @property
    def ties(self) -> list[Tie]:
        """The households the person belongs to."""
        return [
            Tie(label=self._labels.units.get(tie.unit_id, ""), role=tie.role, may_vote=tie.verified_at is not None)
            for tie in self._tenancies
        ]

    @cached_property
    def teams(self) -> list[people.TeamCard]:
        """The teams the person is in."""
        return people.teams_of([self.person.id]).get(self.person.id, [])

    @cached_property
    def records(self) -> people.OwnRecords:
        """Roles, consents, cards, devices and passkeys."""
        return people.records_of(self.person.id)

    @property
    def given(self) -> list[str]:
        """The roles in force, as codes."""
        return [grant.role for grant in self.records.roles if grant.ended_at is None]

    @cached_property
    def in_teams(self) -> TeamRecords:
        """Times in teams, teams led, applications, trainings."""
        return teams.records_of(self.person.id, today=clock.local_date(self._now))

    @cached_property
    def stand_ins(self) -> list[people.StandIn]:
        """Roles handed over to somebody, and those the person stands in for."""
        return people.stand_ins_of(self.person.id, now=self._now, at_most=1000)

    @cached_property
    def _looked(self) -> list[tuple[int, str, datetime]]:
        found = people.list_reveals(self.selves)
        if self.person.phone_sealed is not None:
            # Whoever took the whole roll with whole phones has seen this one too.
            since = self.person.created_at
            found += [(one.actor_id, one.reason, one.at) for one in roster.phones_taken(since=since)]
            found.sort(key=lambda look: look[2], reverse=True)
        return found

    @property
    def looks(self) -> list[Look]:
        """Who looked at the whole phone number."""
        return [Look(who=self.named.get(who, ""), reason=reason, at=at) for who, reason, at in self._looked]

    @cached_property
    def helped(self) -> list[people.HelpCard]:
        """Who acted for the person at the desk."""
        return people.list_help(self.person.id)

    @cached_property
    def sessions(self) -> list[attendance.SessionCard]:
        """Times of service, in every state."""
        return attendance.sessions_of_person(self.person.id)

    @cached_property
    def sign_ups(self) -> list[activities.OwnSignUp]:
        """What the person said about shifts."""
        return activities.sign_ups_of(self.selves)

    @cached_property
    def balance(self) -> ledger.Balance:
        """Points."""
        return ledger.balance_of(person_id=self.person.id)

    @cached_property
    def redemptions(self) -> list[rewards.RedemptionCard]:
        """Goods reserved and fetched."""
        return rewards.list_redemptions(person_ids=self.selves, now=self._now)

    @cached_property
    def filed(self) -> list[topics.TopicCard]:
        """Topics the person put up."""
        return topics.filed_by(self.selves, now=self._now)

    @cached_property
    def seconded(self) -> list[topics.OwnSecond]:
        """Topics the person seconded for the household."""
        return topics.seconded_by_person(self.selves, now=self._now)

    @cached_property
    def voted(self) -> list[votes.Participation]:
        """Votes on whose roll the household stood, and whether its ballot was used."""
        return votes.participation_of(people.household_of(self.person.id))

    @cached_property
    def evenings(self) -> list[talks.OwnEvening]:
        """Talks the person came to."""
        return talks.evenings_of(self.selves)

    @cached_property
    def duties(self) -> list[talks.TalkDuty]:
        """Roles at talks that are not over."""
        return talks.duties_of(self.person.id)

    @cached_property
    def taken_on(self) -> list[resolutions.ResolutionCard]:
        """Resolutions assigned to the person."""
        return resolutions.owned_by(self.person.id)

    @cached_property
    def steps(self) -> list[people.PersonEvent]:
        """What the entry was, step by step."""
        return list(people.steps_of(self.person.id))

    @cached_property
    def bonds(self) -> list[guardians.Bond]:
        """Guardians and children, in force or ended."""
        return guardians.bonds_of(self.person.id)

    @cached_property
    def merges(self) -> list[merging.MergeCard]:
        """Entries of the same person that were made one with this one."""
        return merging.merges_of(self.selves)

    @cached_property
    def _others(self) -> dict[int, people.Person]:
        bonds = {one for bond in self.bonds for one in (bond.guardian_id, bond.minor_id)}
        return people.persons_of(bonds | {card.merged_id for card in self.merges} | {look[0] for look in self._looked})

    @property
    def named(self) -> dict[int, str]:
        """The names of everybody these speak of."""
        return {one.id: one.name for one in self._others.values()}

    @property
    def numbers(self) -> dict[int, int]:
        """Their member numbers."""
        return {one.id: one.member_no for one in self._others.values()}


def data_of(actor: Actor, *, now: datetime) -> MyData:
    """Return all of it; the number of queries does not grow with the lists."""
    return MyData(actor, now=now)
