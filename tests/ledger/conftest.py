"""Shorthands for moving points in tests."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest

from engage import ledger
from engage.core import clock
from engage.core.database import transaction
from engage.ledger import EntryReceipt
from tests.conftest import World
from tests.make import NOW


class Points:
    """Award, hold, release, spend, each in its own transaction."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.person_id = world.volunteer.person_id
        self.count = 0

    def award(
        self,
        points: int,
        *,
        on: date | None = None,
        source: str | None = None,
        now: datetime = NOW,
        person_id: int | None = None,
    ) -> EntryReceipt:
        self.count += 1
        with transaction():
            return ledger.post_award(
                person_id=person_id or self.person_id,
                points=points,
                source=source or f"test:{self.count}",
                memo="荷香苑夜巡",
                earned_on=on or clock.local_date(now),
                actor_id=self.world.secretary.person_id,
                approver_id=self.world.secretary.person_id,
                now=now,
            )

    def hold(self, points: int, source: str, *, now: datetime = NOW, person_id: int | None = None) -> EntryReceipt:
        with transaction():
            return ledger.hold(
                person_id=person_id or self.person_id,
                points=points,
                source=source,
                memo="换洗衣液2升",
                actor_id=None,
                now=now,
            )

    def release(self, source: str, *, now: datetime = NOW) -> EntryReceipt:
        with transaction():
            return ledger.release_hold(source=source, actor_id=None, now=now)

    def spend(self, source: str, *, now: datetime = NOW) -> EntryReceipt:
        with transaction():
            return ledger.spend_hold(source=source, memo="换洗衣液2升", actor_id=None, now=now)

    def reverse(self, entry_id: int, *, now: datetime = NOW) -> EntryReceipt:
        with transaction():
            return ledger.reverse(
                entry_id=entry_id,
                reason="重复签到",
                actor_id=self.world.clerk.person_id,
                approver_id=self.world.secretary.person_id,
                now=now,
            )

    def balance(self, *, now: datetime = NOW, person_id: int | None = None) -> tuple[int, int]:
        balance = ledger.balance_of(person_id=person_id or self.person_id, now=now)
        return balance.available, balance.held


@pytest.fixture
def points(world: World) -> Points:
    return Points(world)


@pytest.fixture
def later() -> Callable[[int], datetime]:
    return lambda days: NOW + timedelta(days=days)
