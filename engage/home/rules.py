"""What a front page says first. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from enum import StrEnum
from typing import Protocol, TypeVar


class PartOfDay(StrEnum):
    """Which greeting fits."""

    MORNING = "morning"
    NOON = "noon"
    AFTERNOON = "afternoon"
    EVENING = "evening"


_FROM = (
    (time(18), PartOfDay.EVENING),
    (time(13, 30), PartOfDay.AFTERNOON),
    (time(11, 30), PartOfDay.NOON),
    (time(5), PartOfDay.MORNING),
)


def part_of_day(wall_time: datetime) -> PartOfDay:
    """Return the part of the day of a wall-clock time; the small hours still belong to the evening."""
    return next((part for since, part in _FROM if wall_time.time() >= since), PartOfDay.EVENING)


def places_left(*, capacity: int, joined: int) -> int:
    """Return how many more a shift needs, never below zero (walk-ins may exceed the plan)."""
    return max(capacity - joined, 0)


class Priced(Protocol):
    """Anything that has a price in points and a number of pieces left."""

    @property
    def price(self) -> int:
        """Points."""

    @property
    def left(self) -> int:
        """Pieces nobody waits for."""


Thing = TypeVar("Thing", bound=Priced)


def within_reach(shelf: Sequence[Thing], *, available: int) -> Thing | None:
    """Return the dearest thing that can be had now, or None."""
    return max((item for item in shelf if item.left and item.price <= available), key=lambda i: i.price, default=None)


def next_goal(shelf: Sequence[Thing], *, available: int) -> Thing | None:
    """Return the cheapest thing that is not within reach yet, or None."""
    return min((item for item in shelf if item.left and item.price > available), key=lambda i: i.price, default=None)
