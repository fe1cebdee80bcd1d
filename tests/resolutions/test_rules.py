"""Resolutions as rules."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from engage.resolutions import rules

TODAY = date(2026, 6, 12)


@pytest.mark.parametrize("current", list(rules.MOVES))
@pytest.mark.parametrize("wanted", list(rules.MOVES))
def test_19_only_drawn_steps_succeed(current: str, wanted: str) -> None:
    if wanted in rules.MOVES[current]:
        rules.ensure_move(current, wanted)
    else:
        with pytest.raises(rules.ResolutionRefused):
            rules.ensure_move(current, wanted)


def test_19_only_the_neighbours_are_left_to_speak_at_the_end() -> None:
    assert [state for state, following in rules.MOVES.items() if not following] == ["reported_done"]
    assert "reported_done" not in rules.OPEN


def test_only_the_owner_takes_the_steps() -> None:
    rules.ensure_owner(owner_id=3, actor_id=3)
    for owner in (None, 4):
        with pytest.raises(rules.ResolutionRefused):
            rules.ensure_owner(owner_id=owner, actor_id=3)


@pytest.mark.parametrize(
    ("owner", "due", "field"),
    [("", TODAY + timedelta(days=1), "owner_text"), ("物业", TODAY, "due_on"), ("物业", None, "due_on")],
)
def test_an_assignment_names_somebody_and_a_day_to_come(owner: str, due: date | None, field: str) -> None:
    with pytest.raises(rules.ResolutionRefused) as refused:
        rules.ensure_assignable(owner_text=owner, due_on=due, today=TODAY)
    assert refused.value.field == field


def test_the_number_is_printed_with_three_digits() -> None:
    assert rules.number_of(year=2026, sequence=7) == "决-2026-007"
    assert rules.number_of(year=2026, sequence=1234) == "决-2026-1234"
