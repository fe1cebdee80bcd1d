"""Everything that is stored about one person, gathered through the doors of all rooms (service-points §5.8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

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


@dataclass(frozen=True, kw_only=True)
class MyData:
    """One person's data by kind. Lists are the newest first; ballots are in none of them, because they carry no name."""

    person: people.Person
    household: str
    grid: str
    ties: list[Tie]
    teams: list[people.TeamCard]
    records: people.OwnRecords
    #: times in teams, teams led, applications, trainings
    in_teams: TeamRecords
    #: roles handed over to somebody, and those the person stands in for
    stand_ins: list[people.StandIn]
    looks: list[Look]
    helped: list[people.HelpCard]
    #: approved minutes of all kinds
    minutes: int
    sessions: list[attendance.SessionCard]
    scans: int
    sign_ups: list[activities.OwnSignUp]
    balance: ledger.Balance
    entries: int
    redemptions: list[rewards.RedemptionCard]
    filed: list[topics.TopicCard]
    seconded: list[topics.OwnSecond]
    voted: list[votes.Participation]
    evenings: list[talks.OwnEvening]
    duties: list[talks.TalkDuty]
    taken_on: list[resolutions.ResolutionCard]
    #: what the entry was, step by step
    steps: list[people.PersonEvent]
    #: guardians and children, in force or ended
    bonds: list[guardians.Bond]
    #: entries of the same person that were made one with this one
    merges: list[merging.MergeCard]
    #: names of everybody these three speak of
    named: dict[int, str]
    numbers: dict[int, int]

    @property
    def given(self) -> list[str]:
        """Return the roles in force, as codes."""
        return [grant.role for grant in self.records.roles if grant.ended_at is None]


def data_of(actor: Actor, *, now: datetime) -> MyData:
    """Return all of it; the number of queries does not grow with the lists."""
    person_id = actor.person_id
    person = people.get_person(person_id)
    ties = people.units_of(person_id)
    labels = places.unit_labels([person.unit_id, *(tie.unit_id for tie in ties)])
    looks = people.list_reveals(person_id)
    if person.phone_sealed is not None:
        # Whoever took the whole roll with whole phones has seen this one too.
        looks += [(one.actor_id, one.reason, one.at) for one in roster.phones_taken(since=person.created_at)]
        looks.sort(key=lambda look: look[2], reverse=True)
    names = people.names_of([look[0] for look in looks])
    sessions = attendance.sessions_of_person(person_id)
    # What was recorded under an entry merged into this one is this person's as well.
    selves = people.selves_of(person_id)
    bonds = guardians.bonds_of(person_id)
    merges = merging.merges_of(selves)
    others = people.persons_of(
        {one for bond in bonds for one in (bond.guardian_id, bond.minor_id)} | {card.merged_id for card in merges}
    )
    return MyData(
        person=person,
        household=labels.get(person.unit_id or 0, ""),
        grid=places.place_names([person.grid_id]).get(person.grid_id or 0, ""),
        ties=[
            Tie(label=labels.get(tie.unit_id, ""), role=tie.role, may_vote=tie.verified_at is not None) for tie in ties
        ],
        teams=people.teams_of([person_id]).get(person_id, []),
        records=people.records_of(person_id),
        in_teams=teams.records_of(person_id, today=clock.local_date(now)),
        stand_ins=people.stand_ins_of(person_id, now=now, at_most=1000),
        helped=people.list_help(person_id),
        looks=[Look(who=names.get(who, ""), reason=reason, at=at) for who, reason, at in looks],
        minutes=sum(card.minutes for card in sessions if card.state == "approved"),
        sessions=sessions,
        scans=attendance.count_scans(person_id),
        sign_ups=[row for one in selves for row in activities.sign_ups_of(one)],
        balance=ledger.balance_of(person_id=person_id),
        entries=sum(ledger.count_entries(person_id=one) for one in selves),
        redemptions=[
            row for one in selves for row in rewards.list_redemptions(person_id=one, now=now, limit=1000, offset=0)
        ],
        filed=[card for one in selves for card in topics.filed_by(one, now=now)],
        seconded=[row for one in selves for row in topics.seconded_by_person(one, now=now)],
        voted=votes.participation_of(people.household_of(person_id)),
        evenings=[row for one in selves for row in talks.evenings_of(one)],
        duties=talks.duties_of(person_id),
        taken_on=resolutions.owned_by(person_id),
        steps=list(people.steps_of(person_id)),
        bonds=bonds,
        merges=merges,
        named={one.id: one.name for one in others.values()},
        numbers={one.id: one.member_no for one in others.values()},
    )
