"""Everything that is stored about one person, gathered through the doors of all rooms (service-points §5.8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engage import activities, attendance, ledger, people, places, resolutions, rewards, talks, topics, votes
from engage.core.access import Actor


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
    names = people.names_of([look[0] for look in looks])
    sessions = attendance.sessions_of_person(person_id)
    return MyData(
        person=person,
        household=labels.get(person.unit_id or 0, ""),
        grid=places.place_names([person.grid_id]).get(person.grid_id or 0, ""),
        ties=[
            Tie(label=labels.get(tie.unit_id, ""), role=tie.role, may_vote=tie.verified_at is not None) for tie in ties
        ],
        teams=people.teams_of([person_id]).get(person_id, []),
        records=people.records_of(person_id),
        helped=people.list_help(person_id),
        looks=[Look(who=names.get(who, ""), reason=reason, at=at) for who, reason, at in looks],
        minutes=sum(card.minutes for card in sessions if card.state == "approved"),
        sessions=sessions,
        scans=attendance.count_scans(person_id),
        sign_ups=activities.sign_ups_of(person_id),
        balance=ledger.balance_of(person_id=person_id),
        entries=ledger.count_entries(person_id=person_id),
        redemptions=rewards.list_redemptions(person_id=person_id, now=now, limit=1000, offset=0),
        filed=topics.filed_by(person_id, now=now),
        seconded=topics.seconded_by_person(person_id, now=now),
        voted=votes.participation_of(people.household_of(person_id)),
        evenings=talks.evenings_of(person_id),
        duties=talks.duties_of(person_id),
        taken_on=resolutions.owned_by(person_id),
    )
