"""Leading a shift: ends by hand, the blind head-count, closing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engage import attendance
from engage.activities.queries import ShiftCard
from engage.attendance import queries, rules
from engage.attendance.rules import Kind, RollRefused
from tests.attendance.conftest import END, START, hand_in
from tests.conftest import World


def test_without_a_check_out_nothing_counts_until_somebody_says_when(world: World, patrol: ShiftCard) -> None:
    hand_in(patrol, world.volunteer)
    card = attendance.session_of(patrol.id, world.volunteer.person_id)
    assert card is not None
    assert attendance.count_to_approve() == 0
    for bad in (END + timedelta(minutes=1), START):
        with pytest.raises(rules.EndRefused):
            attendance.end_by_hand(session_id=card.id, ended_at=bad, actor=world.leader, now=END + timedelta(hours=1))
    later = END + timedelta(hours=1)
    attendance.end_by_hand(session_id=card.id, ended_at=END - timedelta(minutes=30), actor=world.leader, now=later)
    (proposed,) = attendance.list_to_approve(10, 0)
    assert (proposed.minutes, proposed.grade, proposed.flags) == (60, "A", ("ended_by_hand",))
    assert proposed.recorded_by == world.leader.person_id


@pytest.mark.parametrize(("counted", "flagged"), [(2, False), (3, False), (1, True)])
def test_the_blind_head_count_marks_a_shift_with_more_scans_than_heads(
    world: World, patrol: ShiftCard, *, counted: int, flagged: bool
) -> None:
    for person in (world.volunteer, world.neighbour):
        hand_in(patrol, person)
        hand_in(patrol, person, Kind.OUT, read_at=END)
    with pytest.raises(RollRefused):
        attendance.close_roll(shift_id=patrol.id, actor=world.leader, now=END)
    roll = attendance.count_heads(shift_id=patrol.id, counted=counted, actor=world.leader, now=END)
    assert (roll.counted, roll.checked_in) == (counted, 2)
    assert attendance.count_heads(shift_id=patrol.id, counted=2, actor=world.leader, now=END).counted == counted
    assert attendance.close_roll(shift_id=patrol.id, actor=world.leader, now=END).closed_at == END
    assert {card.flags for card in attendance.list_to_approve(10, 0)} == {("head_count",) if flagged else ()}


def test_a_stored_scan_that_arrives_after_the_count_is_noticed_too(world: World, patrol: ShiftCard) -> None:
    hand_in(patrol, world.volunteer)
    attendance.count_heads(shift_id=patrol.id, counted=1, actor=world.leader, now=END)
    assert queries.over_counted([patrol.id]) == set()
    hand_in(patrol, world.neighbour, now=START + timedelta(hours=10), stored=True)
    assert queries.over_counted([patrol.id]) == {patrol.id}
