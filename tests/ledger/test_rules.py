"""The pure rules of the book."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.core import chain
from engage.ledger import rules
from engage.ledger.rules import LotView

LOTS = st.lists(
    st.builds(
        LotView,
        id=st.integers(1, 10**6),
        expires_on=st.dates(date(2026, 1, 1), date(2029, 1, 1)),
        remaining=st.integers(0, 500),
    ),
    unique_by=lambda lot: lot.id,
    max_size=12,
)


@pytest.mark.parametrize(
    ("earned", "last"),
    [
        (date(2026, 6, 12), date(2028, 6, 12)),
        (date(2024, 2, 29), date(2026, 2, 28)),
        (date(2026, 2, 28), date(2028, 2, 28)),
        (date(2026, 12, 31), date(2028, 12, 31)),
    ],
)
def test_points_are_good_for_two_years(earned: date, last: date) -> None:
    assert rules.expiry_of(earned) == last


@given(lots=LOTS, points=st.integers(1, 3000))
def test_lots_are_used_earliest_expiry_first(lots: list[LotView], points: int) -> None:
    held = sum(lot.remaining for lot in lots)
    if held < points:
        with pytest.raises(rules.NotEnoughPoints) as refused:
            rules.take_from(lots, points=points)
        assert refused.value.facts["missing"] == points - held
        return
    taken = rules.take_from(lots, points=points)
    assert sum(part for _lot, part in taken) == points
    by_id = {lot.id: lot for lot in lots}
    used = dict(taken)
    assert all(0 < part <= by_id[lot].remaining for lot, part in taken)
    latest = max((by_id[lot].expires_on, lot) for lot in used)
    assert all(used.get(lot.id, 0) == lot.remaining for lot in lots if (lot.expires_on, lot.id) < latest)


def test_a_reversal_takes_its_own_lot_first() -> None:
    lots = [
        LotView(id=1, expires_on=date(2027, 1, 1), remaining=10),
        LotView(id=2, expires_on=date(2028, 1, 1), remaining=10),
    ]
    assert rules.take_from(lots, points=12, first=2) == [(2, 10), (1, 2)]


@given(expires=st.dates(date(2026, 1, 1), date(2028, 1, 1)), today=st.dates(date(2026, 1, 1), date(2028, 1, 1)))
def test_grace_is_given_once_and_never_shortens(expires: date, today: date) -> None:
    until = rules.returned_expiry(expires_on=expires, today=today, had_grace=False)
    assert until >= expires
    assert (until == expires) == (expires >= today)
    assert expires >= today or until == today + timedelta(days=14)
    assert rules.returned_expiry(expires_on=expires, today=today, had_grace=True) == expires


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_is_the_same_number_on_every_database(moment: datetime) -> None:
    assert datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=chain.microseconds(moment)) == moment


def test_nobody_approves_for_themselves() -> None:
    with pytest.raises(rules.WrongApprover):
        rules.ensure_approver(actor_id=1, approver_id=2, person_id=2, second=False)
    with pytest.raises(rules.WrongApprover):
        rules.ensure_approver(actor_id=1, approver_id=None, person_id=2, second=False)
    with pytest.raises(rules.WrongApprover):
        rules.ensure_approver(actor_id=1, approver_id=1, person_id=2, second=True)
    rules.ensure_approver(actor_id=1, approver_id=1, person_id=2, second=False)


def test_fields_cannot_be_moved_into_one_another() -> None:
    one = chain.link(prev_hash=chain.GENESIS, leaf=rules.leaf_of(fields={"a": "1", "b": "2,3"}, transfers=[]))
    other = chain.link(prev_hash=chain.GENESIS, leaf=rules.leaf_of(fields={"a": "1,2", "b": "3"}, transfers=[]))
    assert one != other
    assert chain.fingerprint_of(one).count("-") == 3
