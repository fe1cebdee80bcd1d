"""C16: whatever order points come, are kept, are spent, go back and are corrected in, the invariants hold.

Invariants 1-4 of service-points §6: both legs, lots = balance, nobody below zero, every cause once.
"""

# ruff: noqa: ARG002 - every act takes the same two numbers, whether it needs them or not
from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engage import ledger
from engage.core.database import db
from engage.core.errors import DomainError
from engage.ledger import rules
from tests.conftest import World
from tests.ledger.conftest import Points
from tests.make import NOW

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["award", "award", "hold", "hold", "release", "spend", "reverse", "expire", "again", "wait"]),
        st.integers(1, 60),
        st.integers(0, 7),
    ),
    min_size=3,
    max_size=14,
)


class Story:
    """The same acts on a simple model: lots as a list, holds as what they took."""

    def __init__(self, points: Points, person_id: int) -> None:
        self.points = points
        self.person_id = person_id
        self.now: datetime = NOW
        self.entries: list[int] = []
        self.holds: list[str] = []
        self.count = 0

    def act(self, verb: str, amount: int, pick: int) -> None:
        self.count += 1
        getattr(self, verb)(amount, pick)

    def award(self, amount: int, pick: int) -> None:
        on = date(2024, 6, 20) if pick < 3 else date(2026, 6, 1)
        source = f"story:{self.person_id}:{self.count}"
        receipt = self.points.award(amount, on=on, source=source, now=self.now, person_id=self.person_id)
        assert self.points.award(amount, on=on, source=source, now=self.now, person_id=self.person_id) == receipt
        self.entries.append(receipt.entry_id)

    def hold(self, amount: int, pick: int) -> None:
        source = f"story-hold:{self.person_id}:{self.count}"
        before = self.points.balance(now=self.now, person_id=self.person_id)
        self.points.hold(amount, source, now=self.now, person_id=self.person_id)
        after = self.points.balance(now=self.now, person_id=self.person_id)
        assert after == (before[0] - amount, before[1] + amount)
        self.holds.append(source)

    def release(self, amount: int, pick: int) -> None:
        if self.holds:
            self.points.release(self.holds[pick % len(self.holds)], now=self.now)

    def spend(self, amount: int, pick: int) -> None:
        if self.holds:
            self.entries.append(self.points.spend(self.holds[pick % len(self.holds)], now=self.now).entry_id)

    def reverse(self, amount: int, pick: int) -> None:
        if self.entries:
            entry_id = self.entries[pick % len(self.entries)]
            self.points.reverse(entry_id, now=self.now)
            with pytest.raises(rules.AlreadyReversed):
                self.points.reverse(entry_id, now=self.now)

    def expire(self, amount: int, pick: int) -> None:
        ledger.expire_points(now=self.now)
        assert ledger.expire_points(now=self.now) == 0

    def again(self, amount: int, pick: int) -> None:
        """A phone sends the last hold again."""
        if self.holds:
            before = ledger.head()
            self.points.hold(amount, self.holds[-1], now=self.now, person_id=self.person_id)
            assert ledger.head() == before

    def wait(self, amount: int, pick: int) -> None:
        self.now += timedelta(days=pick)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(programs=st.tuples(STEPS, STEPS))
def test_any_program_of_acts_keeps_the_invariants(world: World, points: Points, programs: tuple[list, list]) -> None:
    stories = [Story(points, world.volunteer.person_id), Story(points, world.neighbour.person_id)]
    offset = ledger.head().seq * 100
    for story, program in zip(stories, programs, strict=True):
        story.count = offset
        for step in program:
            # Refused acts must leave no trace; the verifier below would find one.
            try:
                story.act(*step)
            except DomainError:
                db.session.rollback()
            balance = ledger.balance_of(person_id=story.person_id, now=story.now)
            assert balance.available >= 0
            assert balance.held >= 0
    assert ledger.verify() == []
    totals = ledger.totals()
    assert totals.issued == totals.spent + totals.expired + totals.outstanding
