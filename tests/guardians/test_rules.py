"""Ages from a year, the edges of 14 and 18, and who may stand for whom."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.activities import rules as activity_rules
from engage.activities.rules import JoinRefused, Kind
from engage.core import ages
from engage.core.ages import SHANGHAI, AgeBand
from engage.guardians import rules
from engage.guardians.rules import GuardianRefused, NeedsGuardian

JUNE = date(2026, 6, 12)


@pytest.mark.parametrize(
    ("born", "band"),
    [
        (None, AgeBand.UNKNOWN),
        (2026, AgeBand.CHILD),
        (2012, AgeBand.CHILD),  # may still be 13 on the day asked
        (2011, AgeBand.YOUTH),
        (2008, AgeBand.YOUTH),  # may still be 17
        (2007, AgeBand.ADULT),
        (1966, AgeBand.ADULT),
        (1965, AgeBand.SENIOR),
        (1956, AgeBand.SENIOR),
        (1955, AgeBand.ELDER),
    ],
)
def test_a_band_is_drawn_with_the_younger_of_the_two_ages(born: int | None, band: AgeBand) -> None:
    assert ages.band_of(born, on=JUNE) is band


@given(st.dates(date(1930, 1, 1), date(2026, 12, 31)), st.dates(date(2026, 1, 1), date(2060, 12, 31)))
def test_nobody_who_is_under_fourteen_or_eighteen_is_taken_for_older(birthday: date, day: date) -> None:
    """The whole point: whatever the birthday, the year alone never makes a minor an adult."""
    if birthday > day:
        return
    age = day.year - birthday.year - ((day.month, day.day) < (birthday.month, birthday.day))
    if age < 14:
        assert ages.may_be_child(birthday.year, on=day)
    if age < 18:
        assert ages.may_be_minor(birthday.year, on=day)
    if age >= 19:  # and the caution lasts no longer than the year
        assert not ages.may_be_minor(birthday.year, on=day)


def test_turning_eighteen_needs_no_job() -> None:
    assert ages.may_be_minor(2008, on=date(2026, 12, 31))
    assert not ages.may_be_minor(2008, on=date(2027, 1, 1))


@given(
    st.integers(0, 364 * 24 * 60).map(lambda minute: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)),
    st.integers(1, 12 * 60),
    st.integers(2008, 2020),
)
def test_no_minor_joins_a_patrol_of_which_any_minute_is_night(start: datetime, minutes: int, born: int) -> None:
    end = start + timedelta(minutes=minutes)
    nights = any(
        (start + timedelta(minutes=at)).astimezone(SHANGHAI).hour in {21, 22, 23, 0, 1, 2, 3, 4, 5}
        for at in range(minutes)
    )
    minor = ages.may_be_minor(born, on=start.astimezone(SHANGHAI).date())
    if nights and minor:
        with pytest.raises(JoinRefused, match="九点"):
            activity_rules.ensure_old_enough(kind=Kind.PATROL, starts_at=start, ends_at=end, birth_year=born)
    activity_rules.ensure_old_enough(kind=Kind.SERVICE, starts_at=start, ends_at=end, birth_year=born)
    activity_rules.ensure_old_enough(kind=Kind.PATROL, starts_at=start, ends_at=end, birth_year=1960)


def test_a_patrol_that_ends_at_nine_sharp_is_for_everybody() -> None:
    start = datetime(2026, 6, 12, 19, 30, tzinfo=SHANGHAI)
    activity_rules.ensure_old_enough(
        kind=Kind.PATROL, starts_at=start, ends_at=start.replace(hour=21, minute=0), birth_year=2012
    )


@pytest.mark.parametrize(
    ("guardian", "minor", "field"),
    [(1980, None, "birth_year"), (1980, 2007, "birth_year"), (2009, 2014, "guardian_no"), (2008, 2014, "guardian_no")],
)
def test_a_guardian_is_of_age_and_the_minor_is_not(guardian: int | None, minor: int | None, field: str) -> None:
    with pytest.raises(GuardianRefused) as refused:
        rules.ensure_pair(guardian_born=guardian, minor_born=minor, on=JUNE)
    assert refused.value.field == field


def test_an_adult_and_a_minor_can_be_tied() -> None:
    rules.ensure_pair(guardian_born=1980, minor_born=2014, on=JUNE)
    rules.ensure_pair(guardian_born=None, minor_born=2008, on=JUNE)


def test_without_a_yes_a_minor_is_refused_and_the_sentence_tells_the_two_ages_apart() -> None:
    with pytest.raises(NeedsGuardian, match="14岁"):
        rules.ensure_consented(name="小明", born=2014, confirmed=False, on=JUNE)
    with pytest.raises(NeedsGuardian, match="18岁"):
        rules.ensure_consented(name="小明", born=2009, confirmed=False, on=JUNE)
    rules.ensure_consented(name="小明", born=2014, confirmed=True, on=JUNE)
    rules.ensure_consented(name="老王", born=1960, confirmed=False, on=JUNE)
    rules.ensure_consented(name="老李", born=None, confirmed=False, on=JUNE)


def test_call_outs_and_hazards_are_for_adults_whatever_the_guardian_says() -> None:
    with pytest.raises(NeedsGuardian, match="大人"):
        rules.ensure_no_hazard(name="小明", born=2009, on=JUNE)
    rules.ensure_no_hazard(name="老王", born=1960, on=JUNE)
