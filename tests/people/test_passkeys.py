"""Passkeys: made, used, removed; and everything that must not open the door (trust W5, W13; ADR 35)."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from engage import people
from engage.core.database import db
from engage.people import challenges
from engage.people.models import Device
from engage.people.models_sign_in import Passkey
from engage.people.passkeys import Site
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW
from tests.people.conftest import enter
from tests.people.soft_key import SoftKey, text


def options_on(page: Any, action: str) -> str:
    return str(page.form(action)["data-options"])


def saved(browser: CheckingClient, key: SoftKey, *, expect: int = 303) -> Any:
    page = browser.get("/me/passkeys", expect=200)
    made = key.make(options_on(page, "/me/passkeys"))
    return browser.submit(page.form("/me/passkeys"), expect=expect, credential=made)


def come_in(browser: CheckingClient, key: SoftKey, *, expect: int = 303) -> Any:
    page = browser.get("/sign-in?community=donghu", expect=200)
    answer = key.use(options_on(page, "/passkey-sign-ins"))
    return browser.submit(page.form("/passkey-sign-ins"), expect=expect, confirm_passkey=answer)


@pytest.fixture
def key(world: World, sign_in: Any) -> SoftKey:
    """The volunteer's passkey, saved."""
    made = SoftKey()
    saved(sign_in(world.volunteer), made)
    return made


def test_a_saved_key_signs_in_without_number_or_password(world: World, key: SoftKey, client: CheckingClient) -> None:
    come_in(client, key)
    assert "周桂芳" in client.get("/me", expect=200).text
    assert "最近用过" in client.get("/me/passkeys", expect=200).text


def test_it_signs_in_from_the_page_of_another_community_too(world: World, key: SoftKey, client: CheckingClient) -> None:
    page = client.get("/sign-in?community=liyuan", expect=200)
    answer = key.use(options_on(page, "/passkey-sign-ins"))
    client.submit(page.form("/passkey-sign-ins"), expect=303, confirm_passkey=answer)
    assert "东湖社区" in client.get("/me", expect=200).text


def test_it_confirms_in_place_and_unlocks(world: World, key: SoftKey, sign_in: Any) -> None:
    mine = sign_in(world.volunteer)
    with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
        page = mine.get("/me/pin", expect=422)
        form = next(one for one in page.soup.select("form") if one.has_attr("data-passkey"))
        assert json.loads(str(form["data-options"]))["allowCredentials"]
        mine.submit(form, expect=303, confirm_passkey=key.use(str(form["data-options"])))
        mine.get("/me/pin", expect=200)
    sign_in(world.secretary).post(f"/members/{world.volunteer.person_id}/roles", data={"role": "desk"}, expect=303)
    page = mine.get("/unlock", expect=200)
    form = next(one for one in page.soup.select("form") if one.has_attr("data-passkey"))
    mine.submit(form, expect=303, confirm_passkey=key.use(str(form["data-options"])))
    mine.get("/me", expect=200)


def test_an_answer_counts_once(world: World, key: SoftKey, client: CheckingClient, browsers: Any) -> None:
    """The heart of it: who copies an answer off the wire comes too late."""
    page = client.get("/sign-in?community=donghu", expect=200)
    answer = key.use(options_on(page, "/passkey-sign-ins"))
    client.post("/passkey-sign-ins", data={"confirm_passkey": answer}, expect=303)
    thief = browsers()
    refused = thief.post("/passkey-sign-ins", data={"confirm_passkey": answer}, expect=422)
    assert refused.refusal
    thief.get("/me", expect=303)


def test_an_answer_to_one_question_is_none_to_another(world: World, key: SoftKey, sign_in: Any, client: Any) -> None:
    mine = sign_in(world.volunteer)
    answer = key.use(options_on(client.get("/sign-in?community=donghu", expect=200), "/passkey-sign-ins"))
    with time_machine.travel(NOW + timedelta(minutes=4), tick=False):
        mine.post("/me/confirmations", data={"confirm_passkey": answer}, expect=422)


def test_after_five_minutes_the_question_is_too_old(world: World, key: SoftKey, client: CheckingClient) -> None:
    page = client.get("/sign-in?community=donghu", expect=200)
    answer = key.use(options_on(page, "/passkey-sign-ins"))
    with time_machine.travel(NOW + timedelta(minutes=5), tick=False):
        refused = client.submit(page.form("/passkey-sign-ins"), expect=422, confirm_passkey=answer)
    assert "放得太久" in refused.refusal


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "http://evil.example"},
        {"host": "evil.example"},
        {"verified": False},
        {"id": b"nobody saved this one"},
        {"_key": SoftKey()._key},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_key_that_does_not_fit_opens_nothing(
    world: World, key: SoftKey, client: CheckingClient, wrong: dict[str, Any]
) -> None:
    for name, value in wrong.items():
        setattr(key, name, value)
    come_in(client, key, expect=422)
    client.get("/me", expect=303)


def test_a_copy_of_a_key_that_counts_is_noticed(world: World, sign_in: Any, client: CheckingClient) -> None:
    key = SoftKey(counting=True)
    saved(sign_in(world.volunteer), key)
    come_in(client, key)
    client.post("/sign-out", expect=303)
    key.count = 0  # the copy was made before and does not know how often the key was used since
    come_in(client, key, expect=422)


@pytest.mark.parametrize("text", ["", "x", "{}", "[]", "null", '{"response":{"clientDataJSON":"!!"}}', '{"id":5}'])
def test_nonsense_is_answered_with_a_sentence(world: World, client: CheckingClient, text: str) -> None:
    client.get("/sign-in?community=donghu", expect=200)
    assert client.post("/passkey-sign-ins", data={"confirm_passkey": text}, expect=422).refusal


def test_somebody_elses_key_does_not_confirm_for_me(world: World, key: SoftKey, sign_in: Any) -> None:
    other = sign_in(world.neighbour)
    saved(other, SoftKey())
    with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
        page = other.get("/me/pin", expect=422)
        form = next(one for one in page.soup.select("form") if one.has_attr("data-passkey"))
        other.submit(form, expect=422, confirm_passkey=key.use(str(form["data-options"])))
        other.get("/me/pin", expect=422)


def test_a_removed_key_opens_nothing_and_only_its_owner_removes_it(
    world: World, key: SoftKey, sign_in: Any, client: CheckingClient
) -> None:
    row = db.session.scalars(select(Passkey.id)).one()
    sign_in(world.neighbour).post(f"/me/passkeys/{row}/removal", expect=404)
    sign_in(world.outsider).post(f"/me/passkeys/{row}/removal", expect=404)
    sign_in(world.volunteer).post(f"/me/passkeys/{row}/removal", expect=303)
    come_in(client, key, expect=422)


def test_who_left_or_is_paused_does_not_come_in_by_passkey(
    world: World, key: SoftKey, sign_in: Any, client: CheckingClient
) -> None:
    office = sign_in(world.secretary)
    office.post(f"/members/{world.volunteer.person_id}/pause", expect=303)
    come_in(client, key, expect=422)
    office.post(f"/members/{world.volunteer.person_id}/return", expect=303)
    come_in(client, key)


def test_w5_coming_in_by_passkey_ends_the_browsers_old_device(
    world: World, key: SoftKey, client: CheckingClient, sign_in: Any
) -> None:
    old = sign_in(world.neighbour)
    cookie = old.get_cookie(people.COOKIE).value
    client.set_cookie(people.COOKIE, cookie)
    page = client.get("/sign-in", expect=200)
    client.submit(page.form("/passkey-sign-ins"), expect=303, confirm_passkey=key.use(options_on(page, "ins")))
    old.get("/me", expect=303)


def test_w13_the_sign_in_page_does_not_say_who_has_a_passkey(world: World, client: CheckingClient) -> None:
    options = json.loads(options_on(client.get("/sign-in?community=donghu", expect=200), "/passkey-sign-ins"))
    assert options["allowCredentials"] == []


def test_looking_at_the_page_a_thousand_times_writes_nothing(world: World, client: CheckingClient) -> None:
    made = {challenges.new_challenge(purpose="sign-in", now=NOW) for _ in range(1000)}
    assert len(made) == 1000
    client.get("/sign-in?community=donghu", expect=200)
    assert db.session.scalar(select(func.count(Device.id))) == 0


@pytest.mark.parametrize(
    ("origin", "offered"),
    [
        ("https://engage.example", True),
        ("https://engage.example:8443", True),
        ("http://localhost:8000", True),
        ("http://engage.example", False),
        ("http://127.0.0.1:8000", False),
        ("https://192.168.1.7", False),
        ("https://[::1]", False),
    ],
)
def test_passkeys_are_offered_where_browsers_offer_them(origin: str, offered: bool) -> None:  # noqa: FBT001
    assert Site(origin=origin, name="x").offers_passkeys is offered


def test_a_shared_browser_keeps_no_passkey(world: World, client: CheckingClient, with_password: Any) -> None:
    with_password(world.clerk)
    enter(client, "13800000002", shared="1")
    assert "公用" in client.get("/me/passkeys", expect=200).words
    client.post("/me/passkeys", data={"credential": "{}"}, expect=422)


def test_ten_are_enough(world: World, sign_in: Any) -> None:
    mine = sign_in(world.volunteer)
    for _ in range(10):
        saved(mine, SoftKey())
    assert "先删一把" in saved(mine, SoftKey(), expect=422).refusal


def test_hostile_bytes_anywhere_in_an_answer_get_a_sentence(world: World, key: SoftKey, sign_in: Any) -> None:
    """Each part in turn is cut short, replaced by noise, or by the wrong kind of thing."""
    mine = sign_in(world.volunteer)
    page = mine.get("/me/passkeys", expect=200)
    made = json.loads(SoftKey().make(options_on(page, "/me/passkeys")))
    used = json.loads(key.use(options_on(page, "/me/passkeys")))
    noise = random.Random(7)  # noqa: S311 - the same noise every time
    for path, answer in (("/me/passkeys", made), ("/passkey-sign-ins", used)):
        name = "credential" if path == "/me/passkeys" else "confirm_passkey"
        for part in answer["response"]:
            good = answer["response"][part]
            bad = [good[: len(good) // 2], text(noise.randbytes(40)), text(noise.randbytes(200)), "", 5, None, [], {}]
            for value in bad:
                told = json.dumps({**answer, "response": {**answer["response"], part: value}})
                minute = NOW + timedelta(minutes=1 + noise.randrange(10**6))
                with time_machine.travel(minute if path != "/me/passkeys" else NOW, tick=False):
                    sent = mine.post(path, data={name: told})
                assert sent.status_code in {303, 422}, (part, value)
                assert sent.status_code == 422 or sent.headers["Location"].startswith(("/me", "/sign-in")), part
