"""The pure rules of the shop."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engage.rewards import rules
from engage.rewards.rules import State

NOON = datetime(2026, 6, 12, 4, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["47298035", "4729 8035", "4729-8035", " ４７２９　８０３５ "])
def test_a_code_is_read_however_it_was_typed(typed: str) -> None:
    assert rules.digits_of(typed) == "47298035"


@pytest.mark.parametrize("typed", ["", "4729803", "472980355", "4729 803x", "http://x/47298035"])
def test_what_cannot_be_a_code_is_refused_before_it_is_looked_up(typed: str) -> None:
    with pytest.raises(rules.UnknownCode):
        rules.digits_of(typed)


def test_a_reservation_lapses_by_the_clock() -> None:
    until = NOON + rules.WAITS
    just_before = until - timedelta(seconds=1)
    assert rules.state_at(state="reserved", expires_at=until, now=just_before) is State.RESERVED
    assert rules.state_at(state="reserved", expires_at=until, now=until) is State.LAPSED
    assert rules.state_at(state="collected", expires_at=until, now=until) is State.COLLECTED


def test_what_may_be_reserved() -> None:
    rules.ensure_reservable(offered=True, left=1, had=0, per_person=None)
    rules.ensure_reservable(offered=True, left=1, had=1, per_person=2)
    with pytest.raises(rules.NotOffered):
        rules.ensure_reservable(offered=False, left=1, had=0, per_person=None)
    with pytest.raises(rules.SoldOut):
        rules.ensure_reservable(offered=True, left=0, had=0, per_person=None)
    with pytest.raises(rules.LimitReached):
        rules.ensure_reservable(offered=True, left=1, had=2, per_person=2)
