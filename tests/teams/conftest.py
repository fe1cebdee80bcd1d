"""A team with a leader, and a volunteer who may ask to come in."""

from __future__ import annotations

import pytest

from engage import people, teams
from engage.core.access import Actor
from engage.core.idempotency import new_key
from engage.teams import commands
from engage.teams.commands import TeamPlan
from tests.conftest import World
from tests.make import NOW


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
