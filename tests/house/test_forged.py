"""Requests somebody else made the browser send, and headers somebody made up (trust W4, W8)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from engage import create_app
from engage.core.access import Permission
from engage.core.database import db
from tests.client import CheckingClient
from tests.conftest import World
from tests.databases import Databases, settings_for
from tests.house import walking

FOREIGN = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost:9999"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://sister.localhost"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
)
OURS: tuple[dict[str, str], ...] = (
    {},
    {"Origin": "http://localhost"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"},
    {"Sec-Fetch-Site": "none"},
)


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_w4_every_unsafe_route_refuses_what_another_site_sent_even_with_a_token(
    world: World, sign_in: Any, app: Flask, headers: dict[str, str]
) -> None:
    """Nothing is done: the books are the same, row by row."""
    office, ids = sign_in(world.secretary), walking.ids_of(world.donghu)
    before = walking.books()
    let_through = []
    for rule in walking.rules_of(app):
        if walking.method_of(rule) == "POST":
            path = walking.address(app, rule, walking.values_for(app, rule, ids))
            answer = office.post(path, headers=headers)
            if answer.status_code != 403 or "不是从我们的页面" not in answer.words:
                let_through.append(f"{answer.status_code} {rule.rule}")
    assert let_through == []
    assert walking.books() == before


@pytest.mark.parametrize("headers", OURS, ids=str)
def test_w4_and_our_own_pages_get_through(world: World, client: CheckingClient, headers: dict[str, str]) -> None:
    client.post("/appearance", data={"mode": "elder"}, headers=headers, expect=303)


def test_w4_the_address_the_operator_gave_counts_as_ours_behind_a_proxy(database: Databases, tmp_path: Path) -> None:
    url = database.fresh()
    settings = replace(settings_for(database_url=url, data_dir=tmp_path), base_url="https://engage.example/")
    browser = create_app(settings).test_client()
    token = {"X-CSRFToken": "none: the token has its own test"}
    for origin, status in (("https://engage.example", 400), ("https://evil.example", 403)):
        answer = browser.post("/appearance", headers={**token, "Origin": origin})
        assert answer.status_code == status, origin
    with browser.application.app_context():
        db.engine.dispose()
    database.discard(url)


SPOOFED = (
    {"HX-Request": "true"},
    {"HX-Request": "true", "HX-Boosted": "true"},
    {"HX-Request": "true", "HX-Current-URL": "http://localhost/members", "HX-Target": "main"},
    {"HX-Request": "true", "HX-History-Restore-Request": "true"},
    {"X-HTTP-Method-Override": "POST"},
    {"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example"},
    {"X-Forwarded-User": "admin", "X-Remote-User": "admin", "X-Original-URL": "/members", "X-Rewrite-URL": "/members"},
    {"Forwarded": "for=127.0.0.1;host=evil.example"},
)


@pytest.mark.parametrize("headers", SPOOFED, ids=lambda headers: next(reversed(headers)))
def test_w8_made_up_headers_give_nobody_a_right(
    world: World, sign_in: Any, app: Flask, headers: dict[str, str]
) -> None:
    mine, ids = sign_in(world.volunteer), walking.ids_of(world.donghu)
    opened = []
    for rule in walking.rules_of(app):
        access = getattr(app.view_functions[rule.endpoint], "engage_access", "")
        if access.startswith("needs: ") and walking.method_of(rule) == "GET":
            assert not world.volunteer.can(Permission(access.removeprefix("needs: ")))
            path = walking.address(app, rule, walking.values_for(app, rule, ids))
            answer = mine.get(path, headers=headers)
            if answer.status_code != 403:
                opened.append(f"{answer.status_code} {path}")
    assert opened == []


@pytest.mark.parametrize("headers", SPOOFED, ids=lambda headers: next(reversed(headers)))
def test_w8_they_turn_no_look_into_an_act_and_no_address_into_anothers(
    world: World, sign_in: Any, headers: dict[str, str]
) -> None:
    mine = sign_in(world.volunteer)
    before = walking.books()
    answer = mine.get("/me", headers=headers, expect=200)
    mine.get("/sign-out", headers=headers, expect=405)
    assert walking.books() == before
    assert "evil.example" not in answer.text
    assert {"HX-Request", "Cookie"} <= {name.strip() for name in answer.headers["Vary"].split(",")}
    assert answer.headers["Cache-Control"] == "no-store"


def test_w8_a_host_that_is_not_ours_is_refused_once_the_operator_named_them(
    database: Databases, tmp_path: Path
) -> None:
    url = database.fresh()
    settings = replace(settings_for(database_url=url, data_dir=tmp_path), trusted_hosts=("engage.example",))
    browser = create_app(settings).test_client()
    for host, status in (("engage.example", 200), ("evil.example", 400), ("engage.example.evil.example", 400)):
        assert browser.get("/healthz", headers={"Host": host}).status_code == status, host
    with browser.application.app_context():
        db.engine.dispose()
    database.discard(url)
