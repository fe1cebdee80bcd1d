"""Minutes are approved by somebody else, once, and no minute counts twice."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from engage import attendance
from engage.activities import Kind as ActivityKind
from engage.activities import Nature
from engage.activities.queries import ShiftCard
from engage.attendance import ApprovalRefused, Kind, SessionCard
from engage.core.access import Actor
from engage.core.database import transaction
from engage.core.errors import OutsideTransaction
from tests import make
from tests.activities.conftest import make_shift
from tests.attendance.conftest import END, START, hand_in
from tests.conftest import World

MORNING = END + timedelta(hours=10)


def attended(shift: ShiftCard, person: Actor, *, minutes: int = 90) -> SessionCard:
    hand_in(shift, person)
    hand_in(shift, person, Kind.OUT, read_at=START + timedelta(minutes=minutes))
    card = attendance.session_of(shift.id, person.person_id)
    assert card is not None
    return card


def approve(card: SessionCard, by: Actor, reason: str = "") -> SessionCard:
    with transaction():
        return attendance.approve(session_id=card.id, approver_id=by.person_id, now=MORNING, reason=reason)


def test_approval_belongs_inside_a_transaction(world: World, patrol: ShiftCard) -> None:
    with pytest.raises(OutsideTransaction):
        attendance.approve(session_id=1, approver_id=world.clerk.person_id, now=MORNING)


def test_another_person_approves_and_twice_is_once(world: World, patrol: ShiftCard) -> None:
    card = attended(patrol, world.volunteer)
    assert approve(card, world.clerk).state == "approved"
    assert approve(card, world.secretary).state == "approved"
    assert attendance.count_to_approve() == 0
    day = (START - timedelta(days=1), START + timedelta(days=1))
    assert attendance.minutes_of(world.volunteer.person_id, *day) == 90


def test_nobody_approves_oneself_ones_household_or_what_one_recorded(world: World, patrol: ShiftCard) -> None:
    own = attended(patrol, world.volunteer)
    for approver in (world.volunteer, world.spouse):
        with pytest.raises(ApprovalRefused):
            approve(own, approver)
    attendance.check_in_person(
        shift_id=patrol.id,
        person_id=world.neighbour.person_id,
        kind=Kind.IN,
        medium="card",
        client_event_id="e",
        actor=world.leader,
        now=START,
    )
    hand_in(patrol, world.neighbour, Kind.OUT, read_at=END)
    scanned = attendance.session_of(patrol.id, world.neighbour.person_id)
    assert scanned is not None
    assert scanned.recorded_by == world.leader.person_id
    with pytest.raises(ApprovalRefused):
        approve(scanned, world.leader)
    assert approve(scanned, world.clerk).state == "approved"


def test_a_flagged_one_needs_a_reason(world: World, patrol: ShiftCard) -> None:
    card = attended(patrol, world.resident)
    with pytest.raises(ApprovalRefused):
        approve(card, world.clerk)
    assert approve(card, world.clerk, reason="组长带来的").reason == "组长带来的"


def test_an_open_one_cannot_be_approved(world: World, patrol: ShiftCard) -> None:
    hand_in(patrol, world.volunteer)
    card = attendance.session_of(patrol.id, world.volunteer.person_id)
    assert card is not None
    with pytest.raises(ApprovalRefused):
        approve(card, world.clerk)


def test_a_refusal_needs_a_reason_and_stands(world: World, patrol: ShiftCard) -> None:
    card = attended(patrol, world.volunteer)
    for reason, fine in (("", False), ("没到场", True)):
        with transaction():
            if fine:
                attendance.refuse(session_id=card.id, approver_id=world.clerk.person_id, reason=reason, now=MORNING)
            else:
                with pytest.raises(ApprovalRefused):
                    attendance.refuse(session_id=card.id, approver_id=world.clerk.person_id, reason=reason, now=MORNING)
    with pytest.raises(ApprovalRefused):
        approve(card, world.clerk)


def test_minutes_of_two_shifts_at_once_count_once(world: World, patrol: ShiftCard) -> None:
    other = make_shift(actor=world.secretary, leader_no=world.leader.member_no, title="同时的另一班", ends=time(22, 0))
    first, second = attended(patrol, world.leader), attended(other, world.leader, minutes=110)
    approve(first, world.clerk)
    later = approve(second, world.clerk, reason="后半段在另一班")
    assert later.minutes == 20
    assert "overlap" in later.flags


def test_paid_duty_is_no_volunteer_time(world: World) -> None:
    duty = make_shift(
        actor=world.secretary, leader_no=world.leader.member_no, nature=Nature.DUTY, kind=ActivityKind.SERVICE
    )
    person = make.make_person(community=world.donghu, name="网格员", unit="桂园9栋101")
    card = approve(attended(duty, person), world.clerk, reason="值班")
    assert card.minutes == 90
    day = (START - timedelta(days=1), START + timedelta(days=1))
    assert attendance.minutes_of(person.person_id, *day) == 0
