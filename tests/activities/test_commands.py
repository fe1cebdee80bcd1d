"""Planning and signing up on the real database."""

from __future__ import annotations

import contextvars
import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from engage import activities
from engage.activities import commands, queries, rules
from engage.activities.models import Activity, SignUp
from engage.activities.queries import ShiftCard
from engage.core import tenancy
from engage.core.access import Actor
from engage.core.database import db, transaction
from engage.core.errors import Conflict, Forbidden, NotFound
from tests import make
from tests.activities.conftest import make_plan, make_shift
from tests.conftest import World
from tests.make import NOW


def join(person: Actor, shift: ShiftCard, *, actor: Actor | None = None) -> str:
    receipt = activities.sign_up(shift_id=shift.id, person_id=person.person_id, actor=actor or person, now=NOW)
    return receipt.state.value


def leave(person: Actor, shift: ShiftCard) -> tuple[int, ...]:
    return activities.cannot_come(shift_id=shift.id, person_id=person.person_id, actor=person, now=NOW).promoted


def test_a_plan_for_four_weeks_makes_four_shifts_once(world: World) -> None:
    plan = make_plan(weeks=4, leader_no=world.leader.member_no)
    first = activities.plan_activity(plan=plan, actor=world.secretary, key="k1", now=NOW)
    again = activities.plan_activity(plan=plan, actor=world.secretary, key="k1", now=NOW)
    assert first == again
    assert len(first) == 4
    assert db.session.scalar(select(func.count(Activity.id))) == 1


def test_c6_the_same_key_with_another_plan_is_refused(world: World) -> None:
    activities.plan_activity(plan=make_plan(), actor=world.secretary, key="k1", now=NOW)
    with pytest.raises(Conflict):
        activities.plan_activity(plan=make_plan(capacity=9), actor=world.secretary, key="k1", now=NOW)


def test_a_leader_of_another_community_cannot_be_named(world: World) -> None:
    with pytest.raises(rules.PlanRefused):
        activities.plan_activity(plan=make_plan(leader_no=77), actor=world.secretary, key="k1", now=NOW)


def test_the_database_itself_refuses_an_uninsured_patrol(world: World, patrol: ShiftCard) -> None:
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(text("UPDATE activity SET insurance = '' WHERE id = :id"), {"id": patrol.activity_id})


def test_signing_up_twice_is_one_sign_up(world: World, patrol: ShiftCard) -> None:
    assert join(world.volunteer, patrol) == "joined"
    assert join(world.volunteer, patrol) == "joined"
    assert activities.get_shift(patrol.id).joined == 1
    assert activities.joined_ids(patrol.id) == [world.volunteer.person_id]


def test_the_waiting_list_moves_up_in_the_order_of_asking(world: World) -> None:
    shift = make_shift(actor=world.secretary, capacity=1, leader_no=world.leader.member_no)
    assert [join(p, shift) for p in (world.volunteer, world.neighbour, world.spouse, world.desk)] == [
        "joined",
        "waitlisted",
        "waitlisted",
        "waitlisted",
    ]
    leave(world.neighbour, shift)
    assert leave(world.volunteer, shift) == (world.spouse.person_id,)
    assert join(world.neighbour, shift) == "waitlisted"  # asked again: to the end of the line
    assert leave(world.spouse, shift) == (world.desk.person_id,)
    assert leave(world.desk, shift) == (world.neighbour.person_id,)
    assert activities.get_shift(shift.id).joined == 1


def test_more_places_let_the_waiting_move_up_and_fewer_than_taken_are_refused(world: World) -> None:
    shift = make_shift(actor=world.secretary, capacity=1, leader_no=world.leader.member_no)
    for person in (world.volunteer, world.neighbour, world.spouse):
        join(person, shift)
    wider = make_plan(capacity=3, leader_no=world.leader.member_no)
    promoted = activities.change_shift(shift_id=shift.id, plan=wider, actor=world.secretary, now=NOW)
    assert promoted == [world.neighbour.person_id, world.spouse.person_id]
    with pytest.raises(rules.PlanRefused):
        activities.change_shift(shift_id=shift.id, plan=make_plan(capacity=2), actor=world.secretary, now=NOW)


def test_a_cancelled_shift_takes_nobody_and_cancelling_twice_changes_nothing(world: World, patrol: ShiftCard) -> None:
    with pytest.raises(commands.CancelRefused):
        activities.cancel_shift(shift_id=patrol.id, reason="", actor=world.secretary, now=NOW)
    activities.cancel_shift(shift_id=patrol.id, reason="下大雨", actor=world.secretary, now=NOW)
    activities.cancel_shift(shift_id=patrol.id, reason="别的", actor=world.clerk, now=NOW)
    assert activities.get_shift(patrol.id).cancel_reason == "下大雨"
    with pytest.raises(rules.JoinRefused):
        join(world.volunteer, patrol)


def test_only_who_leads_shifts_writes_for_others_and_it_is_recorded(world: World, patrol: ShiftCard) -> None:
    with pytest.raises(Forbidden):
        join(world.resident, patrol, actor=world.volunteer)
    join(world.resident, patrol, actor=world.leader)
    row = db.session.scalar(select(SignUp).where(SignUp.person_id == world.resident.person_id))
    assert row is not None
    assert row.recorded_by == world.leader.person_id


def test_a_shift_of_another_community_is_not_found(world: World, patrol: ShiftCard) -> None:
    with tenancy.scoped(world.liyuan.id), pytest.raises(NotFound):
        activities.sign_up(shift_id=patrol.id, person_id=world.outsider.person_id, actor=world.outsider, now=NOW)


def test_c9_twenty_places_two_hundred_hands_never_more_than_twenty(app: Flask, world: World) -> None:
    """C9: sign-ups and cancellations at once, on real threads: never too many, the line keeps its order."""
    shift = make_shift(actor=world.secretary, capacity=20, leader_no=world.leader.member_no)
    crowd = [make.make_person(community=world.donghu, name=f"居民{n}") for n in range(60)]
    dice = random.Random(12)  # noqa: S311
    hands = crowd * 3 + crowd[:20]
    dice.shuffle(hands)

    def act(numbered: tuple[int, Actor]) -> None:
        number, person = numbered
        with app.app_context(), tenancy.scoped(world.donghu.id):
            if number % 5 == 4:
                leave(person, shift)
            else:
                join(person, shift)
            db.session.remove()

    with ThreadPoolExecutor(12) as threads:
        list(threads.map(lambda item: contextvars.Context().run(act, item), enumerate(hands)))
    db.session.rollback()
    joined = activities.joined_ids(shift.id)
    waiting = queries.sign_up_ids(shift.id, state="waitlisted")
    assert len(joined) == activities.get_shift(shift.id).joined == min(20, len(joined) + len(waiting)) == 20
    numbers = {row.person_id: row.queue_no for row in db.session.execute(select(SignUp.person_id, SignUp.queue_no))}
    assert len(set(numbers.values())) == len(numbers)
    assert max(numbers[p] for p in joined) < min((numbers[p] for p in waiting), default=10**9)


def test_the_database_itself_seats_nobody_too_many(world: World, patrol: ShiftCard) -> None:
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(text("UPDATE shift SET joined = capacity + 1 WHERE id = :id"), {"id": patrol.id})
