"""Six digits, locks and how long things hold; pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.people import rules_sign_in as rules
from engage.people.rules_sign_in import WeakPin

NOW = datetime(2026, 6, 12, 11, tzinfo=UTC)


def ensure(pin: str, *, birth_year: int | None = 1955, phone: str | None = "13800000621", member_no: int = 4) -> str:
    return rules.ensure_pin(pin, birth_year=birth_year, phone=phone, member_no=member_no)


@pytest.mark.parametrize(
    "pin",
    [
        *("000000", "111111", "123456", "654321", "234567", "890123", "246802", "121212", "123123", "112211", "520131"),
        *(
            "195503",
            "031955",
            "550312",
            "120355",
            "000621",
            "380000",
            "000004",
            "12345",
            "1234567",
            "12345a",
            "",
            "一二",
        ),
    ],
)
def test_what_others_would_try_first_is_refused_kindly(pin: str) -> None:
    with pytest.raises(WeakPin) as refused:
        ensure(pin)
    assert refused.value.field == "pin"


@pytest.mark.parametrize("pin", ["730482", " 73 04 82 ", "７３０４８２"])
def test_ordinary_digits_are_taken_however_they_are_typed(pin: str) -> None:
    assert ensure(pin) == "730482"


@given(st.integers(1930, 2012), st.integers(1, 12), st.integers(1, 28))
def test_no_way_of_writing_ones_birthday_gets_through(year: int, month: int, day: int) -> None:
    for pin in (f"{year}{month:02d}", f"{month:02d}{year}", f"{year % 100:02d}{month:02d}{day:02d}"):
        with pytest.raises(WeakPin):
            ensure(pin, birth_year=year)


def test_few_of_a_million_are_refused() -> None:
    refused = 0
    for number in range(0, 1_000_000, 97):
        try:
            ensure(f"{number:06d}")
        except WeakPin:
            refused += 1
    assert refused / (1_000_000 / 97) < 0.02


@pytest.mark.parametrize(("minutes", "holds"), [(0, True), (9, True), (10, False), (11, False), (-1, False)])
def test_a_confirmation_holds_ten_minutes(minutes: int, holds: bool) -> None:  # noqa: FBT001
    assert rules.is_confirmed(NOW, now=NOW + timedelta(minutes=minutes)) is holds


def test_nobody_ever_confirmed_is_not_confirmed() -> None:
    assert not rules.is_confirmed(None, now=NOW)


def test_a_phone_is_remembered_from_its_last_use_and_a_shared_browser_is_not() -> None:
    day = timedelta(days=1)
    assert not rules.is_over(shared=False, signed_in_at=NOW - 900 * day, seen_at=NOW - 179 * day, now=NOW)
    assert rules.is_over(shared=False, signed_in_at=NOW - 900 * day, seen_at=NOW - 180 * day, now=NOW)
    minute = timedelta(minutes=1)
    assert not rules.is_over(shared=True, signed_in_at=NOW - 60 * minute, seen_at=NOW - 29 * minute, now=NOW)
    assert rules.is_over(shared=True, signed_in_at=NOW - 60 * minute, seen_at=NOW - 30 * minute, now=NOW)
    assert rules.is_over(shared=True, signed_in_at=NOW - 720 * minute, seen_at=NOW, now=NOW)


def test_a_device_locks_when_told_to_or_when_idle_with_a_pin() -> None:
    long_ago = NOW - timedelta(hours=12)
    assert rules.is_locked(locked_at=NOW, has_pin=False, seen_at=NOW, now=NOW)
    assert rules.is_locked(locked_at=None, has_pin=True, seen_at=long_ago, now=NOW)
    assert not rules.is_locked(locked_at=None, has_pin=False, seen_at=long_ago, now=NOW)
    assert not rules.is_locked(locked_at=None, has_pin=True, seen_at=long_ago + timedelta(seconds=1), now=NOW)
