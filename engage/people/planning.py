"""What a change to many people would do, before anybody does it: whom it changes, whom it leaves alone, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from engage import places
from engage.core.access import Actor, Role
from engage.core.database import db
from engage.core.errors import N_, DomainError, NotFound
from engage.people.bulk import Act, Candidate, Left, seal_of, why_left
from engage.people.filters import Filters
from engage.people.grants import not_over
from engage.people.models import Membership, Person, RoleGrant, Team
from engage.people.narrowing import narrowed

#: how many are named on the page that asks
NAMED: Final = 12
#: ids in one statement; more are asked for in several
_PART: Final = 500
#: from and to
STANDINGS: Final = {Act.PAUSE: ("active", "paused"), Act.RETURN: ("paused", "active")}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is to be done to whom: the people ticked, or everybody who matches the filters (then `ticked` is None)."""

    act: Act
    ticked: tuple[int, ...] | None
    filters: Filters
    team: str = ""
    grid: int | None = None

    @property
    def target(self) -> str:
        """Return where to, in one word."""
        return {Act.TEAM: self.team, Act.GRID: str(self.grid)}.get(self.act, "")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Who would be changed, by pinyin, who not and why, and the mark of just this plan."""

    ids: list[int]
    names: list[str]
    left: dict[Left, int]
    seal: str


def plan_change(asked: Asked, *, actor: Actor, now: datetime) -> Plan:
    """Return what an act would do now, without doing it.

    Raises `NotFound` for a foreign grid or person, `DomainError` when the act lacks its team or grid.
    """
    _ensure_target(asked)
    rows = _asked_for(asked, now=now)
    already, elsewhere = _already(asked, rows), _living_elsewhere(asked, rows)
    secretaries = _secretaries(actor)
    ids, names, left = [], [], dict.fromkeys(Left, 0)
    for row in rows:
        one = Candidate(
            id=row.id,
            status=row.status,
            already=row.id in already,
            is_self=row.id == actor.person_id,
            is_secretary=row.id in secretaries,
            lives_elsewhere=row.id in elsewhere,
        )
        reason = why_left(asked.act, one)
        if reason is None:
            ids.append(row.id)
            names.append(row.name)
        else:
            left[reason] += 1
    return Plan(
        ids=ids,
        names=names[:NAMED],
        left={reason: count for reason, count in left.items() if count},
        seal=seal_of(act=asked.act, target=asked.target, ids=ids),
    )


def _ensure_target(asked: Asked) -> None:
    if asked.act is Act.TEAM and not asked.team:
        raise DomainError(N_("选一个队伍，或者写个新的名字"), field="team")
    if asked.act is Act.GRID and asked.grid not in {grid.id for grid in places.list_grids()}:
        if asked.grid is None:
            raise DomainError(N_("选一个网格"), field="to")
        raise NotFound


def _asked_for(asked: Asked, *, now: datetime) -> list[Any]:
    facts: Any = select(Person.id, Person.name, Person.status, Person.is_volunteer, Person.grid_id, Person.unit_id)
    ordered = facts.order_by(Person.pinyin, Person.id)
    if asked.ticked is None:
        return list(db.session.execute(narrowed(ordered, asked.filters, now=now)).all())
    rows = [row for part in parts_of(asked.ticked) for row in db.session.execute(ordered.where(Person.id.in_(part)))]
    if {row.id for row in rows} != set(asked.ticked):
        raise NotFound
    return rows


def _already(asked: Asked, rows: Sequence[Any]) -> set[int]:
    if asked.act is Act.TEAM:
        member = select(Membership.person_id).join(
            Team, (Team.id == Membership.team_id) & (Team.community_id == Membership.community_id)
        )
        return set(db.session.scalars(member.where(Team.name == asked.team)))
    if asked.act is Act.GRID:
        return {row.id for row in rows if row.grid_id == asked.grid}
    if asked.act in STANDINGS:
        return {row.id for row in rows if row.status == STANDINGS[asked.act][1]}
    return {row.id for row in rows if row.is_volunteer == (asked.act is Act.VOLUNTEER)}


def _living_elsewhere(asked: Asked, rows: Sequence[Any]) -> set[int]:
    if asked.act is not Act.GRID:
        return set()
    grids = {unit.id: unit.grid_id for unit in places.list_units()}
    return {row.id for row in rows if grids.get(row.unit_id) not in {None, asked.grid}}


def _secretaries(actor: Actor) -> set[int]:
    """Return the secretaries whose entries the actor leaves alone: all of them, unless the actor is one."""
    if Role.SECRETARY in actor.roles:
        return set()
    holds = select(RoleGrant.person_id).where(RoleGrant.role == Role.SECRETARY.value, not_over())
    return set(db.session.scalars(holds))


def untouchable(actor: Actor) -> set[int]:
    """Return whom the actor neither pauses nor takes back: themselves, and secretaries as `why_left` says."""
    return {actor.person_id} | _secretaries(actor)


def parts_of(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield the ids in parts that one statement may carry."""
    for start in range(0, len(ids), _PART):
        yield ids[start : start + _PART]
