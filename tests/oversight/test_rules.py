"""What an address asks of the log. Pure."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.oversight.forms import address_of, wanted_of
from engage.oversight.rules import Wanted, day_of, plain_number


@pytest.mark.parametrize(
    ("typed", "read"), [("17", "17"), (" #17 ", "17"), ("０１７", "17"), ("十七", ""), ("-1", ""), ("9" * 16, "")]
)
def test_numbers_are_read_as_people_type_them(typed: str, read: str) -> None:
    assert plain_number(typed) == read


@pytest.mark.parametrize(("typed", "day"), [("2026-06-12", date(2026, 6, 12)), ("2026-02-30", None), ("", None)])
def test_a_day_that_is_none_narrows_nothing(typed: str, day: date | None) -> None:
    assert day_of(typed) == day


@given(st.dictionaries(st.sampled_from(["who", "verb", "kind", "number", "first", "last", "before"]), st.text()))
def test_any_address_is_understood_and_says_the_same_again(values: dict[str, str]) -> None:
    wanted = wanted_of(values)
    again = wanted_of(address_of(wanted))
    assert again == Wanted(**{**wanted.__dict__, "before": 0})


def test_an_interval_that_ends_before_it_begins_is_noticed() -> None:
    assert wanted_of({"first": "2026-06-13", "last": "2026-06-12"}).days_are_crossed
    assert not wanted_of({"first": "2026-06-12", "last": "2026-06-12"}).days_are_crossed
