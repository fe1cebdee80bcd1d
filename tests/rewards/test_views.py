"""J4 on the pages: shelf, one thing, pass, desk, stock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import time_machine

from engage import ledger, rewards
from engage.core import idempotency
from tests.conftest import World
from tests.make import NOW
from tests.rewards.conftest import Shop

SignIn = Callable[..., Any]


def test_an_empty_shelf_says_so(world: World, sign_in: SignIn) -> None:
    assert "架上还没有东西" in sign_in(world.volunteer).get("/rewards").words


def test_the_shelf_says_what_is_left_and_what_is_missing(world: World, shop: Shop, sign_in: SignIn) -> None:
    shop.points(291)
    shop.item(name="大米5公斤", price=300)
    shop.item(name="洗衣液2升", price=80, quantity=12)
    shop.item(name="保温杯", price=180, quantity=0)
    browser = sign_in(world.volunteer)
    words = browser.get("/rewards").words
    assert "您有 291 分" in words
    assert "还差9分" in words
    assert "剩12瓶" in words
    assert "等到货" in words
    within = browser.get("/rewards?within=reach").words
    assert "大米" not in within
    assert "洗衣液" in within


def test_reserving_opens_a_pass_with_eight_digits(world: World, shop: Shop, sign_in: SignIn) -> None:
    shop.points(100)
    item = shop.item()
    browser = sign_in(world.volunteer)
    page = browser.get(f"/rewards/{item}")
    assert "用80分换" in page.words
    key = page.form("redemptions").select_one('[name="key"]')["value"]
    first = browser.post(f"/rewards/{item}/redemptions", data={"key": key})
    again = browser.post(f"/rewards/{item}/redemptions", data={"key": key})
    assert first.status_code == again.status_code == 303
    assert first.headers["Location"] == again.headers["Location"]
    opened = browser.get(first.headers["Location"])
    digits = rewards.code_of(redemption_id=int(first.headers["Location"].rsplit("/", 1)[1]))[1]
    assert digits in opened.words
    assert "文昌巷8号" in opened.words
    assert "6月19日 19:00" in opened.words
    assert opened.soup.select_one(".qr svg") is not None
    assert "待取" in browser.get("/redemptions").words


def test_too_few_points_show_no_button_and_the_post_is_refused(world: World, shop: Shop, sign_in: SignIn) -> None:
    shop.points(71)
    item = shop.item()
    browser = sign_in(world.volunteer)
    page = browser.get(f"/rewards/{item}")
    assert page.soup.select_one("main form") is None
    assert "还差9分" in page.words
    refused = browser.post(f"/rewards/{item}/redemptions", data={"key": "k"})
    assert refused.status_code == 422
    assert "还差9分" in refused.refusal


def test_cancelling_asks_first_and_gives_the_points_back(world: World, shop: Shop, sign_in: SignIn) -> None:
    shop.points(100)
    mine = shop.reserve(shop.item())
    browser = sign_in(world.volunteer)
    page = browser.get(f"/redemptions/{mine}")
    assert "退掉洗衣液2升，80分马上回到存折" in page.words
    assert browser.post(f"/redemptions/{mine}/cancellation").status_code == 303
    assert "80分已经退回存折" in browser.get(f"/redemptions/{mine}").words
    assert shop.balance() == (100, 0)


def test_other_people_s_passes_are_not_found(world: World, shop: Shop, sign_in: SignIn) -> None:
    shop.points(100)
    mine = shop.reserve(shop.item())
    for other in (world.neighbour, world.secretary, world.outsider):
        browser = sign_in(other)
        assert browser.get(f"/redemptions/{mine}").status_code == 404
        assert browser.post(f"/redemptions/{mine}/cancellation").status_code == 404
    assert shop.balance() == (20, 80)


def test_a_lapsed_pass_shows_no_code(world: World, shop: Shop, sign_in: SignIn) -> None:
    shop.points(100)
    mine = shop.reserve(shop.item())
    with time_machine.travel(NOW + timedelta(days=8), tick=False):
        page = sign_in(world.volunteer).get(f"/redemptions/{mine}")
        assert "过期了" in page.words
        assert page.soup.select_one(".pass-code") is None
        assert "您有 100 分" in sign_in(world.volunteer).get("/rewards").words


def test_the_desk_looks_up_hands_out_once_and_says_who_did(world: World, shop: Shop, sign_in: SignIn) -> None:
    shop.points(100)
    code = shop.code(shop.reserve(shop.item()))
    browser = sign_in(world.desk)
    assert browser.get("/desk").status_code == 200
    found = browser.post("/desk/pick-ups", data={"code": f"{code[:4]} {code[4:]}"})
    assert found.status_code == 200
    assert "周**" in found.words
    assert "周桂芳" not in found.text
    assert "洗衣液2升，1瓶" in found.words
    form = found.form("hand-outs")
    key = form.select_one('[name="key"]')["value"]
    given = browser.post("/desk/hand-outs", data={"code": code, "key": key})
    assert given.status_code == 200
    assert "发出去了" in given.words
    again = sign_in(world.clerk).post("/desk/hand-outs", data={"code": code, "key": idempotency.new_key()})
    assert again.status_code == 422
    assert "6月12日 19:00已经由唐美珍发出" in again.refusal
    looked = sign_in(world.clerk).post("/desk/pick-ups", data={"code": code})
    assert looked.status_code == 200
    assert "别再发" in looked.words
    assert ledger.totals().spent == 80


def test_a_wrong_code_is_refused_in_words_and_the_sixth_must_wait(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.desk)
    for number in range(5):
        answer = browser.post("/desk/pick-ups", data={"code": f"1234567{number}"})
        assert answer.status_code == 422
        assert "没有这个取货码" in answer.refusal
    assert browser.post("/desk/pick-ups", data={"code": "12345679"}).status_code == 429
    short = browser.post("/desk/pick-ups", data={"code": "123"})
    assert short.status_code == 422
    assert short.soup.select_one('input[name="code"][value="123"]') is not None


def test_the_desk_is_for_those_who_hand_out(world: World, sign_in: SignIn) -> None:
    for path in ("/desk", "/stock"):
        assert sign_in(world.volunteer).get(path).status_code == 403
    assert sign_in(world.desk).get("/stock").status_code == 403


def test_the_secretary_adds_an_item_and_counts_it(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.secretary)
    assert "架上还没有东西" in browser.get("/stock").words
    form = browser.get("/stock/new").form("/stock")
    key = form.select_one('[name="key"]')["value"]
    typed = {"name": "毛巾", "counter": "条", "picture": "towel", "price": "x", "quantity": "20", "per_person": ""}
    refused = browser.post("/stock", data={**typed, "key": key})
    assert refused.status_code == 422
    assert "每份多少分，写1到99999" in refused.words
    assert refused.soup.select_one('input[name="name"][value="毛巾"]') is not None
    made = browser.post("/stock", data={**typed, "price": "30", "key": key})
    assert made.status_code == 303
    address = made.headers["Location"]
    assert "账上20条" in browser.get(address).words
    counted = browser.post(f"{address}/counts", data={"counted": "19", "reason": "", "key": "a"})
    assert counted.status_code == 422
    assert "和账上差-1" in counted.words
    done = browser.post(f"{address}/counts", data={"counted": "19", "reason": "潮了一条", "key": "b"})
    assert done.status_code == 303
    more = browser.post(f"{address}/deliveries", data={"quantity": "5", "note": "街道送来", "key": "c"})
    assert more.status_code == 303
    page = browser.get(address)
    assert "账上24条" in page.words
    assert "潮了一条" in page.words
    assert browser.post(f"{address}/offer", data={"offered": "no"}).status_code == 303
    assert "下架" in browser.get("/stock").words
    assert sign_in(world.outsider).get(address).status_code == 404


def test_the_shelf_costs_the_same_however_much_is_on_it(
    world: World, shop: Shop, sign_in: SignIn, count_queries: Any
) -> None:
    browser = sign_in(world.volunteer)
    shop.points(50)
    shop.reserve(shop.item(name="东西", price=1))
    for path in ("/rewards", "/redemptions"):
        with count_queries() as few:
            assert browser.get(path).status_code == 200
        for number in range(8):
            shop.reserve(shop.item(name=f"{path}{number}", price=1))
        with count_queries() as many:
            assert browser.get(path).status_code == 200
        assert len(many) <= len(few) <= 14


def test_pages_speak_english(world: World, shop: Shop, sign_in: SignIn) -> None:
    shop.points(100)
    item = shop.item()
    mine = shop.reserve(item)
    browser = sign_in(world.secretary)
    browser.set_cookie("lang", "en")
    for path in ("/rewards", f"/rewards/{item}", "/desk", "/stock", "/stock/new", f"/stock/{item}"):
        assert browser.get(path).status_code == 200
    own = sign_in(world.volunteer)
    own.set_cookie("lang", "en")
    assert "Pick-up code" in own.get(f"/redemptions/{mine}").soup.title.get_text()
    assert own.get("/redemptions").status_code == 200
