"""Reading teams, who leads them, and who waits. Names and members come through the door of `people`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from engage.core.access import Actor, Permission
from engage.core.database import db
from engage.core.fence import get_in_scope
from engage.teams.models import TeamApplication, TeamLead, TeamProfile
from engage.teams.rules import State

PAGE = 20


@dataclass(frozen=True, kw_only=True)
class Application:
    """Somebody's wish to come into a team, and what became of it."""

    id: int
    team_id: int
    person_id: int
    words: str
    state: str
    asked_at: datetime
    ended_at: datetime | None
    decided_by: int | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What a team says of itself. A team nobody has described takes nobody in by application."""

    team_id: int
    place_id: int | None = None
    about: str = ""
    takes_in: bool = False


def profiles_of(team_ids: Collection[int]) -> dict[int, Profile]:
    """Return the profile of each of these teams: one query."""
    rows = db.session.scalars(select(TeamProfile).where(TeamProfile.team_id.in_(set(team_ids))))
    found = {
        row.team_id: Profile(team_id=row.team_id, place_id=row.place_id, about=row.about, takes_in=row.takes_in)
        for row in rows
    }
    return {team_id: found.get(team_id, Profile(team_id=team_id)) for team_id in team_ids}


def leads_of(team_ids: Collection[int]) -> dict[int, list[TeamLead]]:
    """Return who leads each of these teams now, in the order they were named; teams without a leader are missing."""
    statement = select(TeamLead).where(TeamLead.team_id.in_(set(team_ids)), TeamLead.until.is_(None))
    leads: dict[int, list[TeamLead]] = {}
    for row in db.session.scalars(statement.order_by(TeamLead.since, TeamLead.id)):
        leads.setdefault(row.team_id, []).append(row)
    return leads


def led_by(person_id: int) -> list[int]:
    """Return the ids of the teams a person leads now."""
    statement = select(TeamLead.team_id).where(TeamLead.person_id == person_id, TeamLead.until.is_(None))
    return list(db.session.scalars(statement.order_by(TeamLead.team_id)))


def leads(person_id: int, team_id: int) -> bool:
    """Tell whether the person leads the team now."""
    statement = select(TeamLead.id).where(
        TeamLead.person_id == person_id, TeamLead.team_id == team_id, TeamLead.until.is_(None)
    )
    return db.session.scalar(statement.limit(1)) is not None


def may_run(actor: Actor, team_id: int) -> bool:
    """Tell whether the actor may decide in this team: the office, or who leads it (service-points §6)."""
    return actor.can(Permission.MANAGE_MEMBERS) or leads(actor.person_id, team_id)


def get_application(application_id: int, *, lock: bool = False) -> TeamApplication:
    """Return the row. Raises `NotFound`."""
    return get_in_scope(TeamApplication, application_id, lock=lock)


def waiting_of(*, person_id: int, team_ids: Collection[int]) -> dict[int, int]:
    """Return the ids of a person's waiting applications by team."""
    statement = select(TeamApplication.team_id, TeamApplication.id).where(
        TeamApplication.person_id == person_id,
        TeamApplication.team_id.in_(set(team_ids)),
        TeamApplication.state == State.WAITING.value,
    )
    return {row.team_id: row.id for row in db.session.execute(statement)}


def list_waiting(*, team_ids: Collection[int] | None = None, limit: int = PAGE) -> list[Application]:
    """Return who waits, the longest first; for these teams only, if any are named."""
    statement = select(TeamApplication).where(TeamApplication.state == State.WAITING.value)
    if team_ids is not None:
        statement = statement.where(TeamApplication.team_id.in_(set(team_ids)))
    return [_card(row) for row in db.session.scalars(statement.order_by(TeamApplication.id).limit(limit))]


def waiting_counts(team_ids: Collection[int]) -> dict[int, int]:
    """Return how many wait for each of these teams; teams nobody waits for are missing."""
    statement = (
        select(TeamApplication.team_id, func.count(TeamApplication.id))
        .where(TeamApplication.team_id.in_(set(team_ids)), TeamApplication.state == State.WAITING.value)
        .group_by(TeamApplication.team_id)
    )
    return {row[0]: row[1] for row in db.session.execute(statement)}


def count_waiting_for(actor: Actor) -> int:
    """Return how many applications wait for this person: the office sees all, a leader those of the own teams.

    One's own does not count, it waits for somebody else.
    """
    return int(db.session.scalar(counting_waiting_for(actor)) or 0)


def counting_waiting_for(actor: Actor) -> Select[int]:
    """Return the statement of `count_waiting_for`, to be asked together with others."""
    statement = select(func.count(TeamApplication.id)).where(
        TeamApplication.state == State.WAITING.value, TeamApplication.person_id != actor.person_id
    )
    if not actor.can(Permission.MANAGE_MEMBERS):
        led = select(TeamLead.team_id).where(TeamLead.person_id == actor.person_id, TeamLead.until.is_(None))
        statement = statement.where(TeamApplication.team_id.in_(led))
    return statement


def applications_of(person_id: int) -> list[Application]:
    """Return a person's applications, the newest first."""
    statement = select(TeamApplication).where(TeamApplication.person_id == person_id)
    return [_card(row) for row in db.session.scalars(statement.order_by(TeamApplication.id.desc()))]


def last_answer(*, person_id: int, team_id: int) -> Application | None:
    """Return the newest application of a person to a team, whatever became of it."""
    statement = select(TeamApplication).where(
        TeamApplication.person_id == person_id, TeamApplication.team_id == team_id
    )
    row = db.session.scalar(statement.order_by(TeamApplication.id.desc()).limit(1))
    return None if row is None else _card(row)


def _card(row: TeamApplication) -> Application:
    return Application(
        id=row.id,
        team_id=row.team_id,
        person_id=row.person_id,
        words=row.words,
        state=row.state,
        asked_at=row.asked_at,
        ended_at=row.ended_at,
        decided_by=row.decided_by,
        reason=row.reason,
    )
