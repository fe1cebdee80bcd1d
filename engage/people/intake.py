"""Many persons at once: putting a roster's people on the roll in a handful of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update

from engage.core.access import Role
from engage.core.database import db, require_transaction
from engage.core.tenancy import current_community_id
from engage.people.cards import issue_cards
from engage.people.enrolment import pinyin_of
from engage.people.models import Membership, Person, RoleGrant, Team, Tenancy
from engage.people.phones import phone_columns
from engage.people.queries import next_member_no, next_person_id


@dataclass(frozen=True, kw_only=True)
class OnRoll:
    """What tells a person on the roll apart from others, and what a list may add: no phone but its last four digits."""

    id: int
    name: str
    phone_index: str | None
    unit_id: int | None
    birth_year: int | None
    member_no: int = 0
    phone_last4: str | None = None
    grid_id: int | None = None
    is_volunteer: bool = False


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """Somebody to put on the roll. The phone is normalised; `ties` are (unit id, owner | member | tenant)."""

    name: str
    phone: str | None
    grid_id: int | None
    birth_year: int | None
    is_volunteer: bool
    ties: tuple[tuple[int, str], ...]
    teams: tuple[str, ...]


def roll() -> list[OnRoll]:
    """Return everybody on the roll who has not left, by id, as an import compares them. One statement."""
    names = tuple(OnRoll.__dataclass_fields__)
    statement = select(*(getattr(Person, name) for name in names)).where(Person.status != "closed").order_by(Person.id)
    return [OnRoll(**dict(zip(names, row, strict=True))) for row in db.session.execute(statement)]


def roll_mark() -> tuple[int, int]:
    """Return what changes whenever somebody comes onto the roll or leaves it: how many there are, and the newest id."""
    statement = select(func.count(Person.id), func.max(Person.id)).where(Person.status != "closed")
    count, newest = db.session.execute(statement).one()
    return int(count), int(newest or 0)


def roll_ties() -> dict[int, set[int]]:
    """Return the household units everybody is tied to, by person. One statement."""
    ties: dict[int, set[int]] = {}
    for person_id, unit_id in db.session.execute(select(Tenancy.person_id, Tenancy.unit_id)):
        ties.setdefault(person_id, set()).add(unit_id)
    return ties


def roll_teams() -> dict[int, set[str]]:
    """Return the names of everybody's teams, by person. One statement."""
    statement = select(Membership.person_id, Team.name).join(
        Team, (Team.id == Membership.team_id) & (Team.community_id == Membership.community_id)
    )
    teams: dict[int, set[str]] = {}
    for person_id, name in db.session.execute(statement):
        teams.setdefault(person_id, set()).add(name)
    return teams


def team_names() -> list[str]:
    """Return the names of the community's teams in order."""
    return list(db.session.scalars(select(Team.name).order_by(Team.name)))


def enrol_many(newcomers: Sequence[Newcomer], *, now: datetime) -> list[int]:
    """Put everybody on the roll, tie them to their doors and teams, and return their ids in the same order.

    Belongs inside the caller's transaction. Ties count as verified: the roster is the community's own record.
    """
    if not newcomers:
        return []
    session = require_transaction()
    here, first, first_id = current_community_id(), next_member_no(), next_person_id()
    session.execute(
        insert(Person),
        [
            {
                "community_id": here,
                **({} if first_id is None else {"id": first_id + number}),
                "member_no": first + number,
                "name": one.name,
                "pinyin": pinyin_of(one.name),
                "grid_id": one.grid_id,
                "unit_id": one.ties[0][0] if one.ties else None,
                "birth_year": one.birth_year,
                "is_volunteer": one.is_volunteer,
                "status": "active",
                "created_at": now,
                **phone_columns(one.phone, community_id=here),
            }
            for number, one in enumerate(newcomers)
        ],
        # Without this every change between empty and filled columns would begin a new statement.
        execution_options={"render_nulls": True},
    )
    numbered = select(Person.member_no, Person.id).where(Person.member_no >= first)
    by_number = {row.member_no: row.id for row in session.execute(numbered)}
    ids = [by_number[first + number] for number in range(len(newcomers))]
    _settle_many(list(zip(ids, newcomers, strict=True)), now=now)
    _join_teams(list(zip(ids, newcomers, strict=True)))
    issue_cards(person_ids=ids, now=now)
    return ids


def _settle_many(pairs: Sequence[tuple[int, Newcomer]], *, now: datetime) -> None:
    rows = [
        {
            "community_id": current_community_id(),
            "unit_id": unit_id,
            "person_id": person_id,
            "role": role,
            "verified_at": now,
        }
        for person_id, one in pairs
        for unit_id, role in dict(one.ties).items()
    ]
    if rows:
        require_transaction().execute(insert(Tenancy), rows)


def _join_teams(pairs: Sequence[tuple[int, Newcomer]]) -> None:
    session, here = require_transaction(), current_community_id()
    wanted = dict.fromkeys(team for _, one in pairs for team in one.teams)
    known = set(session.scalars(select(Team.name)))
    if missing := [name for name in wanted if name not in known]:
        session.execute(insert(Team), [{"community_id": here, "name": name, "kind": "general"} for name in missing])
    if wanted:  # a sheet that names a closed team says that it is there again
        session.execute(update(Team).where(Team.name.in_(wanted), Team.closed_at.is_not(None)).values(closed_at=None))
    ids = {row.name: row.id for row in session.execute(select(Team.name, Team.id))}
    rows = [
        {"community_id": here, "person_id": person_id, "team_id": ids[team], "joined_on": None}
        for person_id, one in pairs
        for team in one.teams
    ]
    if rows:
        session.execute(insert(Membership), rows)


def appoint_many(pairs: Sequence[tuple[int, int | None]], *, role: Role, now: datetime) -> list[int]:
    """Give each (person id, place id) the role unless they hold it there already; returns the ids of the new grants."""
    session = require_transaction()
    held = {
        (row.person_id, row.place_id)
        for row in session.execute(
            select(RoleGrant.person_id, RoleGrant.place_id).where(
                RoleGrant.role == role.value, RoleGrant.ended_at.is_(None)
            )
        )
    }
    fresh = [pair for pair in dict.fromkeys(pairs) if pair not in held]
    rows = [
        {
            "community_id": current_community_id(),
            "person_id": person_id,
            "role": role.value,
            "place_id": place_id,
            "granted_at": now,
            "ended_at": None,
        }
        for person_id, place_id in fresh
    ]
    return list(session.scalars(insert(RoleGrant).returning(RoleGrant.id), rows)) if rows else []
