"""Makers of activities: a patrol tonight at eight unless the test says otherwise."""

from __future__ import annotations

from datetime import date, time

import pytest

from engage import activities
from engage.activities.queries import ShiftCard
from engage.core.access import Actor
from engage.core.idempotency import new_key
from tests.conftest import World
from tests.make import NOW


def make_plan(**facts: object) -> activities.Plan:
    """Return a valid plan: tonight's patrol, 20:00 to 21:30, six places."""
    plan: dict[str, object] = {
        "title": "桂园片区夜巡",
        "kind": activities.Kind.PATROL,
        "nature": activities.Nature.VOLUNTEER,
        "place": "桂园东门岗亭",
        "task": "看看楼道有没有堆东西",
        "insurance": "平安保险 2026-117",
        "leader_no": 3,
        "day": date(2026, 6, 12),
        "starts": time(20, 0),
        "ends": time(21, 30),
        "capacity": 6,
        "weeks": 1,
    }
    return activities.Plan(**(plan | facts))  # type: ignore[arg-type]


def make_shift(*, actor: Actor, **facts: object) -> ShiftCard:
    """Plan an activity and return its first shift."""
    ids = activities.plan_activity(plan=make_plan(**facts), actor=actor, key=new_key(), now=NOW)
    return activities.get_shift(ids[0])


@pytest.fixture
def patrol(world: World) -> ShiftCard:
    """Tonight's patrol, led by the leader."""
    return make_shift(actor=world.secretary, leader_no=world.leader.member_no)
