"""Many people at once: done as it was confirmed, in one transaction (ADR 0029)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, insert, literal, select, update
from sqlalchemy.orm import Session

from engage.core import audit, clock, idempotency
from engage.core.access import Actor
from engage.core.database import UTCDateTime, db, require_transaction, transaction
from engage.core.errors import N_, Conflict, DomainError
from engage.core.tenancy import current_community_id
from engage.people.bulk import Act
from engage.people.models import Device, Membership, Person, Team
from engage.people.models_history import PersonEvent
from engage.people.models_lists import MemberChange, MemberChangeLine
from engage.people.planning import STANDINGS, Asked, parts_of, plan_change
from engage.people.queries import roll_in_turn


class ListChanged(Conflict):
    """Between the question and the answer somebody joined or left the list: it is asked again."""

    status = 422


def change_many(asked: Asked, *, seal: str, actor: Actor, key: str, now: datetime, reason: str = "") -> int:
    """Do what was confirmed to everybody it named, in one transaction, and return the id of the change.

    The same form key does it once. Raises `ListChanged` when the plan is no longer the one the seal marks,
    `DomainError` when nobody would be changed, and what `plan_change` raises.
    """
    fingerprint = idempotency.fingerprint_of(act=asked.act, target=asked.target, seal=seal)
    if asked.act is Act.PAUSE and not reason:
        raise DomainError(N_("写一句为什么，本人看得到"), field="reason")
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
        if asked.act in STANDINGS:
            note_steps(change.id, *STANDINGS[asked.act], reason=reason, actor=actor, now=now)
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
    if team.closed_at is not None:
        raise DomainError(N_("“%(team)s”已经解散。要用，先到“队伍”里恢复它"), field="team", team=name)
    return team.id


def _write_lines(session: Session, change: MemberChange, ids: Sequence[int]) -> None:
    """Keep whom the change touches and, for a grid, where they were; the acts themselves follow these lines."""
    grids: dict[int, int | None] = {}
    if change.act == Act.GRID:
        for part in parts_of(ids):
            grids |= {
                row[0]: row[1] for row in session.execute(select(Person.id, Person.grid_id).where(Person.id.in_(part)))
            }
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


def touched(change_id: int) -> Select[int]:
    """Return the query for the ids of the people a change touched."""
    # Not confined by the session inside another statement: the community is named here.
    here = MemberChangeLine.community_id == current_community_id()
    return select(MemberChangeLine.person_id).where(here, MemberChangeLine.change_id == change_id)


def _apply(session: Session, change: MemberChange, *, now: datetime) -> None:
    act, those = Act(change.act), Person.id.in_(touched(change.id))
    if act is Act.TEAM:
        columns = ["community_id", "person_id", "team_id", "joined_on"]
        today = clock.local_date(now)
        joining = select(
            MemberChangeLine.community_id, MemberChangeLine.person_id, db.literal(change.team_id), db.literal(today)
        ).where(MemberChangeLine.change_id == change.id, MemberChangeLine.community_id == current_community_id())
        statement: Any = insert(Membership).from_select(columns, joining)
    elif act is Act.GRID:
        statement = update(Person).where(those).values(grid_id=change.grid_id)
    elif act in STANDINGS:
        statement = update(Person).where(those).values(status=STANDINGS[act][1])
    else:
        statement = update(Person).where(those).values(is_volunteer=act is Act.VOLUNTEER)
    session.execute(statement, execution_options={"synchronize_session": False})
    if act is Act.PAUSE:
        end_devices_of_paused(change.id, now=now)


def note_steps(change_id: int, was: str, became: str, *, reason: str, actor: Actor, now: datetime) -> None:
    """Keep the step of everybody a change touched who stands there now, inside the caller's transaction."""
    columns = ["community_id", "person_id", "was", "became", "reason", "actor_id", "at"]
    facts = (
        literal(was),
        literal(became),
        literal(reason[:120]),
        literal(actor.person_id),
        literal(now, UTCDateTime()),
    )
    stepped = select(Person.community_id, Person.id, *facts).where(
        Person.community_id == current_community_id(), Person.id.in_(touched(change_id)), Person.status == became
    )
    require_transaction().execute(insert(PersonEvent).from_select(columns, stepped))


def end_devices_of_paused(change_id: int, *, now: datetime) -> None:
    """Sign out everywhere those a change touched who are paused now, inside the caller's transaction."""
    paused = select(Person.id).where(
        Person.community_id == current_community_id(), Person.id.in_(touched(change_id)), Person.status == "paused"
    )
    ending = update(Device).where(Device.person_id.in_(paused), Device.ended_at.is_(None)).values(ended_at=now)
    require_transaction().execute(ending, execution_options={"synchronize_session": False})
