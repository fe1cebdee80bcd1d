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
from engage.people import passwords
from tests.client import CheckingClient
from tests.conftest import World, counted_queries
from tests.databases import make_app
from tests.make import NOW
from tests.people.conftest import enter

Give = Callable[..., Actor]


def _without_tokens(text: str) -> str:
    return re.sub(r'(csrf_token" value|csrf-token" content|data-options|X-CSRFToken"?: ?)[^>]*', "", text)


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
