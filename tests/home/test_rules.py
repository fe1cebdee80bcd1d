"""What the front page says first."""

from __future__ import annotations

from datetime import datetime

import pytest

from engage.home import rules
from engage.home.rules import PartOfDay


@pytest.mark.parametrize(
    ("hour", "minute", "part"),
    [
        (4, 59, PartOfDay.EVENING),
        (5, 0, PartOfDay.MORNING),
        (11, 29, PartOfDay.MORNING),
        (11, 30, PartOfDay.NOON),
        (13, 29, PartOfDay.NOON),
        (13, 30, PartOfDay.AFTERNOON),
        (17, 59, PartOfDay.AFTERNOON),
        (18, 0, PartOfDay.EVENING),
        (23, 59, PartOfDay.EVENING),
    ],
)
def test_the_greeting_follows_the_clock_on_the_wall(hour: int, minute: int, part: PartOfDay) -> None:
    assert rules.part_of_day(datetime(2026, 6, 12, hour, minute)) is part  # noqa: DTZ001 - a wall clock has no zone


def test_a_shift_with_more_people_than_planned_needs_nobody() -> None:
    assert rules.places_left(capacity=6, joined=4) == 2
    assert rules.places_left(capacity=6, joined=8) == 0


def test_what_can_be_had_now_misses_nothing() -> None:
    assert rules.points_missing(price=60, available=46) == 14
    assert rules.points_missing(price=60, available=60) == 0
