"""Guessing passwords: trust W13, W14, W15."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import update

from engage import people
from engage.core import tenancy
from engage.core.access import Actor
from engage.core.database import db, transaction
from engage.people import messages, passwords
from tests.client import CheckingClient
from tests.conftest import World, counted_queries
from tests.databases import make_app
from tests.make import NOW, make_person
from tests.people.conftest import enter

Give = Callable[..., Actor]


def _without_tokens(text: str) -> str:
    return re.sub(r'(csrf_token" value|csrf-token" content|data-options|X-CSRFToken"?: ?)[^>]*', "", text)


@pytest.mark.usefixtures("real_passwords")
def test_w13_known_and_unknown_accounts_get_the_same_answer_for_the_same_work(
    world: World, client: CheckingClient, with_password: Give, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_password(world.volunteer)
    with_password(world.neighbour)
    with tenancy.scoped(world.donghu.id), transaction() as session:
        session.execute(
            update(people.Person).where(people.Person.id == world.neighbour.person_id).values(status="paused")
        )
    checked: list[str] = []
    verify = passwords._hasher.verify
    monkeypatch.setattr(
        passwords, "_hasher", _Counting(verify=verify, checked=checked, outdated=passwords._hasher.check_needs_rehash)
    )
    enter(client, "13899999990", "wrong wrong", expect=422)  # the first visit sets cookies
    bodies, statements, work = set(), set(), set()
    for account in ("13800000621", "13899999999", "13600002285", "13800000622"):  # known, unknown, paused, no password
        checked.clear()
        with counted_queries() as sent:
            answer = enter(client, account, "wrong wrong", expect=422)
        bodies.add(_without_tokens(answer.text).replace(account, "?"))
        statements.add(len(sent))
        work.add(tuple(kept.split("$")[3] for kept in checked))
    assert len(bodies) == 1
    assert len(statements) == 1
    assert work == {("m=19456,t=2,p=1",)}


class _Counting:
    """A hasher that notes what was verified."""

    def __init__(self, *, verify: Any, checked: list[str], outdated: Any) -> None:
        self._verify, self._checked, self.check_needs_rehash = verify, checked, outdated

    def verify(self, kept: str, password: str) -> bool:
        self._checked.append(kept)
        return bool(self._verify(kept, password))


def test_w14_five_wrong_passwords_a_minute_and_the_count_survives_a_restart(
    world: World, client: CheckingClient, with_password: Give, app: Flask, tmp_path: Any
) -> None:
    with_password(world.volunteer)
    for _ in range(5):
        enter(client, "13800000621", "wrong wrong", expect=422)
    refused = enter(client, "13800000621", expect=429)
    assert int(refused.headers["Retry-After"]) <= 60
    assert "13800000621" in refused.text
    again = make_app(database_url=app.config["SQLALCHEMY_DATABASE_URI"], data_dir=tmp_path)
    enter(CheckingClient(again, again.response_class, use_cookies=True), "13800000621", expect=429)
    with again.app_context():
        db.engine.dispose()
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        enter(client, "13800000621")


def test_w14_twenty_an_hour_for_one_account_from_one_network(world: World, client: CheckingClient) -> None:
    refusals = []
    for minute in range(5):
        with time_machine.travel(NOW + timedelta(minutes=minute), tick=False):
            refusals += [enter(client, "0004", "wrong wrong", expect=None).status_code for _ in range(5)]
    assert refusals == [422] * 20 + [429] * 5


def test_w15_a_flood_from_elsewhere_does_not_lock_the_owner_out(
    world: World, client: CheckingClient, browsers: Callable[[], CheckingClient], with_password: Give
) -> None:
    with_password(world.volunteer)
    attacker = browsers()
    for _ in range(7):
        status = enter(
            attacker, "13800000621", "wrong wrong", environ={"REMOTE_ADDR": "203.0.113.9"}, expect=None
        ).status_code
    assert status == 429
    enter(client, "13800000621", environ={"REMOTE_ADDR": "198.51.100.7"})


def test_w15_a_flood_from_the_same_network_does_not_keep_the_owner_out_of_a_browser_they_know(
    world: World, client: CheckingClient, browsers: Callable[[], CheckingClient], with_password: Give
) -> None:
    """Signed out properly, the stairwell's whole wireless network full of wrong guesses: the owner still comes in."""
    with_password(world.volunteer)
    enter(client, "13800000621")
    client.post("/sign-out", expect=303)
    attacker = browsers()
    for _ in range(30):
        status = enter(attacker, "13800000621", "wrong wrong", expect=None).status_code
    assert status == 429
    enter(client, "13800000621")


def test_w15_a_known_browser_is_known_for_its_owner_only_and_has_a_limit_too(
    world: World, client: CheckingClient, with_password: Give
) -> None:
    with_password(world.volunteer)
    with_password(world.neighbour)
    enter(client, "13800000621")
    mark = client.get_cookie("engage_known")
    assert mark is not None
    client.post("/sign-out", expect=303)
    for _ in range(5):
        enter(client, "13800000621", "wrong wrong", expect=422)
    enter(client, "13800000621", expect=429)
    for _ in range(5):
        enter(client, "13600002285", "wrong wrong", expect=422)
    enter(client, "13600002285", expect=429)
    for forged in ("", ".", "x.y", mark.value.partition(".")[0] + ".0", "." + mark.value.partition(".")[2]):
        client.set_cookie("engage_known", forged)
        enter(client, "13600002285", expect=429)


def test_w14_five_tries_for_six_digits_over_two_workers_and_a_restart(
    world: World, app: Flask, tmp_path: Any, with_password: Give, client: CheckingClient
) -> None:
    with_password(world.volunteer)
    codes: list[str] = []

    class Pigeon:
        def delivers(self) -> bool:
            return True

        def send_code(self, *, phone: str, code: str) -> None:
            assert phone == "13800000621"
            codes.append(code)

    app.extensions["engage_messenger"] = Pigeon()
    client.get("/sign-in?community=donghu", expect=200)
    client.post("/forgot", data={"phone": "13800000621"}, expect=200)
    messages.until_sent()
    wrong = f"{(int(codes[0]) + 1) % 10**6:06d}"
    fresh = "换一句新的长密码"
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    workers = [make_app(database_url=url, data_dir=tmp_path) for _ in range(2)]
    browsers = [CheckingClient(one, one.response_class, use_cookies=True) for one in workers]
    for number, code in enumerate([wrong] * 5 + [codes[0]]):
        form = {"phone": "13800000621", "code": code, "password": fresh, "again": fresh, "community": "donghu"}
        # Each from a network of its own: the limit is the code's, not the address's.
        environ = {"REMOTE_ADDR": f"203.0.{number}.9"}
        browsers[number % 2].post("/password-resets", data=form, expect=422, environ_overrides=environ)
    for one in workers:
        with one.app_context():
            db.engine.dispose()


def test_w16_thirty_phones_a_day_the_fifteenth_is_shown_to_the_secretary(world: World, sign_in: Any) -> None:
    ids = [make_person(community=world.donghu, name=f"邻居{n}", phone=f"139000{n:05d}").person_id for n in range(31)]
    clerk, office = sign_in(world.clerk), sign_in(world.secretary)
    for number, person_id in enumerate(ids, 1):
        status = clerk.post(f"/members/{person_id}/phone-reveals", data={"reason": "通知"}).status_code
        assert status == (200 if number <= 30 else 429)
        if number == 14:
            assert "吴小婷今天看了" not in office.get("/desk/today", expect=200).words
        if number == 15:
            assert "吴小婷今天看了15个手机号" in office.get("/desk/today", expect=200).words
    assert "吴小婷今天看了30个手机号" in office.get("/desk/today", expect=200).words
    assert "吴小婷今天看了" not in clerk.get("/desk/today", expect=200).words
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        assert "今天看了" not in sign_in(world.secretary).get("/desk/today", expect=200).words


def test_w16_turning_the_pages_of_the_roll_is_counted_noted_and_stopped(world: World, sign_in: Any) -> None:
    clerk, office = sign_in(world.clerk), sign_in(world.secretary)
    for _ in range(40):
        clerk.get("/members?q=a", expect=200)  # searching is not copying
    for page in range(1, 31):
        clerk.get(f"/members?after=1&first={page * 50}", expect=200)
    clerk.get("/members?after=1&first=1600", expect=429)
    clerk.get("/members", expect=200)
    assert "吴小婷今天连着翻了很多页名册" in office.get("/desk/today", expect=200).words
