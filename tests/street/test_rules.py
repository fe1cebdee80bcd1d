"""What the street may be told."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.street.rules import FEWEST_PERSONS, month_of, publishable, total


@given(st.integers(0, 10**6), st.integers(0, 50))
def test_a_figure_about_one_to_four_persons_is_withheld(figure: int, persons: int) -> None:
    assert (publishable(figure, persons=persons) is None) == (0 < persons < FEWEST_PERSONS)


@given(st.lists(st.integers(0, 100) | st.none(), max_size=20))
def test_a_sum_never_gives_away_the_one_withheld_figure(figures: list[int | None]) -> None:
    if figures.count(None) == 1:
        assert total(figures) is None
    else:
        assert total(figures) == sum(figure or 0 for figure in figures)


@pytest.mark.parametrize(
    ("today", "month"),
    [
        (date(2026, 6, 12), (date(2026, 6, 1), date(2026, 7, 1))),
        (date(2026, 12, 31), (date(2026, 12, 1), date(2027, 1, 1))),
        (date(2028, 2, 29), (date(2028, 2, 1), date(2028, 3, 1))),
    ],
)
def test_a_month_is_half_open(today: date, month: tuple[date, date]) -> None:
    assert month_of(today) == month
