"""What the front page says first."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True)
class Good:
    name: str
    price: int
    left: int = 1


SHELF = [Good("大米", 60), Good("洗衣液", 40), Good("毛巾", 10), Good("雨伞", 30, left=0)]


def test_the_dearest_thing_that_is_there_is_within_reach_and_the_next_one_is_the_goal() -> None:
    assert rules.within_reach(SHELF, available=59) == SHELF[1]
    assert rules.next_goal(SHELF, available=59) == SHELF[0]
    assert rules.within_reach(SHELF, available=35) == SHELF[2], "the umbrella is gone"


def test_an_empty_shelf_promises_nothing() -> None:
    assert rules.within_reach([], available=100) is None
    assert rules.next_goal(SHELF, available=60) is None
