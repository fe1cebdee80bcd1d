"""Many people at once: planned and confirmed by name, done in one transaction, taken back within a day (ADR 0029)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, insert, select, update
from sqlalchemy.orm import Session

from engage import places
from engage.core import audit, clock, idempotency
from engage.core.access import Actor, Role
from engage.core.database import db, transaction
from engage.core.errors import N_, Conflict, DomainError, NotFound
from engage.core.tenancy import current_community_id
from engage.people.bulk import Act, Candidate, Left, seal_of, why_left
from engage.people.filters import Filters
from engage.people.models import Device, Membership, Person, RoleGrant, Team
from engage.people.models_lists import MemberChange, MemberChangeLine
from engage.people.queries import roll_in_turn
from engage.people.searching import narrowed

#: how many are named on the page that asks
NAMED: Final = 12
#: ids in one statement; more are asked for in several
_PART: Final = 500
STANDINGS: Final = {Act.PAUSE: ("active", "paused"), Act.RETURN: ("paused", "active")}


class ListChanged(Conflict):
    """Between the question and the answer somebody joined or left the list: it is asked again."""

    status = 422


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
    secretaries = set() if Role.SECRETARY in actor.roles else _secretaries()
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
    facts = select(Person.id, Person.name, Person.status, Person.is_volunteer, Person.grid_id, Person.unit_id)
    ordered = facts.order_by(Person.pinyin, Person.id)
    if asked.ticked is None:
        return list(db.session.execute(narrowed(ordered, asked.filters, now=now)).all())
    rows = [row for part in _parts(asked.ticked) for row in db.session.execute(ordered.where(Person.id.in_(part)))]
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


def _secretaries() -> set[int]:
    holds = select(RoleGrant.person_id).where(RoleGrant.role == Role.SECRETARY.value, RoleGrant.ended_at.is_(None))
    return set(db.session.scalars(holds))


def change_many(asked: Asked, *, seal: str, actor: Actor, key: str, now: datetime) -> int:
    """Do what was confirmed to everybody it named, in one transaction, and return the id of the change.

    The same form key does it once. Raises `ListChanged` when the plan is no longer the one the seal marks,
    `DomainError` when nobody would be changed, and what `plan_change` raises.
    """
    fingerprint = idempotency.fingerprint_of(act=asked.act, target=asked.target, seal=seal)
    with transaction() as session:
        if known := idempotency.recall(actor_id=actor.person_id, key=key, fingerprint=fingerprint):
            return int(known["change_id"])
        roll_in_turn()
        plan = plan_change(asked, actor=actor, now=now)
        if not plan.ids:
            raise DomainError(N_("这些人都不用动，没有改什么"))
        if plan.seal != seal:
            raise ListChanged(N_("刚才这会儿名单变了。再看一眼现在的人，对了再点"))
        change = MemberChange(
            act=asked.act.value,
            actor_id=actor.person_id,
            at=now,
            team_id=_team_id(session, asked.team) if asked.act is Act.TEAM else None,
            grid_id=asked.grid if asked.act is Act.GRID else None,
            changed=len(plan.ids),
            left_alone=sum(plan.left.values()),
        )
        session.add(change)
        session.flush()
        _write_lines(session, change, plan.ids)
        _apply(session, change, now=now)
        subject = f"member_change:{change.id}"
        audit.record("members_changed", actor=actor, subject=subject, now=now, act=change.act, people=change.changed)
        idempotency.remember(
            actor_id=actor.person_id, key=key, fingerprint=fingerprint, outcome={"change_id": change.id}, now=now
        )
        session.expire_all()
        return change.id


def _team_id(session: Session, name: str) -> int:
    team = session.scalar(select(Team).where(Team.name == name))
    if team is None:
        team = Team(name=name)
        session.add(team)
        session.flush()
    return team.id


def _write_lines(session: Session, change: MemberChange, ids: Sequence[int]) -> None:
    """Keep whom the change touches and, for a grid, where they were; the acts themselves follow these lines."""
    grids: dict[int, int | None] = {}
    if change.act == Act.GRID:
        for part in _parts(ids):
            grids |= {row[0]: row[1] for row in session.execute(select(Person.id, Person.grid_id).where(Person.id.in_(part)))}
    session.execute(
        insert(MemberChangeLine),
        [
            {
                "community_id": current_community_id(),
                "change_id": change.id,
                "person_id": person_id,
                "grid_before": grids.get(person_id),
            }
            for person_id in ids
        ],
        execution_options={"render_nulls": True},
    )


def touched(change_id: int) -> Select[tuple[int]]:
    """Return the query for the ids of the people a change touched."""
    # Not confined by the session inside another statement: the community is named here.
    here = MemberChangeLine.community_id == current_community_id()
    return select(MemberChangeLine.person_id).where(here, MemberChangeLine.change_id == change_id)


def _apply(session: Session, change: MemberChange, *, now: datetime) -> None:
    act, those = Act(change.act), Person.id.in_(touched(change.id))
    statements: list[Any] = []
    if act is Act.TEAM:
        columns = ["community_id", "person_id", "team_id", "joined_on"]
        today = clock.local_date(now)
        joining = select(
            MemberChangeLine.community_id, MemberChangeLine.person_id, db.literal(change.team_id), db.literal(today)
        ).where(MemberChangeLine.change_id == change.id, MemberChangeLine.community_id == current_community_id())
        statements.append(insert(Membership).from_select(columns, joining))
    elif act is Act.GRID:
        statements.append(update(Person).where(those).values(grid_id=change.grid_id))
    elif act in STANDINGS:
        statements.append(update(Person).where(those).values(status=STANDINGS[act][1]))
    else:
        statements.append(update(Person).where(those).values(is_volunteer=act is Act.VOLUNTEER))
    if act is Act.PAUSE:
        own = Device.person_id.in_(touched(change.id))
        statements.append(update(Device).where(own, Device.ended_at.is_(None)).values(ended_at=now))
    for statement in statements:
        session.execute(statement, execution_options={"synchronize_session": False})


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _PART):
        yield ids[start : start + _PART]
