"""Founding, describing and closing a team, naming who leads it, taking members out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engage import people
from engage.core import audit, idempotency
from engage.core.access import Actor
from engage.core.database import transaction
from engage.core.errors import N_, Forbidden
from engage.teams import queries, rules
from engage.teams.models import TeamApplication, TeamLead, TeamProfile
from engage.teams.rules import State, TeamKind, TeamRefused


@dataclass(frozen=True, kw_only=True)
class TeamPlan:
    """What the office writes about a team; the name is in its final form."""

    name: str
    kind: TeamKind
    place_id: int | None
    about: str
    takes_in: bool


def found_team(*, plan: TeamPlan, actor: Actor, key: str, now: datetime) -> int:
    """Found a team and return its id; the same form founds once. Raises `people.TeamNameTaken`."""
    fingerprint = idempotency.fingerprint_of(plan=plan)
    with transaction() as session:
        if done := idempotency.recall(actor_id=actor.person_id, key=key, fingerprint=fingerprint):
            return int(done["team_id"])
        team_id = people.found_team(name=plan.name, kind=plan.kind.value)
        _describe(session, team_id, plan)
        audit.record("team_founded", actor=actor, subject=f"team:{team_id}", now=now)
        idempotency.remember(
            actor_id=actor.person_id, key=key, fingerprint=fingerprint, outcome={"team_id": team_id}, now=now
        )
        return team_id


def change_team(*, team_id: int, plan: TeamPlan, actor: Actor, now: datetime) -> None:
    """Rename or describe a team anew. Raises `NotFound`, `people.TeamNameTaken`."""
    with transaction() as session:
        people.rename_team(team_id=team_id, name=plan.name, kind=plan.kind.value)
        _describe(session, team_id, plan)
        audit.record("team_changed", actor=actor, subject=f"team:{team_id}", now=now)


def _describe(session: Session, team_id: int, plan: TeamPlan) -> None:
    profile = session.scalar(select(TeamProfile).where(TeamProfile.team_id == team_id))
    if profile is None:
        profile = TeamProfile(team_id=team_id)
        session.add(profile)
    profile.place_id = plan.place_id
    profile.about = plan.about[: rules.ABOUT_LETTERS]
    profile.takes_in = plan.takes_in
    session.flush()


def close_team(*, team_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """Close a team: everybody leaves it, who waits is answered, who led it leads it no more; all of it stays as history.

    Closing twice is closing once. Raises `ApplicationRefused` without a reason, which members can read.
    """
    why = rules.ensure_reason(reason)
    with transaction() as session:
        team = people.get_team(team_id)
        if team.closed_at is not None:
            return
        people.set_closed(team_id=team_id, at=now)
        members = [person.id for person, _since in people.members_of(team_id)]
        for person_id in members:
            people.take_out(person_id=person_id, team_id=team_id, reason=why, actor_id=actor.person_id, now=now)
        _end_leads(session, team_id=team_id, person_id=None, now=now)
        _answer_all(session, team_id=team_id, why=why, actor=actor, now=now)
        audit.record("team_closed", actor=actor, subject=f"team:{team_id}", now=now, people=len(members), reason=why)


def _answer_all(session: Session, *, team_id: int, why: str, actor: Actor, now: datetime) -> None:
    waiting = select(TeamApplication).where(
        TeamApplication.team_id == team_id, TeamApplication.state == State.WAITING.value
    )
    for row in session.scalars(waiting):
        own = row.person_id == actor.person_id  # nobody answers their own: it ends as if they had taken it back
        row.state = (State.WITHDRAWN if own else State.DECLINED).value
        row.decided_by = None if own else actor.person_id
        row.ended_at, row.reason = now, why
    session.flush()


def reopen_team(*, team_id: int, actor: Actor, now: datetime) -> None:
    """Let a closed team work again, empty: nobody comes back unasked."""
    with transaction():
        if people.get_team(team_id).closed_at is not None:
            people.set_closed(team_id=team_id, at=None)
            audit.record("team_reopened", actor=actor, subject=f"team:{team_id}", now=now)


def name_leader(*, team_id: int, member_no: int | None, actor: Actor, now: datetime) -> None:
    """Let somebody lead a team; who was not in it comes in. Named twice is named once.

    Raises `TeamRefused` for nobody, for a closed entry and for oneself.
    """
    with transaction() as session:
        person = _find(member_no)
        if person.id == actor.person_id:
            raise TeamRefused(N_("自己当队长，请另一位工作人员来定"), field="member_no")
        _ensure_open(team_id)
        people.enter_team(person_id=person.id, team_id=team_id, now=now)
        if not queries.leads(person.id, team_id):
            session.add(TeamLead(team_id=team_id, person_id=person.id, named_by=actor.person_id, since=now))
            audit.record("team_leader_named", actor=actor, subject=f"team:{team_id}", now=now, on_behalf_of=person.id)


def dismiss_leader(*, team_id: int, person_id: int, actor: Actor, now: datetime) -> None:
    """Let somebody lead a team no more; they stay in it. Twice is once."""
    with transaction() as session:
        people.get_team(team_id)
        people.get_person(person_id)
        if _end_leads(session, team_id=team_id, person_id=person_id, now=now):
            audit.record("team_leader_ended", actor=actor, subject=f"team:{team_id}", now=now, on_behalf_of=person_id)


def add_member(*, team_id: int, member_no: int | None, actor: Actor, now: datetime) -> str:
    """Put somebody without a phone into a team, as they asked at the desk; returns the name. Twice is once.

    Raises `TeamRefused`; `Forbidden` for who neither leads the team nor works in the office.
    """
    if not queries.may_run(actor, team_id):
        raise Forbidden
    with transaction():
        person = _find(member_no)
        if person.id == actor.person_id:
            raise TeamRefused(N_("自己要进队，请用申请，让另一位来批"), field="member_no")
        _ensure_open(team_id)
        if people.enter_team(person_id=person.id, team_id=team_id, now=now):
            audit.record("team_joined", actor=actor, subject=f"person:{person.id}", now=now, team=team_id)
        return person.name


def leave_team(*, team_id: int, actor: Actor, now: datetime) -> None:
    """Leave a team oneself; leading it ends too. Twice is once."""
    _take_out(team_id=team_id, person_id=actor.person_id, reason="", actor=actor, now=now)


def remove_member(*, team_id: int, person_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """Take somebody off a team, with a reason they read. Raises `ApplicationRefused` without one, `Forbidden`."""
    if not queries.may_run(actor, team_id):
        raise Forbidden
    why = rules.ensure_reason(reason)
    _take_out(team_id=team_id, person_id=person_id, reason=why, actor=actor, now=now)


def _take_out(*, team_id: int, person_id: int, reason: str, actor: Actor, now: datetime) -> None:
    with transaction() as session:
        people.get_team(team_id)
        people.get_person(person_id)
        gone = people.take_out(person_id=person_id, team_id=team_id, reason=reason, actor_id=actor.person_id, now=now)
        _end_leads(session, team_id=team_id, person_id=person_id, now=now)
        if gone:
            audit.record("team_left", actor=actor, subject=f"person:{person_id}", now=now, team=team_id)


def _end_leads(session: Session, *, team_id: int, person_id: int | None, now: datetime) -> bool:
    statement = update(TeamLead).where(TeamLead.team_id == team_id, TeamLead.until.is_(None))
    if person_id is not None:
        statement = statement.where(TeamLead.person_id == person_id)
    ended = session.execute(
        statement.values(until=now).returning(TeamLead.id), execution_options={"synchronize_session": False}
    )
    return bool(ended.all())


def _find(member_no: int | None) -> people.Person:
    person = people.find_by_member_no(member_no) if member_no is not None else None
    if person is None:
        raise TeamRefused(N_("没有这个编号，再看一眼证件"), field="member_no")
    if person.status != "active":
        raise TeamRefused(N_("%(name)s的登记现在停着，请找社区工作人员"), field="member_no", name=person.name)
    return person


def _ensure_open(team_id: int) -> None:
    if people.get_team(team_id).closed_at is not None:
        raise TeamRefused(N_("这支队伍已经解散，先恢复它"))
