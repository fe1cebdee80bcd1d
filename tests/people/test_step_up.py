"""Proving again that it is you before something grave (trust rows 46, 54; ADR 34)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from engage.core.access import Actor, Role
from engage.core.database import db
from engage.people import directory
from engage.people.models import Device, RoleGrant
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW
from tests.people.conftest import PASSWORD

Give = Callable[..., Actor]

#: every route that asks, reviewed one by one; a new route of these classes fails the tests below until it asks too
REVIEWED = {
    "ledger.confirm",
    "people.create_passkey",
    "people.end_role",
    "people.give_role",
    "people.list_passkeys",
    "people.pin",
    "people.print_slips",
    "people.remove_passkey",
    "people.remove_pin",
    "people.reveal_phone",
    "people.set_pin",
    "rewards.create",
    "roster.export",
    "roster.fetch",
    "roster.rows_to_fix",
    "territory.close_office",
    "territory.create_office",
    "territory.create_stand_in",
}
#: of those classes, but they ask for the password each time, or there is nothing to protect
OTHERWISE = {
    "home.download_my_data": "asks for the password itself, every time",
    "roster.blank": "an empty workbook",
    "territory.close_stand_in": "takes power back",
}
#: redeeming, exporting, unmasked data, roles
GRAVE = re.compile(
    r"reveal|export|download|\.xlsx|\.csv|\.zip|\.json|/roles|/redemptions$|stand-ins|/slips$|passkey|/pin"
)


def marked(app: Flask) -> set[str]:
    return {name for name, view in app.view_functions.items() if getattr(view, "engage_confirmed", False)}


def test_the_routes_that_ask_are_the_reviewed_ones(house: Flask) -> None:
    assert marked(house) == REVIEWED


def test_every_route_that_redeems_exports_unmasks_or_grants_asks(house: Flask) -> None:
    silent = {
        rule.endpoint
        for rule in house.url_map.iter_rules()
        if _is_grave(house, rule.rule, rule.endpoint, rule.methods or set())
    } - marked(house)
    silent -= {
        "rewards.redemptions",
        "people.create_passkey_sign_in",
        "people.slips",
        "roster.before_export",
        "roster.exported",
        *OTHERWISE,
    }
    assert silent == set(), "mark it with engage.core.step_up.confirmed, or say above why not"


def _is_grave(app: Flask, path: str, endpoint: str, methods: set[str]) -> bool:
    access = getattr(app.view_functions[endpoint], "engage_access", "")
    return bool(GRAVE.search(path)) or (access == "needs: grant roles" and "POST" in methods)


@pytest.fixture
def later() -> Iterator[None]:
    """Ten minutes after everybody came in."""
    with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
        yield


def test_within_ten_minutes_of_coming_in_nobody_asks(world: World, sign_in: Any) -> None:
    with time_machine.travel(NOW + timedelta(minutes=9, seconds=59), tick=False):
        office = sign_in(world.secretary)
        office.post(f"/members/{world.volunteer.person_id}/roles", data={"role": "desk"}, expect=303)


def test_after_ten_minutes_it_asks_in_place_keeps_what_was_typed_and_then_does_it(
    world: World, sign_in: Any, with_password: Give, later: None
) -> None:
    with_password(world.secretary)
    office = sign_in(world.secretary)
    address = f"/members/{world.volunteer.person_id}/phone-reveals"
    asked = office.post(address, data={"reason": "约她周五夜巡"}, expect=422)
    assert "13800000621" not in asked.text
    form = asked.form("/phone-reveals")
    assert form.select_one('input[name="reason"]')["value"] == "约她周五夜巡"
    wrong = office.submit(form, expect=422, confirm_password="wrong wrong")
    assert "密码不对" in wrong.refusal
    assert "13800000621" not in wrong.text
    shown = office.submit(wrong.form("/phone-reveals"), expect=200, confirm_password=PASSWORD)
    assert "13800000621" in shown.text
    office.post(f"/members/{world.volunteer.person_id}/roles", data={"role": "desk"}, expect=303)


def test_every_reviewed_route_does_nothing_before_the_answer(
    world: World, sign_in: Any, later: None, house: Flask
) -> None:
    office = sign_in(world.secretary)
    for endpoint in sorted(REVIEWED):
        rule = next(rule for rule in house.url_map.iter_rules() if rule.endpoint == endpoint)
        values = dict.fromkeys(rule.arguments, world.volunteer.person_id)
        address = house.url_map.bind("localhost").build(endpoint, values)
        method = "POST" if "POST" in (rule.methods or ()) else "GET"
        answer = office.open(address, method=method, data={"role": "desk", "reason": "x"} if method == "POST" else None)
        assert answer.status_code == 422, endpoint
        assert "先确认是您本人" in answer.text, endpoint
    assert directory.roles_of([world.volunteer.person_id]) == {}


def test_a_page_behind_the_question_opens_after_it(
    world: World, sign_in: Any, with_password: Give, later: None
) -> None:
    with_password(world.volunteer)
    mine = sign_in(world.volunteer)
    asked = mine.get("/me/pin", expect=422)
    wrong = mine.submit(asked.form("/me/confirmations"), expect=422, confirm_password="wrong wrong")
    opened = mine.submit(wrong.form("/me/confirmations"), expect=303, confirm_password=PASSWORD)
    assert opened.headers["Location"] == "/me/pin"
    mine.get("/me/pin", expect=200)


def test_the_question_does_not_send_anybody_to_another_site(world: World, sign_in: Any, with_password: Give) -> None:
    with_password(world.volunteer)
    for evil in ("//evil.example", "https://evil.example/", "/\\evil.example"):
        form = {"confirm_password": PASSWORD, "next": evil}
        assert sign_in(world.volunteer).post("/me/confirmations", data=form, expect=303).headers["Location"] == "/me"


def test_one_device_that_was_confirmed_says_nothing_about_another(
    world: World, sign_in: Any, with_password: Give, later: None
) -> None:
    with_password(world.secretary)
    first, second = sign_in(world.secretary), sign_in(world.secretary)
    first.post("/me/confirmations", data={"confirm_password": PASSWORD, "next": "/me"}, expect=303)
    first.get("/me/pin", expect=200)
    second.get("/me/pin", expect=422)


def test_w14_wrong_answers_are_counted_for_the_account_and_refused_beyond_five_a_minute(
    world: World, sign_in: Any, with_password: Give, later: None
) -> None:
    with_password(world.volunteer)
    for _ in range(5):
        sign_in(world.volunteer).post("/me/confirmations", data={"confirm_password": "wrong wrong"}, expect=422)
    refused = sign_in(world.volunteer).post("/me/confirmations", data={"confirm_password": PASSWORD}, expect=429)
    assert int(refused.headers["Retry-After"]) <= 60


def test_a_confirmation_from_the_future_counts_for_nothing(world: World, sign_in: Any) -> None:
    mine = sign_in(world.volunteer)
    with time_machine.travel(NOW - timedelta(minutes=1), tick=False):
        mine.get("/me/pin", expect=422)


def test_htmx_gets_the_question_where_the_button_was(world: World, sign_in: Any, later: None) -> None:
    asked = sign_in(world.volunteer).post("/rewards/1/redemptions", data={"key": "k"}, htmx=True, expect=422)
    assert [tag.get("id") for tag in asked.soup.find_all("section", limit=1)] == ["confirm"]
    assert 'name="key" value="k"' in asked.text


def test_w5_a_new_office_locks_the_devices_and_opening_one_gives_a_new_cookie(
    world: World, sign_in: Any, with_password: Give, browsers: Callable[[], CheckingClient]
) -> None:
    with_password(world.volunteer)
    hers = sign_in(world.volunteer)
    copied = hers.get_cookie("engage_device").value
    sign_in(world.secretary).post(f"/members/{world.volunteer.person_id}/roles", data={"role": "clerk"}, expect=303)
    thief = browsers()
    thief.set_cookie("engage_device", copied)
    assert thief.get("/members", expect=303).headers["Location"].startswith("/unlock")
    page = hers.get("/unlock?next=/members", expect=200)
    assert "周**" in page.text
    assert "周桂芳" not in page.text
    hers.submit(page.form("/unlock"), expect=303, confirm_password=PASSWORD)
    hers.get("/members", expect=200)
    assert hers.get_cookie("engage_device").value != copied
    thief.get("/members", expect=303)
    assert db.session.scalar(select(RoleGrant.role).where(RoleGrant.person_id == world.volunteer.person_id)) == "clerk"
    assert Role.CLERK in {
        Role(one.role) for one in directory.roles_of([world.volunteer.person_id])[world.volunteer.person_id]
    }
    assert db.session.query(Device).filter(Device.locked_at.is_not(None)).count() == 0
