"""What this room keeps about one person, and what goes when the account closes for good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, delete, func, select, update

from engage import people
from engage.core.database import db, require_transaction
from engage.teams import queries, register
from engage.teams.models import TeamApplication, TeamLead
from engage.teams.models_training import Qualification


@dataclass(frozen=True, kw_only=True)
class Led:
    """A team somebody leads or led; `until` is None while it lasts."""

    team: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, kw_only=True)
class OwnRecords:
    """The lists this room keeps about one person, the newest first; `team_names` names the teams of the applications."""

    spells: list[people.Spell]
    led: list[Led]
    applications: list[queries.Application]
    team_names: dict[int, str]
    trainings: list[register.TrainingCard]


def counting_records(person_id: int) -> dict[str, Select[int]]:
    """Return the statements for times in teams, applications and trainings, to be asked together with others."""
    return {
        **people.counting_spells(person_id),
        "applications": select(func.count(TeamApplication.id)).where(TeamApplication.person_id == person_id),
        "trainings": select(func.count(Qualification.id)).where(Qualification.person_id == person_id),
    }


def records_of(person_id: int, *, today: date) -> OwnRecords:
    """Return a person's times in teams, teams led, applications and trainings; seven queries."""
    applications = queries.applications_of(person_id)
    leads = db.session.scalars(select(TeamLead).where(TeamLead.person_id == person_id).order_by(TeamLead.id.desc()))
    rows = leads.all()
    teams = people.team_facts([*(one.team_id for one in applications), *(row.team_id for row in rows)])
    return OwnRecords(
        spells=people.spells_of(person_id),
        led=[Led(team=teams[row.team_id].name, since=row.since, until=row.until) for row in rows],
        applications=applications,
        team_names={team_id: team.name for team_id, team in teams.items()},
        trainings=register.trainings_of(person_id, today=today),
    )


def forget(*, person_id: int, now: datetime) -> None:
    """Delete a person's applications and trainings and end what they lead, inside the caller's transaction.

    Who decided, taught or wrote something down about others stays by id: a pseudonym is behind it.
    """
    session = require_transaction()
    session.execute(delete(TeamApplication).where(TeamApplication.person_id == person_id))
    session.execute(delete(Qualification).where(Qualification.person_id == person_id))
    session.execute(update(TeamLead).where(TeamLead.person_id == person_id, TeamLead.until.is_(None)).values(until=now))
