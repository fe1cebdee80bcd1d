"""Two people, or one person twice, at the same moment: one effect, and a sentence instead of an error (trust C5, C9-C12).

On SQLite there is one writer; on PostgreSQL these are the places where two transactions look before either has written.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from engage import attendance, people, rewards, talks, topics
from engage.core.access import Role
from engage.core.database import db
from engage.people import membership, offices
from engage.people.models import Membership, Person, RoleGrant, Team
from engage.rewards.models import Item
from engage.talks.models import AgendaItem
from engage.topics.models import Topic
from tests.activities.conftest import make_shift
from tests.attendance.conftest import START
from tests.conftest import World
from tests.make import NOW
from tests.races import RACERS, race
from tests.talks.make_talks import make_talk

ROUNDS = 6


def count(model: type, *conditions: object) -> int:
    return int(db.session.scalar(select(func.count(model.id)).where(*conditions)) or 0)  # type: ignore[attr-defined,arg-type]


def test_c5_one_form_delivered_several_times_at_once_has_one_effect_and_one_answer(app: Flask, world: World) -> None:
    courtyard = make_talk(world, state="noticed")
    boss = world.secretary
    acts: dict[str, Callable[[str], object]] = {
        "topic": lambda key: topics.file_topic(
            title="三栋门口的路灯不亮，想请物业换一盏",
            body="三栋门口的路灯不亮，晚上看不清台阶，想请物业换一盏。",
            is_named=True,
            actor=world.volunteer,
            key=key,
            now=NOW,
        ),
        "point": lambda key: talks.add_item(
            talk_id=courtyard.talk_id, title=f"项{key}", minutes=5, actor=boss, key=key, now=NOW
        ),
        "thing": lambda key: rewards.add_item(
            name=f"米{key}",
            counter="袋",
            picture="rice",
            price=60,
            quantity=5,
            per_person=None,
            actor=boss,
            key=key,
            now=NOW,
        ),
    }
    for name, act in acts.items():
        for number in range(ROUNDS):
            got = race(app, world.donghu.id, lambda _racer, act=act, key=f"{name}{number}": act(key))  # type: ignore[misc]
            assert len(set(map(repr, got))) == 1, (name, got)
            assert isinstance(got[0], int), (name, got)
    assert count(Topic) == ROUNDS
    assert count(AgendaItem, AgendaItem.title.startswith("项")) == ROUNDS
    assert count(Item) == ROUNDS


def test_a_role_given_twice_at_once_is_given_once_so_that_ending_it_ends_it(app: Flask, world: World) -> None:
    person_id = world.neighbour.person_id
    for role in [role for role in offices.OFFICES if role is not Role.NEIGHBOUR_LEAD][
        :ROUNDS
    ]:  # that one needs a building
        got = race(
            app,
            world.donghu.id,
            lambda _racer, role=role: offices.give_role(person_id=person_id, role=role, actor=world.secretary, now=NOW),  # type: ignore[misc]
        )
        assert got == [None] * RACERS
        assert count(RoleGrant, RoleGrant.person_id == person_id, RoleGrant.role == role.value) == 1


def test_a_team_founded_by_two_desks_at_once_is_one_team(app: Flask, world: World) -> None:
    for number in range(ROUNDS):
        got = race(
            app,
            world.donghu.id,
            lambda _racer, name=f"队{number}": membership.join_team(  # type: ignore[misc]
                person_id=world.volunteer.person_id, team_name=name, actor=world.clerk, now=NOW
            ),
        )
        assert got == [None] * RACERS
    assert count(Team, Team.name.startswith("队")) == ROUNDS
    assert count(Membership, Membership.person_id == world.volunteer.person_id) == ROUNDS


def test_one_person_added_by_two_desks_at_once_is_on_the_roll_once(app: Flask, world: World) -> None:
    for number in range(ROUNDS):
        newcomer = membership.Particulars(
            name=f"新人{number}",
            phone=f"1391111000{number}",
            unit_label=f"桂园9栋1单元{number}01",
            tie="owner",
            may_vote=True,
            new_unit=True,
            birth_year=None,
            is_volunteer=False,
        )
        got = race(
            app,
            world.donghu.id,
            lambda racer, newcomer=newcomer: membership.add_person(  # type: ignore[misc]
                particulars=newcomer, actor=world.clerk, key=f"{newcomer.name}-{racer}", now=NOW
            ),
        )
        assert sorted(type(one).__name__ for one in got) == ["AlreadyThere"] * (RACERS - 1) + ["int"], got
        assert count(Person, Person.name == newcomer.name) == 1


def test_two_leaders_count_and_close_at_once_and_the_first_count_stands(app: Flask, world: World) -> None:
    for _round in range(3):
        shift = make_shift(actor=world.secretary, leader_no=world.leader.member_no)
        counts = race(
            app,
            world.donghu.id,
            lambda racer, shift=shift: (
                attendance.count_heads(  # type: ignore[misc]
                    shift_id=shift.id, counted=racer, actor=world.leader, now=START
                ).counted
            ),
        )
        assert len(set(counts)) == 1, counts
        closed = race(
            app,
            world.donghu.id,
            lambda _racer, shift=shift: (
                attendance.close_roll(shift_id=shift.id, actor=world.leader, now=START).closed_at
            ),  # type: ignore[misc]
        )
        assert closed == [START] * RACERS


def test_who_left_the_roll_is_refused_with_a_sentence_at_every_desk(app: Flask, world: World) -> None:
    courtyard = make_talk(world, state="in_session")
    item = rewards.add_item(
        name="大米",
        counter="袋",
        picture="rice",
        price=1,
        quantity=5,
        per_person=None,
        actor=world.secretary,
        key="rice",
        now=NOW,
    )
    before = len(people.units_with_voters())
    membership.change_status(person_id=world.resident.person_id, status="closed", actor=world.secretary, now=NOW)
    membership.change_status(person_id=world.neighbour.person_id, status="paused", actor=world.secretary, now=NOW)
    gone, paused = world.resident, world.neighbour
    with pytest.raises(talks.TalkRefused, match="登记现在停着"):
        talks.check_in(
            talk_id=courtyard.talk_id, person_id=gone.person_id, channel="desk", actor=world.secretary, now=NOW
        )
    with pytest.raises(talks.TalkRefused, match="登记现在停着"):
        talks.queue_to_speak(
            talk_id=courtyard.talk_id, person_id=paused.person_id, stance="open", actor=world.secretary, now=NOW
        )
    with pytest.raises(rewards.NotOffered, match="登记现在停着"):
        rewards.reserve(item_id=item, actor=paused, key="k", now=NOW)
    assert len(people.units_with_voters()) == before - 1
