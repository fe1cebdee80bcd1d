"""A shelf with something on it, and somebody with points."""

from __future__ import annotations

from datetime import datetime

import pytest

from engage import ledger, rewards
from engage.core import clock, idempotency
from engage.core.access import Actor
from engage.core.database import transaction
from tests.conftest import World
from tests.make import NOW


class Shop:
    """Short ways to fill the shelf and people's passbooks."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.count = 0

    def item(
        self, *, name: str = "洗衣液2升", price: int = 80, quantity: int = 3, per_person: int | None = None
    ) -> int:
        return rewards.add_item(
            name=name,
            counter="瓶",
            picture="soap",
            price=price,
            quantity=quantity,
            per_person=per_person,
            actor=self.world.secretary,
            key=idempotency.new_key(),
            now=NOW,
        )

    def points(self, points: int, *, actor: Actor | None = None) -> None:
        self.count += 1
        with transaction():
            ledger.post_award(
                person_id=(actor or self.world.volunteer).person_id,
                points=points,
                source=f"shop:{self.count}",
                memo="荷香苑夜巡",
                earned_on=clock.local_date(NOW),
                actor_id=self.world.clerk.person_id,
                approver_id=self.world.clerk.person_id,
                now=NOW,
            )

    def reserve(self, item_id: int, *, actor: Actor | None = None, key: str | None = None, now: datetime = NOW) -> int:
        return rewards.reserve(
            item_id=item_id, actor=actor or self.world.volunteer, key=key or idempotency.new_key(), now=now
        )

    def code(self, redemption_id: int) -> str:
        return rewards.code_of(redemption_id=redemption_id)[0]

    def hand_out(self, code: str, *, key: str | None = None, now: datetime = NOW) -> rewards.HandOut:
        return rewards.hand_out(code=code, actor=self.world.desk, key=key or idempotency.new_key(), now=now)

    def balance(self, *, actor: Actor | None = None) -> tuple[int, int]:
        balance = ledger.balance_of(person_id=(actor or self.world.volunteer).person_id, now=NOW)
        return balance.available, balance.held

    def stock(self, item_id: int, *, now: datetime | None = None) -> tuple[int, int, int]:
        item = rewards.get_item(item_id=item_id, now=now)
        return item.on_hand, item.reserved, item.left


@pytest.fixture
def shop(world: World) -> Shop:
    return Shop(world)
