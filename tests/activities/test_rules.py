"""The rules of joining and planning."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.activities import rules
from engage.activities.rules import SHANGHAI
from tests.activities.conftest import make_plan

pytestmark = pytest.mark.rules
NOON = datetime(2026, 6, 12, 12, 0, tzinfo=SHANGHAI)


def test_a_weekly_plan_keeps_its_wall_time() -> None:
    pairs = rules.dates_of(make_plan(weeks=3))
    assert [start.date() for start, _ in pairs] == [date(2026, 6, 12), date(2026, 6, 19), date(2026, 6, 26)]
    assert {(start.time(), end.time()) for start, end in pairs} == {(time(20, 0), time(21, 30))}


def test_an_end_before_the_start_is_the_next_morning() -> None:
    ((start, end),) = rules.dates_of(make_plan(starts=time(22, 0), ends=time(1, 0)))
    assert (end - start).total_seconds() == 3 * 3600


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"title": ""}, "title"),
        ({"place": ""}, "place"),
        ({"capacity": 0}, "capacity"),
        ({"capacity": 301}, "capacity"),
        ({"insurance": ""}, "insurance"),
        ({"starts": time(8, 0), "ends": time(21, 0)}, "ends"),
        ({"day": date(2026, 6, 11)}, "day"),
        ({"weeks": 27}, "weeks"),
        ({"weeks": 0}, "weeks"),
    ],
)
def test_a_plan_that_cannot_be_carried_out_names_its_field(facts: dict[str, object], field: str) -> None:
    with pytest.raises(rules.PlanRefused) as refusal:
        rules.ensure_plan(make_plan(**facts), now=NOON)
    assert refusal.value.field == field


def test_only_a_patrol_needs_insurance() -> None:
    rules.ensure_plan(make_plan(kind=rules.Kind.SERVICE, insurance=""), now=NOON)


@pytest.mark.parametrize(
    ("kind", "ends", "birth_year", "refused"),
    [
        ("patrol", time(21, 1), 2009, True),
        ("patrol", time(21, 0), 2009, False),
        ("patrol", time(0, 30), 2009, True),
        ("patrol", time(23, 0), 2008, True),  # turns 18 some day this year: not known to be 18 yet
        ("patrol", time(23, 0), 2007, False),
        ("patrol", time(23, 0), None, False),
        ("service", time(23, 0), 2010, False),
    ],
)
def test_minors_patrol_no_later_than_nine(*, kind: str, ends: time, birth_year: int | None, refused: bool) -> None:
    ((start, end),) = rules.dates_of(make_plan(ends=ends))
    facts = {"kind": kind, "starts_at": start, "ends_at": end, "cancelled": False, "birth_year": birth_year}
    if refused:
        with pytest.raises(rules.JoinRefused):
            rules.ensure_can_join(**facts, now=NOON)  # type: ignore[arg-type]
    else:
        rules.ensure_can_join(**facts, now=NOON)  # type: ignore[arg-type]


def test_a_shift_is_open_until_its_end_and_not_a_moment_longer() -> None:
    ((start, end),) = rules.dates_of(make_plan())
    facts = {"kind": "service", "starts_at": start, "ends_at": end, "birth_year": None}
    rules.ensure_can_join(**facts, cancelled=False, now=end.replace(minute=29, second=59))  # type: ignore[arg-type]
    for cancelled, now in ((False, end), (True, NOON)):
        with pytest.raises(rules.JoinRefused):
            rules.ensure_can_join(**facts, cancelled=cancelled, now=now)  # type: ignore[arg-type]


@given(
    waiting=st.lists(st.integers(1, 400), unique=True).map(lambda numbers: [(n, 1000 + n) for n in numbers]),
    free=st.integers(-3, 20),
)
def test_the_line_moves_up_in_order_and_never_beyond_the_places(waiting: list[tuple[int, int]], free: int) -> None:
    moved = rules.next_in_line(waiting, free=free)
    assert len(moved) == min(max(free, 0), len(waiting))
    assert moved == sorted(moved)
    assert all(person in {p for _, p in waiting} for person in moved)
    left = {p for _, p in waiting} - set(moved)
    assert not moved or not left or max(moved) < min(left)
