"""How old somebody is, from the year of birth alone. Pure.

Only the year is kept (service-points §5.8), so an age is one of two numbers all year long. Where the law protects, the
younger one counts: somebody born in 2012 may still be 13 on any day of 2026, and counts as under 14 until 1 January 2027.
Turning 14 or 18 needs no job: it is computed from the day asked about, which is a Shanghai day.
"""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
#: below this a person acts through a guardian only (PIPL Art. 31, service-points §5.7)
OWN_ACCOUNT_AT = 14
ADULT_AT = 18
#: nobody under 18 is on patrol between these two hours of the Shanghai clock (service-points §5.7)
NIGHT_BEGINS = time(21, 0)
NIGHT_ENDS = time(6, 0)


class AgeBand(StrEnum):
    """How old somebody roughly is: all that lists and filters may say."""

    UNKNOWN = "unknown"
    CHILD = "child"
    YOUTH = "youth"
    ADULT = "adult"
    SENIOR = "senior"
    ELDER = "elder"


def youngest_age(birth_year: int, *, on: date) -> int:
    """Return the age of somebody born on the last day of that year: no one of that year is younger."""
    return on.year - birth_year - 1


def band_of(birth_year: int | None, *, on: date) -> AgeBand:
    """Return the band on a Shanghai day: under 14, 14 to 17, 18 to 59, 60 to 69, 70 and over; unknown without a year.

    All edges are drawn with the younger of the two possible ages, so a band is entered on 1 January.
    """
    if birth_year is None:
        return AgeBand.UNKNOWN
    age = youngest_age(birth_year, on=on)
    edges = ((OWN_ACCOUNT_AT, AgeBand.CHILD), (ADULT_AT, AgeBand.YOUTH), (60, AgeBand.ADULT), (70, AgeBand.SENIOR))
    return next((band for edge, band in edges if age < edge), AgeBand.ELDER)


def may_be_child(birth_year: int | None, *, on: date) -> bool:
    """Tell whether somebody may be under 14 that day. An unknown year is an adult's: the office writes children's down."""
    return band_of(birth_year, on=on) is AgeBand.CHILD


def may_be_minor(birth_year: int | None, *, on: date) -> bool:
    """Tell whether somebody may be under 18 that day; an unknown year is an adult's."""
    return band_of(birth_year, on=on) in {AgeBand.CHILD, AgeBand.YOUTH}


def touches_night(*, starts_at: datetime, ends_at: datetime) -> bool:
    """Tell whether any part of [starts_at, ends_at) lies after 21:00 or before 06:00 in Shanghai."""
    start, end = starts_at.astimezone(SHANGHAI), ends_at.astimezone(SHANGHAI)
    return end.date() > start.date() or end.time() > NIGHT_BEGINS or start.time() < NIGHT_ENDS
