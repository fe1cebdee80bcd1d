"""Asking to come into a team, and the answer. The roll is changed by one command at a time, so no step overtakes another."""

from __future__ import annotations

from datetime import datetime

from engage import people
from engage.core import audit
from engage.core.access import Actor
from engage.core.database import transaction
from engage.core.errors import N_, Forbidden, NotFound
from engage.teams import queries, rules
from engage.teams.models import TeamApplication
from engage.teams.rules import ApplicationRefused, State, Step


def apply(*, team_id: int, words: str, actor: Actor, now: datetime) -> int:
    """Ask to come into a team and return the application's id; asking again while it waits is the same one.

    Raises `ApplicationRefused`.
    """
    with transaction() as session:
        people.roll_in_turn()
        team = people.get_team(team_id)
        waiting = queries.waiting_of(person_id=actor.person_id, team_ids=[team_id])
        if waiting:
            return waiting[team_id]
        rules.ensure_may_ask(
            closed=team.closed_at is not None,
            takes_in=queries.profiles_of([team_id])[team_id].takes_in,
            inside=people.is_in_team(person_id=actor.person_id, team_id=team_id),
            active=people.is_active(actor.person_id),
        )
        row = TeamApplication(
            team_id=team_id,
            person_id=actor.person_id,
            words=" ".join(words.split())[: rules.WORDS_LETTERS],
            state=State.WAITING.value,
            asked_at=now,
        )
        session.add(row)
        session.flush()
        audit.record("team_applied", actor=actor, subject=f"team:{team_id}", now=now)
        return row.id


def withdraw(*, application_id: int, actor: Actor, now: datetime) -> int:
    """Take one's own application back; returns the team. Raises `NotFound` for anybody else's, `ApplicationRefused`."""
    with transaction():
        row = _locked(application_id)
        if row.person_id != actor.person_id:
            raise NotFound
        if _step(row, Step.WITHDRAW, now=now):
            audit.record("team_application_withdrawn", actor=actor, subject=f"team:{row.team_id}", now=now)
        return row.team_id


def approve(*, application_id: int, actor: Actor, now: datetime) -> int:
    """Take the person in; returns the team. Raises `ApplicationRefused`: withdrawn meanwhile, one's own, entry paused."""
    with transaction():
        row = _decided(application_id, actor=actor)
        person = people.get_person(row.person_id)
        if not _step(row, Step.APPROVE, now=now, decided_by=actor.person_id):
            return row.team_id
        if person.status != "active":
            raise ApplicationRefused(N_("%(name)s的登记现在停着，先恢复登记再批"), name=person.name)
        people.enter_team(person_id=row.person_id, team_id=row.team_id, now=now)
        audit.record("team_joined", actor=actor, subject=f"person:{row.person_id}", now=now, team=row.team_id)
        return row.team_id


def decline(*, application_id: int, reason: str, actor: Actor, now: datetime) -> int:
    """Say no, with a reason the person reads; returns the team. Raises `ApplicationRefused`."""
    why = rules.ensure_reason(reason)
    with transaction():
        row = _decided(application_id, actor=actor)
        if _step(row, Step.DECLINE, now=now, decided_by=actor.person_id, reason=why):
            audit.record(
                "team_application_declined", actor=actor, subject=f"person:{row.person_id}", now=now, reason=why
            )
        return row.team_id


def _locked(application_id: int) -> TeamApplication:
    people.roll_in_turn()
    return queries.get_application(application_id, lock=True)


def _decided(application_id: int, *, actor: Actor) -> TeamApplication:
    row = _locked(application_id)
    if not queries.may_run(actor, row.team_id):
        raise Forbidden
    rules.ensure_others_decide(applicant_id=row.person_id, actor_id=actor.person_id)
    return row


def _step(row: TeamApplication, step: Step, *, now: datetime, decided_by: int | None = None, reason: str = "") -> bool:
    """Take the step; False when it had been taken before."""
    state = rules.moved(State(row.state), step)
    if state.value == row.state:
        return False
    row.state, row.ended_at, row.decided_by, row.reason = state.value, now, decided_by, reason
    return True
