"""Two merges, or a merge and something else, at the same moment."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import func, select

from engage import ledger
from engage.activities.queries import ShiftCard
from engage.core.database import db
from engage.core.errors import DomainError
from engage.merging.models import PersonMerge
from engage.merging.rules import MergeRefused
from tests.awards.conftest import MORNING, attended
from tests.awards.conftest import patrol as patrol
from tests.awards.conftest import rule as rule
from tests.conftest import World
from tests.merging.conftest import Pair, approve, available, merged, pay
from tests.races import race
from tests.rewards.conftest import Shop


def test_two_secretaries_merge_each_into_the_other_at_once(app: Flask, world: World, pair: Pair) -> None:
    pay(pair.kept, 30, source="a")
    pay(pair.gone, 20, source="b")
    there, back = pair, Pair(kept=pair.gone, gone=pair.kept)
    got = race(
        app,
        world.donghu.id,
        lambda number: merged((there, back)[number % 2], world, by=(world.clerk, world.secretary)[number % 2]),
        racers=2,
    )
    assert sorted(isinstance(one, MergeRefused) for one in got) == [False, True], got
    assert db.session.scalar(select(func.count(PersonMerge.id))) == 1
    assert available(pair.kept) + available(pair.gone) == 50
    assert ledger.verify() == []


def test_a_reservation_and_a_merge_at_once_lose_no_points(app: Flask, world: World, pair: Pair) -> None:
    shop = Shop(world)
    item = shop.item(price=80)
    shop.points(100, actor=pair.gone)
    acts = (lambda: merged(pair, world), lambda: shop.reserve(item, actor=pair.gone))
    got = race(app, world.donghu.id, lambda number: acts[number](), racers=2)
    assert len([one for one in got if isinstance(one, DomainError)]) == 1, got
    balances = [ledger.balance_of(person_id=one.person_id) for one in (pair.kept, pair.gone)]
    assert sum(one.total for one in balances) == 100
    assert ledger.verify() == []


def test_an_approval_and_a_merge_at_once_pay_once(
    app: Flask, world: World, pair: Pair, patrol: ShiftCard, rule: int
) -> None:
    first, second = attended(patrol, pair.kept), attended(patrol, pair.gone)
    approve(first, by=world.clerk)
    paid = available(pair.kept)
    acts = (
        lambda: merged(pair, world, now=MORNING),
        lambda: approve(second, by=world.secretary),
    )
    got = race(app, world.donghu.id, lambda number: acts[number](), racers=2)
    if isinstance(got[0], MergeRefused):  # the approval came between looking and confirming: look again
        merged(pair, world, now=MORNING)
    assert available(pair.kept) == paid
    assert available(pair.gone) == 0
    assert ledger.verify() == []
