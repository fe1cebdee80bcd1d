"""J4: reserve, hand out once, cancel, lapse; goods and points move together or not at all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from engage import ledger, rewards
from engage.core import idempotency, tenancy
from engage.core.database import db, transaction
from engage.core.errors import Conflict, NotFound, TooManyAttempts
from engage.rewards import desk
from engage.rewards.models import Item, Redemption, StockMove
from tests.conftest import World
from tests.make import NOW
from tests.rewards.conftest import Shop


def books_agree() -> None:
    """Invariant 5: the shelf is the sum of its moves, and what waits is what is reserved."""
    for item in db.session.scalars(select(Item)).all():
        moved = db.session.scalar(select(func.sum(StockMove.quantity)).where(StockMove.item_id == item.id)) or 0
        waiting = db.session.scalar(
            select(func.count(Redemption.id)).where(Redemption.item_id == item.id, Redemption.state == "reserved")
        )
        assert (item.on_hand, item.reserved) == (moved, waiting)
    assert ledger.verify() == []


def test_reserving_keeps_goods_and_points(shop: Shop) -> None:
    item = shop.item()
    shop.points(100)
    shop.reserve(item)
    assert shop.balance() == (20, 80)
    assert shop.stock(item) == (3, 1, 2)
    books_agree()


def test_a_phone_that_sends_twice_reserves_once(shop: Shop) -> None:
    item = shop.item()
    shop.points(200)
    key = idempotency.new_key()
    assert shop.reserve(item, key=key) == shop.reserve(item, key=key)
    assert shop.stock(item) == (3, 1, 2)
    with pytest.raises(Conflict):
        shop.reserve(shop.item(name="毛巾"), key=key)
    books_agree()


def test_too_few_points_leave_everything_as_it_was(shop: Shop) -> None:
    item = shop.item()
    shop.points(71)
    with pytest.raises(ledger.NotEnoughPoints) as refused:
        shop.reserve(item)
    assert "还差9分" in str(refused.value)
    assert shop.stock(item) == (3, 0, 3)
    assert shop.balance() == (71, 0)


def test_a_thing_of_another_community_is_not_found(shop: Shop, world: World) -> None:
    item = shop.item()
    with tenancy.scoped(world.liyuan.id), pytest.raises(NotFound):
        shop.reserve(item, actor=world.outsider)


def test_one_person_may_not_take_more_than_the_limit(shop: Shop) -> None:
    item = shop.item(price=10, per_person=1)
    shop.points(100)
    first = shop.reserve(item)
    with pytest.raises(rewards.LimitReached):
        shop.reserve(item)
    rewards.cancel_redemption(redemption_id=first, actor=shop.world.volunteer, now=NOW)
    shop.reserve(item)


def test_cancelling_gives_the_exact_lots_and_the_thing_back_once(shop: Shop) -> None:
    item = shop.item()
    shop.points(100)
    mine = shop.reserve(item)
    for _twice in range(2):
        rewards.cancel_redemption(redemption_id=mine, actor=shop.world.volunteer, now=NOW)
    assert shop.balance() == (100, 0)
    assert shop.stock(item) == (3, 0, 3)
    with pytest.raises(rewards.AlreadyEnded):
        shop.hand_out(shop.code(mine))
    books_agree()


def test_only_the_owner_cancels(shop: Shop, world: World) -> None:
    shop.points(100)
    mine = shop.reserve(shop.item())
    with pytest.raises(NotFound):
        rewards.cancel_redemption(redemption_id=mine, actor=world.neighbour, now=NOW)


def test_c7_a_code_is_handed_out_once_and_the_second_desk_is_told_when_and_by_whom(shop: Shop, world: World) -> None:
    item = shop.item()
    shop.points(100)
    mine = shop.reserve(item)
    given = shop.hand_out(shop.code(mine))
    assert (given.surname, given.item_name) == ("周**", "洗衣液2升")
    with pytest.raises(rewards.AlreadyEnded) as refused:
        rewards.hand_out(
            code=shop.code(mine), actor=world.clerk, key=idempotency.new_key(), now=NOW + timedelta(minutes=2)
        )
    assert refused.value.facts == {"when": "6月12日 19:00", "name": "唐美珍"}
    with pytest.raises(rewards.AlreadyEnded):
        rewards.cancel_redemption(redemption_id=mine, actor=world.volunteer, now=NOW)
    assert shop.stock(item) == (2, 0, 2)
    assert shop.balance() == (20, 0)
    assert ledger.totals().spent == 80
    books_agree()


def test_the_same_press_twice_at_the_desk_is_one_hand_out(shop: Shop) -> None:
    item = shop.item()
    shop.points(100)
    code, key = shop.code(shop.reserve(item)), idempotency.new_key()
    assert shop.hand_out(code, key=key) == shop.hand_out(code, key=key)
    assert shop.stock(item) == (2, 0, 2)


def test_a_reservation_lapses_by_the_clock_and_frees_goods_and_points(shop: Shop, world: World) -> None:
    item = shop.item(quantity=1)
    shop.points(100)
    shop.points(100, actor=world.neighbour)
    mine = shop.reserve(item)
    late = NOW + timedelta(days=7)
    assert shop.stock(item, now=late) == (1, 0, 1)
    with pytest.raises(rewards.AlreadyEnded):
        shop.hand_out(shop.code(mine), now=late)
    with pytest.raises(rewards.SoldOut):
        shop.reserve(item, actor=world.neighbour, now=late - timedelta(seconds=1))
    shop.reserve(item, actor=world.neighbour, now=late)
    assert shop.balance() == (100, 0)
    assert rewards.let_lapse(now=late) == 0
    books_agree()


def test_own_lapsed_points_can_be_used_at_once(shop: Shop) -> None:
    item, other = shop.item(), shop.item(name="毛巾", price=90)
    shop.points(100)
    shop.reserve(item)
    late = NOW + timedelta(days=8)
    shop.reserve(other, now=late)
    assert shop.balance() == (10, 90)
    books_agree()


def test_the_job_writes_down_what_has_lapsed(shop: Shop) -> None:
    item = shop.item()
    shop.points(100)
    shop.reserve(item)
    assert rewards.let_lapse(now=NOW) == 0
    assert rewards.let_lapse(now=NOW + timedelta(days=7)) == 1
    assert shop.balance() == (100, 0)
    books_agree()


def test_codes_are_eight_digits_not_stored_and_all_different(shop: Shop) -> None:
    item = shop.item(price=1, quantity=30)
    shop.points(30)
    codes = {shop.code(shop.reserve(item)) for _number in range(20)}
    assert len(codes) == 20
    assert all(len(code) == 8 and code.isdigit() for code in codes)
    stored = str(db.session.execute(text("SELECT * FROM redemption")).all())
    assert not any(code in stored for code in codes)


def test_k11_wrong_codes_are_counted_in_the_database(shop: Shop, world: World) -> None:
    for number in range(5):
        with pytest.raises(rewards.UnknownCode):
            desk.look_up(code=f"0000000{number}", actor=world.desk, now=NOW)
    with pytest.raises(TooManyAttempts):
        desk.look_up(code="00000009", actor=world.desk, now=NOW)
    with pytest.raises(rewards.UnknownCode):
        desk.look_up(code="00000009", actor=world.clerk, now=NOW)


def test_k11_all_desks_together_get_twenty_guesses_an_hour(shop: Shop, world: World) -> None:
    evaluated = 0
    for number in range(60):
        actor = (world.desk, world.clerk, world.secretary, world.leader, world.neighbour, world.spouse)[number % 6]
        try:
            rewards.hand_out(code=f"{number:08d}", actor=actor, key=idempotency.new_key(), now=NOW)
        except rewards.UnknownCode:
            evaluated += 1
        except TooManyAttempts:
            pass
    assert evaluated == 20


def test_right_codes_use_no_attempts_up(shop: Shop, world: World) -> None:
    item = shop.item(price=1, quantity=30)
    shop.points(30)
    for _number in range(7):
        code = shop.code(shop.reserve(item))
        desk.look_up(code=code, actor=world.desk, now=NOW)
        rewards.hand_out(code=code, actor=world.desk, key=idempotency.new_key(), now=NOW)
    assert shop.stock(item) == (23, 0, 23)


def test_k11_a_press_repeated_after_the_tries_are_used_up_still_gets_its_answer(shop: Shop, world: World) -> None:
    """The phone at the desk lost the first answer; wrong codes typed meanwhile must not hide what was handed out."""
    shop.points(10)
    code, key = shop.code(shop.reserve(shop.item(price=1))), idempotency.new_key()
    given = rewards.hand_out(code=code, actor=world.desk, key=key, now=NOW)
    for number in range(5):
        with pytest.raises(rewards.UnknownCode):
            desk.look_up(code=f"0000000{number}", actor=world.desk, now=NOW)
    assert rewards.hand_out(code=code, actor=world.desk, key=key, now=NOW) == given


def test_stock_is_counted_with_a_reason_and_never_below_what_waits(shop: Shop, world: World) -> None:
    item = shop.item()
    shop.points(100)
    shop.reserve(item)
    key = idempotency.new_key()
    with pytest.raises(rewards.stock.BadItem):
        rewards.count_stock(item_id=item, counted=0, note="x", actor=world.secretary, key=key, now=NOW)
    with pytest.raises(rewards.stock.BadItem):
        rewards.count_stock(item_id=item, counted=2, note="", actor=world.secretary, key=key, now=NOW)
    for _twice in range(2):
        difference = rewards.count_stock(
            item_id=item, counted=2, note="破了一瓶", actor=world.secretary, key=key, now=NOW
        )
        assert difference == -1
    assert shop.stock(item) == (2, 1, 1)
    books_agree()


def test_a_delivery_is_booked_once(shop: Shop, world: World) -> None:
    item, key = shop.item(), idempotency.new_key()
    for _twice in range(2):
        rewards.receive_goods(item_id=item, quantity=5, note="", actor=world.secretary, key=key, now=NOW)
    assert shop.stock(item) == (8, 0, 8)
    books_agree()


def test_the_stock_book_is_append_only(shop: Shop) -> None:
    shop.item()
    for statement in ("UPDATE stock_move SET quantity = 99", "DELETE FROM stock_move"):
        with pytest.raises(DatabaseError), transaction() as session:
            session.execute(text(statement))
