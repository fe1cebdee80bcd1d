"""Checking in on the real database: once, durably, and with few questions asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from engage import activities, attendance
from engage.activities.queries import ShiftCard
from engage.attendance.commands import Handed
from engage.attendance.models import Presence, Scan
from engage.attendance.rules import CodeRefused, Kind, RollRefused
from engage.core import tenancy
from engage.core.database import transaction
from engage.core.errors import Conflict, Forbidden, NotFound
from tests.activities.conftest import make_shift
from tests.attendance.conftest import END, START, count, hand_in, scan_card, shown
from tests.conftest import World


def test_in_and_out_make_a_session_that_waits_for_approval(world: World, patrol: ShiftCard) -> None:
    hand_in(patrol, world.volunteer)
    session = attendance.session_of(patrol.id, world.volunteer.person_id)
    assert session is not None
    assert session.state == "open"
    hand_in(patrol, world.volunteer, Kind.OUT, read_at=END)
    (card,) = attendance.list_to_approve(10, 0)
    assert (card.minutes, card.grade, card.flags, card.state) == (90, "3", (), "proposed")
    assert (card.title, card.recorded_by) == ("桂园片区夜巡", None)
    assert attendance.count_to_approve() == 1


def test_c5_sending_the_same_again_gives_the_same_answer(world: World, patrol: ShiftCard) -> None:
    """C5: serially, even when the code has long run out meanwhile."""
    first = hand_in(patrol, world.volunteer)
    again = hand_in(patrol, world.volunteer, now=START + timedelta(hours=1))
    assert (first.at, first.grade, again.again) == (again.at, again.grade, True)
    assert count(Scan) == count(Presence) == 1


def test_k1_a_code_is_live_for_its_slot_and_the_next(world: World, patrol: ShiftCard) -> None:
    """K1 through the command: replayed at +60 s it is refused, and nothing is written."""
    with pytest.raises(CodeRefused):
        hand_in(patrol, world.volunteer, now=START + timedelta(seconds=60))
    assert count(Scan) == 0
    assert hand_in(patrol, world.volunteer, now=START + timedelta(seconds=59)).grade == "3"


def test_k3_five_wrong_tries_then_no_code_counts_for_this_person_and_shift(world: World, patrol: ShiftCard) -> None:
    """K3, W14: counted in the database, per person and shift; others and other shifts are untouched."""
    code = shown(patrol, Kind.IN, START)
    wrong = f"{(int(code[:6]) + 1) % 10**6:06d}"
    for number in range(5):
        with pytest.raises(CodeRefused, match="不对"):
            attendance.check_in_with_code(
                shift_id=patrol.id,
                handed=Handed(digits=wrong, client_event_id=f"w{number}"),
                actor=world.volunteer,
                now=START,
            )
    with pytest.raises(CodeRefused, match="五次"):
        hand_in(patrol, world.volunteer)
    assert hand_in(patrol, world.neighbour).grade == "3"
    other = make_shift(actor=world.secretary, leader_no=world.leader.member_no, title="另一班")
    assert hand_in(other, world.volunteer).grade == "3"
    assert scan_card(patrol, world.volunteer, world.leader).grade == "4"


def test_k4_one_code_two_people_both_count_once_each(world: World, patrol: ShiftCard) -> None:
    """K4: the screen's code is for everybody who stands before it; twice by one is one."""
    for person in (world.volunteer, world.neighbour, world.volunteer):
        hand_in(patrol, person)
    assert count(Scan) == count(Presence) == 2


def test_c6_an_event_id_used_for_something_else_is_refused(world: World, patrol: ShiftCard) -> None:
    hand_in(patrol, world.volunteer, event="one")
    with pytest.raises(Conflict):
        hand_in(patrol, world.volunteer, Kind.OUT, read_at=END, event="one")
    assert attendance.session_of(patrol.id, world.volunteer.person_id).state == "open"  # type: ignore[union-attr]


def test_a_code_stored_for_more_than_three_days_is_refused(world: World, patrol: ShiftCard) -> None:
    with pytest.raises(CodeRefused):
        hand_in(patrol, world.volunteer, now=START + timedelta(hours=73), stored=True)


def test_a_scanned_card_is_better_evidence_than_a_typed_number(world: World, patrol: ShiftCard) -> None:
    assert scan_card(patrol, world.volunteer, world.leader, event="1").grade == "4"
    assert scan_card(patrol, world.neighbour, world.leader, event="2", medium="number").grade == "A"
    assert scan_card(patrol, world.leader, world.leader, event="3").grade == "A"  # nobody vouches for himself


def test_only_the_leader_and_the_office_scan(world: World, patrol: ShiftCard) -> None:
    with pytest.raises(Forbidden):
        scan_card(patrol, world.neighbour, world.volunteer)
    with pytest.raises(Forbidden):
        scan_card(patrol, world.neighbour, world.desk)
    assert scan_card(patrol, world.neighbour, world.clerk).grade == "4"


def test_the_roll_opens_an_hour_before_and_closes_an_hour_after(world: World, patrol: ShiftCard) -> None:
    for moment in (START - timedelta(minutes=61), END + timedelta(minutes=60)):
        with pytest.raises(RollRefused):
            scan_card(patrol, world.volunteer, world.leader, now=moment)


def test_somebody_who_did_not_sign_up_is_let_in_and_marked(world: World, patrol: ShiftCard) -> None:
    hand_in(patrol, world.resident)
    hand_in(patrol, world.resident, Kind.OUT, read_at=END)
    (card,) = attendance.list_to_approve(10, 0)
    assert card.flags == ("not_signed_up",)


def test_a_cancelled_shift_checks_nobody_in(world: World, patrol: ShiftCard) -> None:
    activities.cancel_shift(shift_id=patrol.id, reason="下大雨", actor=world.secretary, now=START)
    with pytest.raises(CodeRefused):
        hand_in(patrol, world.volunteer)


def test_a_shift_of_another_community_is_not_found(world: World, patrol: ShiftCard) -> None:
    with tenancy.scoped(world.liyuan.id), pytest.raises(NotFound):
        attendance.check_in_with_code(
            shift_id=patrol.id,
            handed=Handed(digits="123456", client_event_id="x"),
            actor=world.outsider,
            now=START,
        )


def test_scans_head_counts_and_closures_are_never_changed(world: World, patrol: ShiftCard) -> None:
    hand_in(patrol, world.volunteer)
    attendance.count_heads(shift_id=patrol.id, counted=1, actor=world.leader, now=END)
    attendance.close_roll(shift_id=patrol.id, actor=world.leader, now=END)
    for table in ("scan", "head_count", "roll_closure"):
        for statement in (f"UPDATE {table} SET shift_id = shift_id", f"DELETE FROM {table}"):
            with pytest.raises(DatabaseError), transaction() as session:
                session.execute(text(statement))
