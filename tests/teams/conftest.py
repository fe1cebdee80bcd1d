"""A team with a leader, and a volunteer who may ask to come in."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from engage import people, teams
from engage.core.access import Actor
from engage.core.database import db
from engage.core.idempotency import new_key
from engage.teams import applications, commands, queries, register, training
from engage.teams.commands import TeamPlan
from tests.conftest import World
from tests.make import NOW

TODAY = date(2026, 6, 12)


def make_team(world: World, *, name: str = "桂园夜巡队", takes_in: bool = True, leader: Actor | None = None) -> int:
    """Found a team that takes people in; `leader` leads it."""
    plan = TeamPlan(name=name, kind=teams.TeamKind.PATROL, place_id=None, about="每晚走一圈", takes_in=takes_in)
    team_id = commands.found_team(plan=plan, actor=world.secretary, key=new_key(), now=NOW)
    if leader is not None:
        commands.name_leader(team_id=team_id, member_no=leader.member_no, actor=world.secretary, now=NOW)
    return team_id


def inside(actor: Actor, team_id: int) -> bool:
    """Whether somebody is in a team now."""
    return people.is_in_team(person_id=actor.person_id, team_id=team_id)


@pytest.fixture
def team(world: World) -> int:
    """The night patrol, led by the leader."""
    return make_team(world, leader=world.leader)


def ask(world: World, team: int, *, who: Actor | None = None) -> int:
    return applications.apply(team_id=team, words="晚上有空", actor=who or world.volunteer, now=NOW)


def state_of(application_id: int) -> str:
    db.session.rollback()
    return queries.get_application(application_id).state


def first_aid(*persons: Actor, **facts: object) -> training.TrainingDay:
    plain: dict[str, object] = {
        "kind": "first_aid",
        "trained_on": TODAY,
        "expires_on": TODAY + timedelta(days=20),
        "giver_id": None,
        "given_by": "区红十字会",
        "note": "",
        "person_ids": tuple(person.person_id for person in persons),
    }
    return training.TrainingDay(**(plain | facts))  # type: ignore[arg-type]


def record(world: World, *persons: Actor, key: str = "sheet", **facts: object) -> int:
    return training.record_training(training=first_aid(*persons, **facts), actor=world.clerk, key=key, now=NOW)


def listed(looked: register.Looked) -> list[int]:
    return [card.person_id for card in register.running_out(looked=looked, today=TODAY, page=1).cards]
