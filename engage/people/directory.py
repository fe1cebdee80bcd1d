"""What lists say about people besides their entry: teams, roles, whether they ever signed in. Batch doors."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select

from engage.core.database import db
from engage.people import media
from engage.people.grants import not_over
from engage.people.models import Credential, Device, Medium, Membership, Person, RoleGrant, Team, Tenancy
from engage.people.reach import within

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Paged:
    """One page of people by number, and how many there are in all."""

    persons: Sequence[Person]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, kw_only=True)
class TeamCard:
    """A team as lists name it."""

    id: int
    name: str
    size: int


def born_since(year: int, *, reach: frozenset[int] | None, page: int = 1, size: int = PAGE) -> Paged:
    """Return one page of the people within reach who were born in this year or later, the youngest first."""
    mine = (Person.birth_year >= year, Person.status != "closed", within(reach))
    total = int(db.session.scalar(select(func.count(Person.id)).where(*mine)) or 0)
    pages = max(-(-total // size), 1)
    shown = min(max(page, 1), pages)
    statement = select(Person).where(*mine).order_by(Person.birth_year.desc(), Person.pinyin, Person.id)
    rows = db.session.scalars(statement.limit(size).offset((shown - 1) * size)).all()
    return Paged(persons=rows, total=total, page=shown, pages=pages)


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


def teams_around(person_id: int) -> tuple[list[TeamCard], list[TeamCard]]:
    """Return a person's teams, and those that are not closed, each by name (sizes are not counted here and are 0)."""
    theirs = and_(
        Membership.team_id == Team.id, Membership.community_id == Team.community_id, Membership.person_id == person_id
    )
    statement = (
        select(Team.id, Team.name, Team.closed_at, Membership.id.label("member"))
        .outerjoin(Membership, theirs)
        .where(or_(Team.closed_at.is_(None), Membership.id.is_not(None)))
        .order_by(Team.name, Team.id)
    )
    found = [(TeamCard(id=row.id, name=row.name, size=0), row) for row in db.session.execute(statement)]
    return [card for card, row in found if row.member], [card for card, row in found if row.closed_at is None]


def roles_of(person_ids: Collection[int]) -> dict[int, list[RoleGrant]]:
    """Return the roles of each person that have not ended; one may begin on a later day."""
    statement = select(RoleGrant).where(RoleGrant.person_id.in_(set(person_ids)), not_over())
    roles: dict[int, list[RoleGrant]] = {}
    for grant in db.session.scalars(statement.order_by(RoleGrant.id)):
        roles.setdefault(grant.person_id, []).append(grant)
    return roles


def activated_and_roles(person_ids: Collection[int]) -> tuple[set[int], dict[int, list[RoleGrant]]]:
    """Return what `activated_ids` and `roles_of` do, together; one statement."""
    password = select(Credential.id).where(Credential.person_id == Person.id).exists()
    held = and_(RoleGrant.person_id == Person.id, RoleGrant.community_id == Person.community_id, not_over())
    statement = select(Person.id, password.label("activated"), RoleGrant).outerjoin(RoleGrant, held)
    activated: set[int] = set()
    roles: dict[int, list[RoleGrant]] = {}
    for row in db.session.execute(statement.where(Person.id.in_(set(person_ids))).order_by(RoleGrant.id)):
        if row.activated:
            activated.add(row.id)
        if row.RoleGrant is not None:
            roles.setdefault(row.id, []).append(row.RoleGrant)
    return activated, roles


@dataclass(frozen=True, kw_only=True)
class Entrance:
    """How somebody gets in: a password, devices signed in, cards and codes; and what ties them to their own household."""

    activated: bool
    devices: int
    media: list[Medium]
    tie: Tenancy | None


def entrance_of(person_id: int) -> Entrance:
    """Return how somebody gets in; one statement. Media in the order of `media_of`."""
    password = select(Credential.id).where(Credential.person_id == person_id).exists()
    open_devices = (
        select(func.count(Device.id)).where(Device.person_id == person_id, Device.ended_at.is_(None)).scalar_subquery()
    )
    home = and_(
        Tenancy.person_id == Person.id, Tenancy.community_id == Person.community_id, Tenancy.unit_id == Person.unit_id
    )
    own = and_(Medium.person_id == Person.id, Medium.community_id == Person.community_id)
    statement = select(password, open_devices, Tenancy, Medium).select_from(Person)
    rows = db.session.execute(
        statement.outerjoin(Tenancy, home).outerjoin(Medium, own).where(Person.id == person_id).order_by(*media.ORDER)
    ).all()
    activated, devices, tie, _medium = rows[0]
    return Entrance(activated=bool(activated), devices=devices, tie=tie, media=[row[3] for row in rows if row[3]])


def activated_ids(person_ids: Collection[int]) -> set[int]:
    """Return which of these people have set a password."""
    return set(db.session.scalars(select(Credential.person_id).where(Credential.person_id.in_(set(person_ids)))))
