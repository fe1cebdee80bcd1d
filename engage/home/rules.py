"""What a front page says first. Pure."""

from __future__ import annotations

from datetime import datetime, time
from enum import StrEnum


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


def points_missing(*, price: int, available: int) -> int:
    """Return how many points are still to be earned for a price; 0 when it can be had now."""
    return max(price - available, 0)
