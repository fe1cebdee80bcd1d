"""One evening for the front pages: a patrol under way, another one short of people, a talk, goods, a resolution."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time, timedelta

import pytest

from engage import activities, ledger, rewards, talks
from engage.activities import Kind, Nature, Plan
from engage.core.access import Actor
from engage.core.database import transaction
from tests.conftest import World
from tests.make import NOW


@dataclass(kw_only=True)
class Evening:
    """What was planned, by id."""

    patrol: int
    tomorrow: int
    talk: int


def plan_shift(world: World, *, title: str, day: date, starts: time, ends: time, capacity: int = 6) -> int:
    plan = Plan(
        title=title,
        kind=Kind.SERVICE,
        nature=Nature.VOLUNTEER,
        place="桂园东门岗亭",
        task="",
        insurance="",
        leader_no=world.leader.member_no,
        day=day,
        starts=starts,
        ends=ends,
        capacity=capacity,
    )
    [shift_id] = activities.plan_activity(
        plan=plan, actor=world.secretary, key=f"{title}{day}{starts}", now=NOW - timedelta(days=2)
    )
    return shift_id


def pay(world: World, actor: Actor, *, points: int, source: str) -> None:
    with transaction():
        ledger.post_award(
            person_id=actor.person_id,
            points=points,
            source=source,
            memo="夜巡",
            basis={},
            earned_on=date(2026, 6, 1),
            actor_id=world.leader.person_id,
            approver_id=world.clerk.person_id,
            now=NOW - timedelta(days=3),
        )


def stock(world: World, *, name: str, price: int) -> None:
    rewards.add_item(
        name=name,
        counter="袋",
        picture="rice",
        price=price,
        quantity=5,
        per_person=None,
        actor=world.clerk,
        key=name,
        now=NOW - timedelta(days=4),
    )


@pytest.fixture
def evening(world: World) -> Evening:
    today = date(2026, 6, 12)
    patrol = plan_shift(world, title="桂园片区夜巡", day=today, starts=time(18, 50), ends=time(21, 0))
    activities.sign_up(
        shift_id=patrol, person_id=world.volunteer.person_id, actor=world.volunteer, now=NOW - timedelta(days=1)
    )
    tomorrow = plan_shift(world, title="荷香苑夜巡", day=today + timedelta(days=1), starts=time(20), ends=time(21))
    talk_id = talks.plan_talk(
        title="充电棚建在哪里",
        place="老粮站院子",
        starts_at=NOW + timedelta(hours=1),
        booked_minutes=90,
        notice_days=0,
        staff=(world.secretary.person_id, None, None, None),
        actor=world.secretary,
        key="tonight",
        now=NOW - timedelta(days=5),
    )
    talks.add_item(
        talk_id=talk_id, title="充电棚", minutes=30, actor=world.secretary, key="item", now=NOW - timedelta(days=5)
    )
    talks.publish_notice(talk_id=talk_id, actor=world.secretary, now=NOW - timedelta(days=4))
    stock(world, name="大米", price=60)
    stock(world, name="毛巾", price=10)
    pay(world, world.volunteer, points=46, source="session:1:service")
    return Evening(patrol=patrol, tomorrow=tomorrow, talk=talk_id)
