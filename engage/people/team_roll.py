"""The teams themselves and who is in them: doors for the room that runs teams. Writers belong inside a transaction."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, delete, func, select

from engage.core import clock
from engage.core.database import db, require_transaction
from engage.core.errors import N_, DomainError, NotFound
from engage.core.fence import get_in_scope
from engage.people.models import Membership, Person, Team
from engage.people.models_teams import FormerMembership
from engage.people.queries import roll_in_turn

REASON_LETTERS = 120


class TeamNameTaken(DomainError):
    """Another team of the community has this name."""


@dataclass(frozen=True, kw_only=True)
class TeamFacts:
    """A team with how many are in it now; `closed_at` is None while it works."""

    id: int
    name: str
    kind: str
    size: int
    closed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Spell:
    """One time in a team; `left_on` is None while it lasts, `joined_on` when nobody wrote it down."""

    team_id: int
    team: str
    joined_on: date | None
    left_on: date | None = None
    reason: str = ""


def _facts() -> Select[Any]:
    # Whoever left the roll is in no team any more, whatever the row says.
    size = (
        select(func.count(Membership.id))
        .join(Person, and_(Person.id == Membership.person_id, Person.community_id == Membership.community_id))
        .where(Membership.team_id == Team.id, Membership.community_id == Team.community_id, Person.status != "closed")
        .correlate(Team)
        .scalar_subquery()
    )
    return select(Team.id, Team.name, Team.kind, Team.closed_at, size.label("size"))


def _cards(statement: Select[Any]) -> list[TeamFacts]:
    return [
        TeamFacts(id=row.id, name=row.name, kind=row.kind, size=row.size, closed_at=row.closed_at)
        for row in db.session.execute(statement)
    ]


def _narrowed(statement: Select[Any], *, q: str, kind: str, closed: bool) -> Select[Any]:
    statement = statement.where(Team.closed_at.is_not(None) if closed else Team.closed_at.is_(None))
    if q:
        statement = statement.where(Team.name.contains(q, autoescape=True))
    return statement.where(Team.kind == kind) if kind else statement


def search_teams(*, q: str = "", kind: str = "", closed: bool = False, limit: int, offset: int) -> list[TeamFacts]:
    """Return one page of the working (or of the closed) teams whose name holds `q`, by name."""
    statement = _narrowed(_facts(), q=q, kind=kind, closed=closed)
    return _cards(statement.order_by(Team.name, Team.id).limit(limit).offset(offset))


def count_teams(*, q: str = "", kind: str = "", closed: bool = False) -> int:
    """Return how many such teams there are."""
    return int(db.session.scalar(_narrowed(select(func.count(Team.id)), q=q, kind=kind, closed=closed)) or 0)


def get_team(team_id: int) -> TeamFacts:
    """Return one team, closed ones too. Raises `NotFound`."""
    found = team_facts([team_id])
    if not found:
        raise NotFound
    return found[team_id]


def team_facts(team_ids: Collection[int]) -> dict[int, TeamFacts]:
    """Return teams by id, closed ones too."""
    if not team_ids:
        return {}
    return {card.id: card for card in _cards(_facts().where(Team.id.in_(set(team_ids))))}


def members_of(team_id: int) -> list[tuple[Person, date | None]]:
    """Return who is in a team and since which day, by pinyin; nobody who left the roll."""
    statement = (
        select(Person, Membership.joined_on)
        .join(Membership, and_(Membership.person_id == Person.id, Membership.community_id == Person.community_id))
        .where(Membership.team_id == team_id, Person.status != "closed")
        .order_by(Person.pinyin, Person.id)
    )
    return [(row[0], row[1]) for row in db.session.execute(statement)]


def is_in_team(*, person_id: int, team_id: int) -> bool:
    """Tell whether the person is in the team now."""
    statement = select(Membership.id).where(Membership.person_id == person_id, Membership.team_id == team_id)
    return db.session.scalar(statement.limit(1)) is not None


def counting_spells(person_id: int) -> dict[str, Select[int]]:
    """Return the statements for a person's teams now and before, to be asked together with others."""
    return {
        "teams": select(func.count(Membership.id)).where(Membership.person_id == person_id),
        "former_teams": select(func.count(FormerMembership.id)).where(FormerMembership.person_id == person_id),
    }


def spells_of(person_id: int) -> list[Spell]:
    """Return a person's times in teams, those that last first, then the newest end first: two queries."""
    lasting = (
        select(Team.id, Team.name, Membership.joined_on)
        .join(Membership, and_(Membership.team_id == Team.id, Membership.community_id == Team.community_id))
        .where(Membership.person_id == person_id)
        .order_by(Team.name, Team.id)
    )
    return [
        *(Spell(team_id=row[0], team=row[1], joined_on=row[2]) for row in db.session.execute(lasting)),
        *former_spells_of(person_id),
    ]


def former_spells_of(person_id: int) -> list[Spell]:
    """Return a person's times in teams that are over, the newest end first."""
    over = (
        select(Team.id, Team.name, FormerMembership)
        .join(
            FormerMembership,
            and_(FormerMembership.team_id == Team.id, FormerMembership.community_id == Team.community_id),
        )
        .where(FormerMembership.person_id == person_id)
        .order_by(FormerMembership.id.desc())
    )
    return [
        Spell(team_id=row[0], team=row[1], joined_on=row[2].joined_on, left_on=row[2].left_on, reason=row[2].reason)
        for row in db.session.execute(over)
    ]


def former_members_of(team_id: int, *, limit: int) -> list[tuple[str, FormerMembership]]:
    """Return who was in a team before and is out now or came back, the newest end first."""
    statement = (
        select(Person.name, FormerMembership)
        .join(
            FormerMembership,
            and_(FormerMembership.person_id == Person.id, FormerMembership.community_id == Person.community_id),
        )
        .where(FormerMembership.team_id == team_id)
        .order_by(FormerMembership.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in db.session.execute(statement)]


def found_team(*, name: str, kind: str) -> int:
    """Found a team and return its id. Raises `TeamNameTaken`."""
    session = require_transaction()
    roll_in_turn()
    _ensure_free(name, apart_from=None)
    team = Team(name=name, kind=kind)
    session.add(team)
    session.flush()
    return team.id


def rename_team(*, team_id: int, name: str, kind: str) -> None:
    """Give a team another name or kind. Raises `NotFound`, `TeamNameTaken`."""
    require_transaction()
    roll_in_turn()
    team = get_in_scope(Team, team_id)
    _ensure_free(name, apart_from=team_id)
    team.name, team.kind = name, kind


def _ensure_free(name: str, *, apart_from: int | None) -> None:
    row = db.session.execute(select(Team.id, Team.closed_at).where(Team.name == name)).first()
    if row is None or row.id == apart_from:
        return
    if row.closed_at is not None:
        raise TeamNameTaken(N_("有一支解散了的队伍叫“%(name)s”。换个名字，或者把那支恢复"), field="name", name=name)
    raise TeamNameTaken(N_("已经有一支队伍叫“%(name)s”，换个名字"), field="name", name=name)


def set_closed(*, team_id: int, at: datetime | None) -> None:
    """Close a team (or open it again with None). Raises `NotFound`."""
    require_transaction()
    roll_in_turn()
    get_in_scope(Team, team_id).closed_at = at


def enter_team(*, person_id: int, team_id: int, now: datetime) -> bool:
    """Put a person into a team; False when they were in it. Two at the same moment are one."""
    session = require_transaction()
    roll_in_turn()
    if is_in_team(person_id=person_id, team_id=team_id):
        return False
    session.add(Membership(person_id=person_id, team_id=team_id, joined_on=clock.local_date(now)))
    session.flush()
    return True


def take_out(*, person_id: int, team_id: int, reason: str, actor_id: int, now: datetime) -> bool:
    """Take a person out of a team and keep the time as history; False when they were not in it."""
    session = require_transaction()
    roll_in_turn()
    gone = session.execute(
        delete(Membership)
        .where(Membership.person_id == person_id, Membership.team_id == team_id)
        .returning(Membership.joined_on),
        execution_options={"synchronize_session": False},
    ).first()
    if gone is None:
        return False
    today = clock.local_date(now)
    session.add(
        FormerMembership(
            person_id=person_id,
            team_id=team_id,
            joined_on=min(gone.joined_on, today) if gone.joined_on else None,
            left_on=today,
            ended_at=now,
            ended_by=actor_id,
            reason=reason[:REASON_LETTERS],
        )
    )
    session.flush()
    return True
