"""Finding people: one search box for name, initials, number, last four digits and doorplate; filters; pages."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from engage import places
from engage.core.database import db
from engage.people.grants import not_over
from engage.people.models import Credential, Membership, Person, RoleGrant, Team
from engage.people.reach import within
from engage.people.rules import plain

PAGE = 50
KINDS = ("all", "volunteers", "not-activated", "paused")


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What the list is narrowed to. Everything off: everybody who has not left."""

    q: str = ""
    grid_id: int | None = None
    team_id: int | None = None
    kind: str = "all"
    #: the grids and buildings the reader's role reaches; None is the whole community
    reach: frozenset[int] | None = None


@dataclass(frozen=True, kw_only=True)
class TeamCard:
    """A team as lists name it."""

    id: int
    name: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Found:
    """One page of people and how many there are in all."""

    persons: Sequence[Person]
    total: int
    page: int
    pages: int


def search(*, filters: Filters, page: int = 1, size: int = PAGE) -> Found:
    """Return one page of the people who match, by pinyin (then id)."""
    statement = _narrowed(select(Person), filters)
    total = int(db.session.scalar(_narrowed(select(func.count(Person.id)), filters)) or 0)
    pages = max(-(-total // size), 1)
    shown = min(max(page, 1), pages)
    rows = db.session.scalars(statement.order_by(Person.pinyin, Person.id).limit(size).offset((shown - 1) * size)).all()
    return Found(persons=rows, total=total, page=shown, pages=pages)


def born_since(year: int, *, reach: frozenset[int] | None, page: int = 1, size: int = PAGE) -> Found:
    """Return one page of the people within reach who were born in this year or later, the youngest first."""
    mine = (Person.birth_year >= year, Person.status != "closed", within(reach))
    total = int(db.session.scalar(select(func.count(Person.id)).where(*mine)) or 0)
    pages = max(-(-total // size), 1)
    shown = min(max(page, 1), pages)
    statement = select(Person).where(*mine).order_by(Person.birth_year.desc(), Person.pinyin, Person.id)
    rows = db.session.scalars(statement.limit(size).offset((shown - 1) * size)).all()
    return Found(persons=rows, total=total, page=shown, pages=pages)


def ids_matching(*, filters: Filters, at_most: int) -> list[int]:
    """Return the ids of active people who match, by household and name, for a printed sheet."""
    statement = _narrowed(select(Person.id), filters).where(Person.status == "active")
    return list(db.session.scalars(statement.order_by(Person.grid_id, Person.pinyin, Person.id).limit(at_most)))


def _narrowed(statement: Select[Any], filters: Filters) -> Select[Any]:
    statement = statement.where(Person.status != "closed", within(filters.reach))
    if filters.q:
        statement = statement.where(or_(*_matches(filters.q)))
    if filters.grid_id:
        statement = statement.where(Person.grid_id == filters.grid_id)
    if filters.team_id:
        statement = statement.where(
            exists().where(
                Membership.person_id == Person.id,
                Membership.community_id == Person.community_id,
                Membership.team_id == filters.team_id,
            )
        )
    if filters.kind == "volunteers":
        statement = statement.where(Person.is_volunteer)
    elif filters.kind == "not-activated":
        statement = statement.where(~_has_password(), Person.status == "active")
    elif filters.kind == "paused":
        statement = statement.where(Person.status == "paused")
    return statement


def _has_password() -> ColumnElement[bool]:
    # Correlated on both columns: an exists() of its own is not confined to the community by the session (trust §0.9).
    return exists().where(Credential.person_id == Person.id, Credential.community_id == Person.community_id)


def _matches(q: str) -> list[ColumnElement[bool]]:
    text = plain(q).strip()
    tests: list[ColumnElement[bool]] = [Person.name.contains(text, autoescape=True)]
    if text.isascii() and text.isdigit():
        tests.append(Person.member_no == int(text[:9]))
        if len(text) == 4:
            tests.append(Person.phone_last4 == text)
    letters = re.sub(r"[^a-z]", "", text.lower())
    if letters and letters == re.sub(r"[\s']", "", text.lower()):
        # "zgf" finds "zhou gui fang", and so does "zhougui".
        tests.append(Person.pinyin.like("% ".join(letters) + "%"))
        tests.append(func.replace(Person.pinyin, " ", "").like(f"{letters}%"))
    if units := places.find_unit_ids(text):
        tests.append(Person.unit_id.in_(units))
    return tests


def list_teams() -> list[TeamCard]:
    """Return the teams that are not closed, by name, with how many people are in each."""
    statement = (
        select(Team.id, Team.name, func.count(Membership.id))
        .outerjoin(Membership, (Membership.team_id == Team.id) & (Membership.community_id == Team.community_id))
        .where(Team.closed_at.is_(None))
        .group_by(Team.id, Team.name)
        .order_by(Team.name, Team.id)
    )
    return [TeamCard(id=row[0], name=row[1], size=row[2]) for row in db.session.execute(statement)]


def team_member_ids(team_id: int) -> list[int]:
    """Return who is in a team, in order of ids; nobody for a foreign team."""
    return list(
        db.session.scalars(
            select(Membership.person_id).where(Membership.team_id == team_id).order_by(Membership.person_id)
        )
    )


def teams_of(person_ids: Collection[int]) -> dict[int, list[TeamCard]]:
    """Return each person's teams by name (sizes are not counted here and are 0)."""
    statement = (
        select(Membership.person_id, Team.id, Team.name)
        .join(Team, (Team.id == Membership.team_id) & (Team.community_id == Membership.community_id))
        .where(Membership.person_id.in_(set(person_ids)))
        .order_by(Team.name, Team.id)
    )
    teams: dict[int, list[TeamCard]] = {}
    for person_id, team_id, name in db.session.execute(statement):
        teams.setdefault(person_id, []).append(TeamCard(id=team_id, name=name, size=0))
    return teams


def roles_of(person_ids: Collection[int]) -> dict[int, list[RoleGrant]]:
    """Return the roles of each person that have not ended; one may begin on a later day."""
    statement = select(RoleGrant).where(RoleGrant.person_id.in_(set(person_ids)), not_over())
    roles: dict[int, list[RoleGrant]] = {}
    for grant in db.session.scalars(statement.order_by(RoleGrant.id)):
        roles.setdefault(grant.person_id, []).append(grant)
    return roles


def activated_ids(person_ids: Collection[int]) -> set[int]:
    """Return which of these people have set a password."""
    return set(db.session.scalars(select(Credential.person_id).where(Credential.person_id.in_(set(person_ids)))))
