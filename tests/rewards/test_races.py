"""C1, C5, C7: the last one, the same code, the same press: several at once on the real database."""

from __future__ import annotations

from flask import Flask

from engage import ledger, rewards
from engage.core import idempotency
from engage.core.errors import TooManyAttempts
from engage.rewards import desk
from tests.conftest import World
from tests.make import NOW
from tests.races import at_once
from tests.rewards.conftest import Shop


def test_c1_the_last_item_contested_by_several_people_goes_to_exactly_one(app: Flask, world: World, shop: Shop) -> None:
    people = (world.volunteer, world.neighbour, world.leader, world.desk, world.spouse, world.resident)
    for person in people:
        shop.points(100, actor=person)
    item = shop.item(quantity=1)
    answers = at_once(
        app, world.donghu.id, [lambda person=person: shop.reserve(item, actor=person) for person in people]
    )
    assert sum(isinstance(answer, int) for answer in answers) == 1
    assert sum(isinstance(answer, rewards.SoldOut) for answer in answers) == 5
    assert shop.stock(item) == (1, 1, 0)
    assert sum(shop.balance(actor=person)[1] for person in people) == 80
    assert ledger.verify() == []


def test_c2_one_member_with_points_for_three(app: Flask, world: World, shop: Shop) -> None:
    shop.points(35)
    item = shop.item(price=10, quantity=50)
    answers = at_once(app, world.donghu.id, [lambda: shop.reserve(item) for _phone in range(20)])
    assert sum(isinstance(answer, int) for answer in answers) == 3
    assert shop.stock(item) == (50, 3, 47)
    assert shop.balance() == (5, 30)


def test_c7_two_desks_confirm_one_code_at_once(app: Flask, world: World, shop: Shop) -> None:
    shop.points(100)
    item = shop.item(price=1, quantity=5)
    for _round in range(4):
        code = shop.code(shop.reserve(item))
        desks = (world.desk, world.clerk, world.secretary)
        answers = at_once(
            app,
            world.donghu.id,
            [
                lambda desk=desk, code=code: rewards.hand_out(code=code, actor=desk, key=idempotency.new_key(), now=NOW)
                for desk in desks
            ],
        )
        assert sum(isinstance(answer, rewards.HandOut) for answer in answers) == 1
        assert sum(isinstance(answer, rewards.AlreadyEnded) for answer in answers) == 2
    assert shop.stock(item) == (1, 0, 1)
    assert ledger.totals().spent == 4


def test_c5_the_same_key_from_several_phones_reserves_once(app: Flask, world: World, shop: Shop) -> None:
    shop.points(100)
    item, key = shop.item(price=10), idempotency.new_key()
    answers = at_once(app, world.donghu.id, [lambda: shop.reserve(item, key=key) for _phone in range(5)])
    assert len(set(answers)) == 1
    assert isinstance(answers[0], int)
    assert shop.stock(item) == (3, 1, 2)


def test_c5_the_same_press_from_several_phones_hands_out_once_and_all_are_told_so(
    app: Flask, world: World, shop: Shop
) -> None:
    shop.points(100)
    item, key = shop.item(price=10), idempotency.new_key()
    code = shop.code(shop.reserve(item))
    answers = at_once(app, world.donghu.id, [lambda: shop.hand_out(code, key=key) for _phone in range(4)])
    assert len(set(answers)) == 1
    assert isinstance(answers[0], rewards.HandOut)
    assert shop.stock(item) == (2, 0, 2)


def test_cancelling_and_handing_out_at_once_does_one_of_them(app: Flask, world: World, shop: Shop) -> None:
    shop.points(100)
    item = shop.item(price=10)
    mine = shop.reserve(item)
    code = shop.code(mine)
    at_once(
        app,
        world.donghu.id,
        [
            lambda: rewards.cancel_redemption(redemption_id=mine, actor=world.volunteer, now=NOW),
            lambda: shop.hand_out(code),
        ],
    )
    outcome = (shop.stock(item), shop.balance())
    assert outcome in [((3, 0, 3), (100, 0)), ((2, 0, 2), (90, 0))]
    assert ledger.verify() == []


def test_k11_guesses_at_once_are_counted_one_by_one(app: Flask, world: World, shop: Shop) -> None:
    guesses = [lambda code=f"{number:08d}": desk.look_up(code=code, actor=world.desk, now=NOW) for number in range(12)]
    answers = at_once(app, world.donghu.id, guesses)
    assert sum(isinstance(answer, rewards.UnknownCode) for answer in answers) == desk.PER_PERSON
    assert sum(isinstance(answer, TooManyAttempts) for answer in answers) == 12 - desk.PER_PERSON
