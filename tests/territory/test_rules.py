"""Areas without fractions, days of a stand-in, and what a new cut of the grids must be like."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.core.errors import DomainError
from engage.people.absence import LONGEST_ABSENCE, absence_state, ensure_absence
from engage.territory.rules import Redraw, RedrawRefused, area_of, area_text, ensure_redraw

DAY = date(2026, 6, 12)


@pytest.mark.parametrize(
    ("typed", "centi"),
    [
        ("88.5", 8850),
        ("88.50", 8850),
        (" 88 ", 8800),
        ("0.01", 1),
        ("８８．５㎡", 8850),
        ("88.5平方米", 8850),
        ("99999.99", 9999999),
        ("", None),
        ("  ", None),
    ],
)
def test_an_area_is_read_digit_by_digit(typed: str, centi: int | None) -> None:
    assert area_of(typed) == centi


@pytest.mark.parametrize("typed", ["0", "0.00", "-5", "88,5", "88.555", "1e3", "八十八", "88.5.1", "100000", "nan"])
def test_what_is_no_area_gets_a_sentence(typed: str) -> None:
    with pytest.raises(DomainError) as refused:
        area_of(typed)
    assert refused.value.field == "area"


@given(st.integers(min_value=1, max_value=9_999_999))
def test_an_area_written_out_is_read_back_the_same(centi: int) -> None:
    assert area_of(area_text(centi)) == centi


def split(**facts: object) -> Redraw:
    """Return a valid split: building 11 to the first new grid, 12 to the second."""
    plan: dict[str, object] = {
        "kind": "split",
        "sources": (1,),
        "targets": ("东一", "东二"),
        "buildings": {11: 0, 12: 1},
    }
    return Redraw(**(plan | facts))  # type: ignore[arg-type]


def test_a_split_gives_buildings_to_both_and_new_names() -> None:
    ensure_redraw(split(), open_names={1: "东", 2: "西"}, buildings=[11, 12])
    # the old grid closes, so its name is free again
    ensure_redraw(split(targets=("东", "东二")), open_names={1: "东", 2: "西"}, buildings=[11, 12])


@pytest.mark.parametrize(
    "plan",
    [
        split(targets=("东一", "")),
        split(targets=("东一", "东一")),
        split(targets=("东一", "西")),
        split(targets=("东一", "长" * 61)),
        split(buildings={11: 1, 12: 1}),
        split(buildings={}),
        split(targets=("东一",)),
        split(kind="merger", targets=("东",)),
        split(kind="merger", sources=(1, 1), targets=("东一",)),
    ],
)
def test_a_cut_that_leaves_something_out_is_refused(plan: Redraw) -> None:
    with pytest.raises(RedrawRefused):
        ensure_redraw(plan, open_names={1: "东", 2: "西"}, buildings=[11, 12])


def test_what_has_no_building_goes_where_the_rest_goes() -> None:
    plan = split(rest=1)
    assert (plan.target_of(None), plan.target_of(11), plan.target_of(12), plan.target_of(99)) == (1, 0, 1, 0)


@pytest.mark.parametrize(
    ("first", "last", "fine"),
    [
        (0, 1, True),
        (-3, 1, True),
        (0, LONGEST_ABSENCE, True),
        (0, LONGEST_ABSENCE + 1, False),
        (1, 1, False),
        (-3, 0, False),
        (2, 1, False),
    ],
)
def test_days_of_a_stand_in(first: int, last: int, *, fine: bool) -> None:
    days = DAY + timedelta(days=first), DAY + timedelta(days=last)
    if fine:
        ensure_absence(*days, today=DAY)
    else:
        with pytest.raises(DomainError):
            ensure_absence(*days, today=DAY)


def test_a_stand_in_begins_on_its_first_day_and_is_over_on_the_day_of_return() -> None:
    last = DAY + timedelta(days=2)
    states = [absence_state(DAY, last, today=DAY + timedelta(days=number)) for number in (-1, 0, 1, 2)]
    assert states == ["ahead", "now", "now", "over"]
