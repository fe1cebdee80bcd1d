"""From minutes to points."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.awards import rules
from engage.awards.rules import Earned, Terms, Version

TERMS = st.builds(
    Terms,
    quantum_minutes=st.integers(1, 120),
    unit_points=st.integers(1, 20),
    coefficients=st.fixed_dictionaries({"patrol": st.integers(0, 300)}),
    cap_activity=st.none() | st.integers(1, 60),
    cap_day=st.none() | st.integers(1, 80),
    cap_month=st.none() | st.integers(1, 200),
)


def points(terms: Terms, minutes: int, *, earned: Earned | None = None) -> int:
    return rules.compute(terms=terms, minutes=minutes, kind="patrol", earned=earned or Earned()).points


@given(terms=TERMS, pieces=st.lists(st.integers(0, 600), min_size=1, max_size=6))
def test_cutting_a_session_up_never_earns_more(terms: Terms, pieces: list[int]) -> None:
    whole = points(terms, sum(pieces))
    had = 0
    for piece in pieces:
        had += points(terms, piece, earned=Earned(activity=had, day=had, month=had))
    assert had <= whole


@given(terms=TERMS, sessions=st.lists(st.tuples(st.integers(0, 600), st.integers(0, 2)), max_size=8))
def test_no_order_of_approvals_exceeds_a_cap(terms: Terms, sessions: list[tuple[int, int]]) -> None:
    by_activity = [0, 0, 0]
    for minutes, activity in sessions:
        total = sum(by_activity)
        by_activity[activity] += points(
            terms, minutes, earned=Earned(activity=by_activity[activity], day=total, month=total)
        )
    assert all(terms.cap_activity is None or had <= terms.cap_activity for had in by_activity)
    assert terms.cap_day is None or sum(by_activity) <= terms.cap_day
    assert terms.cap_month is None or sum(by_activity) <= terms.cap_month


@given(terms=TERMS, minutes=st.integers(0, 10_000), had=st.integers(0, 300))
def test_caps_trim_and_say_which_one_did(terms: Terms, minutes: int, had: int) -> None:
    earned = Earned(activity=had, day=had, month=had)
    result = rules.compute(terms=terms, minutes=minutes, kind="patrol", earned=earned)
    free = rules.compute(
        terms=Terms(
            quantum_minutes=terms.quantum_minutes, unit_points=terms.unit_points, coefficients=terms.coefficients
        ),
        minutes=minutes,
        kind="patrol",
        earned=earned,
    )
    assert 0 <= result.points <= free.points
    assert (result.trimmed_by is None) == (result.points == free.points)
    assert result.steps[-1]["points"] == result.points


@given(terms=TERMS, minutes=st.integers(0, 10_000))
def test_points_are_rounded_once_and_downward(terms: Terms, minutes: int) -> None:
    percent = terms.coefficients["patrol"]
    uncapped = Terms(
        quantum_minutes=terms.quantum_minutes, unit_points=terms.unit_points, coefficients=terms.coefficients
    )
    exact = minutes // terms.quantum_minutes * terms.unit_points * percent
    assert points(uncapped, minutes) * 100 <= exact < (points(uncapped, minutes) + 1) * 100


def test_ninety_minutes_of_patrol_by_the_default_rule() -> None:
    result = rules.compute(terms=rules.DEFAULT_TERMS, minutes=95, kind="patrol", earned=Earned())
    assert (result.points, result.trimmed_by) == (15, None)
    service = rules.compute(terms=rules.DEFAULT_TERMS, minutes=95, kind="service", earned=Earned())
    assert service.points == 12


def version(number: int, valid_from: date) -> Version:
    return Version(id=number, code="service", version=number, valid_from=valid_from, terms=rules.DEFAULT_TERMS)


def test_the_day_of_service_decides_the_version() -> None:
    versions = [version(1, date(2026, 1, 1)), version(2, date(2026, 6, 1)), version(3, date(2026, 7, 1))]
    assert rules.in_force(versions, on=date(2026, 5, 31)).version == 1
    assert rules.in_force(versions, on=date(2026, 6, 1)).version == 2
    assert rules.in_force(versions, on=date(2026, 6, 30)).version == 2
    with pytest.raises(rules.NoRule):
        rules.in_force(versions, on=date(2025, 12, 31))


@given(ahead=st.integers(-400, 400), is_first=st.booleans())
def test_a_version_never_reaches_back(ahead: int, is_first: bool) -> None:  # noqa: FBT001
    today = date(2026, 6, 12)
    allowed = ahead > 0 or (ahead == 0 and is_first)
    try:
        rules.ensure_approvable(
            drafted_by=1, approver_id=2, valid_from=today + timedelta(days=ahead), today=today, is_first=is_first
        )
    except rules.BadRule:
        assert not allowed
    else:
        assert allowed


def test_nobody_approves_their_own_draft() -> None:
    with pytest.raises(rules.BadRule):
        rules.ensure_approvable(
            drafted_by=1, approver_id=1, valid_from=date(2027, 1, 1), today=date(2026, 1, 1), is_first=False
        )


@pytest.mark.parametrize(
    "terms",
    [
        Terms(quantum_minutes=0, unit_points=5),
        Terms(quantum_minutes=30, unit_points=0),
        Terms(quantum_minutes=30, unit_points=5, coefficients={"patrol": -1}),
        Terms(quantum_minutes=30, unit_points=5, cap_day=0),
    ],
)
def test_terms_that_make_no_sense_are_refused(terms: Terms) -> None:
    with pytest.raises(rules.BadRule):
        rules.ensure_terms(terms)
