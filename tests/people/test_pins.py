"""Six digits on a device one came in on before: trust W14, W15, row 46."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from engage import people
from engage.core.access import Actor
from engage.core.database import db
from engage.people import passwords
from engage.people.models import Device
from tests.client import CheckingClient
from tests.conftest import World
from tests.databases import make_app
from tests.make import NOW
from tests.people.conftest import PASSWORD, enter

Give = Callable[..., Actor]
PIN = "730482"


@pytest.fixture
def hers(world: World, sign_in: Any, with_password: Give) -> CheckingClient:
    """The volunteer's own phone, with six digits."""
    with_password(world.volunteer)
    browser: CheckingClient = sign_in(world.volunteer)
    page = browser.get("/me/pin", expect=200)
    browser.submit(page.form("/me/pin"), expect=303, pin=PIN, again="７３０ ４８２")
    return browser


@pytest.fixture
def next_morning() -> Iterator[None]:
    """Twelve hours later."""
    with time_machine.travel(NOW + timedelta(hours=12), tick=False):
        yield


def ten_minutes_on() -> time_machine.travel:
    return time_machine.travel(NOW + timedelta(minutes=10), tick=False)


def test_six_digits_confirm_an_act_on_ones_own_device(world: World, hers: CheckingClient) -> None:
    with ten_minutes_on():
        asked = hers.get("/me/pin", expect=422)
        hers.submit(asked.form("/me/confirmations"), expect=303, confirm_pin=PIN)
        hers.get("/me/pin", expect=200)


def test_they_are_worth_nothing_on_another_device(world: World, hers: CheckingClient, sign_in: Any) -> None:
    other = sign_in(world.volunteer)
    with ten_minutes_on():
        assert "confirm_pin" not in other.get("/me/pin", expect=422).text
        other.post("/me/confirmations", data={"confirm_pin": PIN}, expect=422)
        other.get("/me/pin", expect=422)


def test_the_database_alone_does_not_give_them_away(world: World, hers: CheckingClient) -> None:
    """A million possibilities are soon tried: the hash is keyed with what the database does not hold."""
    kept = db.session.scalar(select(Device.pin_hash).where(Device.pin_hash.is_not(None)))
    assert kept is not None
    assert kept.startswith("$argon2id$")
    assert not passwords.matches(kept, PIN)


def test_after_twelve_hours_a_device_with_digits_asks_for_them_before_anything(
    hers: CheckingClient, next_morning: None
) -> None:
    assert hers.get("/points", expect=303).headers["Location"] == "/unlock?next=/points"
    assert hers.get("/sign-in?next=/points", expect=303).headers["Location"] == "/unlock?next=/points"
    page = hers.get("/unlock?next=/points", expect=200)
    opened = hers.submit(page.form("/unlock"), expect=303, confirm_pin=PIN)
    assert opened.headers["Location"] == "/points"
    hers.get("/points", expect=200)
    hers.get("/me/pin", expect=200)  # and that was a confirmation


def test_w14_five_wrong_tries_then_only_the_password_also_after_a_restart_and_in_another_worker(
    hers: CheckingClient, next_morning: None, app: Flask, tmp_path: Any, world: World
) -> None:
    wrong = {"confirm_pin": "999990"}
    for left in (4, 3):
        assert f"还能试{left}次" in hers.post("/unlock", data=wrong, expect=422).refusal
    again = make_app(database_url=app.config["SQLALCHEMY_DATABASE_URI"], data_dir=tmp_path)
    worker = CheckingClient(again, again.response_class, use_cookies=True)
    cookie = hers.get_cookie(people.COOKIE)
    assert cookie is not None
    worker.set_cookie(people.COOKIE, cookie.value)
    for _ in range(3):
        worker.post("/unlock", data=wrong, expect=422)
    for browser in (hers, worker):
        refused = browser.post("/unlock", data={"confirm_pin": PIN}, expect=422)
        assert "请用密码" in refused.refusal
        assert not refused.soup.select("[name=confirm_pin]")
    hers.post("/unlock", data={"confirm_password": PASSWORD}, expect=303)
    hers.get("/me", expect=200)
    with again.app_context():
        db.engine.dispose()


def test_the_right_password_gives_the_tries_back_and_so_do_the_right_digits(
    hers: CheckingClient, next_morning: None
) -> None:
    for _ in range(4):
        hers.post("/unlock", data={"confirm_pin": "999990"}, expect=422)
    hers.post("/unlock", data={"confirm_pin": PIN}, expect=303)
    assert db.session.scalar(select(Device.pin_tries).where(Device.pin_hash.is_not(None))) == 0
    with time_machine.travel(NOW + timedelta(hours=25), tick=False):
        for _ in range(5):
            hers.post("/unlock", data={"confirm_pin": "999990"}, expect=422)
        hers.post("/unlock", data={"confirm_password": PASSWORD}, expect=303)
    assert db.session.scalar(select(Device.pin_tries).where(Device.pin_hash.is_not(None))) == 0


def test_weak_digits_and_two_different_ones_are_refused_with_a_reason(world: World, hers: CheckingClient) -> None:
    for pin, said in (("123456", "太好猜"), ("195503", "生日"), ("000621", "手机号"), ("12345", "6个数字")):
        page = hers.post("/me/pin", data={"pin": pin, "again": pin}, expect=422)
        assert said in page.refusal
        assert pin not in page.text.replace("别用生日、手机号，也别用123456", "")
    assert "不一样" in hers.post("/me/pin", data={"pin": PIN, "again": "730483"}, expect=422).refusal


def test_they_can_be_taken_off_again(hers: CheckingClient) -> None:
    hers.post("/me/pin/removal", data={}, expect=303)
    with ten_minutes_on():
        assert "confirm_pin" not in hers.get("/me/pin", expect=422).text
    with time_machine.travel(NOW + timedelta(hours=13), tick=False):
        hers.get("/me", expect=200)


def test_w15_neither_a_flood_nor_wrong_digits_elsewhere_keep_the_owner_out(
    world: World, hers: CheckingClient, sign_in: Any, client: CheckingClient, next_morning: None
) -> None:
    for _ in range(8):
        flooded = enter(client, "13800000621", "wrong wrong", expect=None).status_code
    assert flooded == 429
    hers.post("/unlock", data={"confirm_pin": PIN}, expect=303)


def test_a_device_in_use_is_remembered_on_and_one_left_alone_for_half_a_year_is_not(world: World, sign_in: Any) -> None:
    mine = sign_in(world.volunteer)
    for day in (100, 200, 300):
        with time_machine.travel(NOW + timedelta(days=day), tick=False):
            answer = mine.get("/me", expect=200)
            assert "engage_device=" in answer.headers["Set-Cookie"]
            assert "Max-Age=15552000" in answer.headers["Set-Cookie"]
    with time_machine.travel(NOW + timedelta(days=480), tick=False):
        mine.get("/me", expect=303)


def test_row56_a_shared_browser_forgets_at_closing_after_half_an_hour_and_takes_no_digits(
    world: World, client: CheckingClient, with_password: Give
) -> None:
    with_password(world.clerk)
    entered = enter(client, "13800000002", shared="1")
    cookies = entered.headers.getlist("Set-Cookie")
    assert not [one for one in cookies if one.startswith("engage_device=") and "Max-Age" in one]
    assert not [one for one in cookies if one.startswith("engage_known=")]
    assert "公用" in client.get("/me/pin", expect=200).text
    client.post("/me/pin", data={"pin": PIN, "again": PIN}, expect=422)
    with time_machine.travel(NOW + timedelta(minutes=29), tick=False):
        assert "Max-Age" not in client.get("/me", expect=200).headers["Set-Cookie"]
    with time_machine.travel(NOW + timedelta(minutes=59), tick=False):
        client.get("/me", expect=303)


def test_a_device_can_be_given_a_name_by_its_owner_only(world: World, sign_in: Any) -> None:
    mine, other = sign_in(world.volunteer), sign_in(world.neighbour)
    row = db.session.scalars(select(Device.id).where(Device.person_id == world.volunteer.person_id)).one()
    mine.post(f"/me/devices/{row}/name", data={"label": "  桂芳的 手机 "}, expect=303)
    assert "桂芳的 手机" in mine.get("/me/devices", expect=200).text
    other.post(f"/me/devices/{row}/name", data={"label": "x"}, expect=404)
    assert "写个名字" in mine.post(f"/me/devices/{row}/name", data={"label": " "}, expect=422).refusal
