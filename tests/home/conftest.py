"""One evening for the front pages: a patrol under way, another one short of people, a talk, goods, a resolution."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, time, timedelta

import pytest
from sqlalchemy import inspect, text

from engage import activities, ledger, rewards, talks, topics
from engage.activities import Kind, Nature, Plan
from engage.core.access import Actor
from engage.core.database import db, transaction
from engage.people import passwords, reveals, signing_in
from engage.people.models import Consent
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


PASSWORD = "四菜一汤加一碗米饭"


@pytest.fixture
def me(world: World, evening: Evening) -> Actor:
    """The volunteer with a password, a consent, a look at the phone, points, goods, a topic, a role at tonight's talk."""
    person_id = world.volunteer.person_id
    kept = passwords.hash_of(PASSWORD)
    with transaction() as session:
        signing_in.set_password(person_id=person_id, password_hash=kept, now=NOW)
        session.add(Consent(person_id=person_id, subject="personal-data", version="2026-06", given_at=NOW))
    reveals.reveal_phone(person_id=person_id, reason="周桂芳忘了带证，13800000621打不通", actor=world.clerk, now=NOW)
    towel = next(item for item in rewards.shelf() if item.name == "毛巾")
    rewards.reserve(item_id=towel.id, actor=world.volunteer, key="towel", now=NOW)
    topics.file_topic(
        title="楼道灯谁来换", body="三个月不亮了", is_named=True, actor=world.volunteer, key="lamp", now=NOW
    )
    talks.name_staff(
        talk_id=evening.talk,
        staff=(world.secretary.person_id, person_id, None, None),
        actor=world.secretary,
        now=NOW,
    )
    return world.volunteer


def every_value() -> list[tuple[str, str]]:
    """Whatever stands in any column of any table of the database, as text, with where it stands."""
    found = []
    tables = inspect(db.engine).get_table_names()
    assert len(tables) > 40
    for table in tables:
        for row in db.session.execute(text(f'SELECT * FROM "{table}"')).mappings():
            for column, value in row.items():
                shown = value.decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)
                if isinstance(value, dict | list):
                    shown = json.dumps(value, ensure_ascii=False)
                # JSON keeps Chinese as \uXXXX in SQLite: read it as people do.
                found.append(
                    (
                        f"{table}.{column}",
                        shown.encode().decode("unicode_escape", "replace") if "\\u" in shown else shown,
                    )
                )
    return found


def traces(*marks: str) -> list[str]:
    return sorted({place for place, value in every_value() if any(mark in value for mark in marks)})
