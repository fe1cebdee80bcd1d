"""Coming in and going out: trust W5, W6, W13, W14, W15."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select, update

from engage import people
from engage.core import tenancy
from engage.core.access import Actor
from engage.core.audit import AuditEvent
from engage.core.database import db, transaction
from engage.people import directory, passwords, signing_in
from engage.people.models import Credential, Device
from tests.client import Answer, CheckingClient
from tests.conftest import World, counted_queries
from tests.databases import make_app
from tests.make import NOW, make_person, open_device
from tests.people.conftest import PASSWORD, arrival

Give = Callable[..., Actor]


def enter(client: CheckingClient, account: str, password: str = PASSWORD, **more: Any) -> Answer:
    """Send the sign-in form of the first community."""
    expect = more.pop("expect", 303)
    environ = more.pop("environ", {})
    data = {"community": "donghu", "account": account, "password": password, **more}
    return client.post("/sign-in", data=data, expect=expect, environ_overrides=environ)


def test_a_phone_number_and_a_password_open_the_door(world: World, client: CheckingClient, with_password: Give) -> None:
    with_password(world.volunteer)
    enter(client, "138 0000 0621")
    assert "周桂芳" in client.get("/me", expect=200).text


def test_a_member_number_does_as_well_as_a_phone(world: World, client: CheckingClient, with_password: Give) -> None:
    with_password(world.resident)
    enter(client, f"{world.resident.member_no:04d}")
    assert "刘长河" in client.get("/me", expect=200).text


def test_full_width_digits_and_letters_are_what_they_look_like(
    world: World, client: CheckingClient, with_password: Give
) -> None:
    with_password(world.volunteer, password="abc123xyz9")
    enter(client, "１３８０００００６２１", "ａｂｃ１２３ｘｙｚ９")


def test_signing_in_leads_back_to_where_one_was_but_only_on_this_site(
    world: World, client: CheckingClient, with_password: Give
) -> None:
    with_password(world.volunteer)
    assert client.get("/me/devices?x=1", expect=303).headers["Location"] == "/sign-in?next=/me/devices?x%3D1"
    assert enter(client, "13800000621", next="/me/devices?x=1").headers["Location"] == "/me/devices?x=1"
    for minute, evil in enumerate(
        ("//evil.example", "https://evil.example", "/\\evil.example", "evil:1", "/\tevil"), 1
    ):
        with time_machine.travel(NOW + timedelta(minutes=minute), tick=False):
            assert "evil" not in enter(client, "13800000621", next=evil).headers["Location"]


def test_a_part_of_a_page_is_sent_to_the_sign_in_page_whole(world: World, client: CheckingClient) -> None:
    answer = client.get("/members", htmx=True, headers={"HX-Current-URL": "http://localhost/members?q=a"})
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/members?q%3Da"


def test_several_communities_ask_which_and_remember_it(
    world: World, client: CheckingClient, with_password: Give
) -> None:
    with_password(world.volunteer)
    page = client.get("/sign-in", expect=200)
    assert {"东湖社区", "梨园社区"} <= set(page.words.split())
    refused = client.post("/sign-in", data={"account": "13800000621", "password": PASSWORD}, expect=422)
    assert "先选您的社区" in refused.refusal
    assert 'value="13800000621"' in refused.text
    client.get("/sign-in?community=donghu", expect=200)
    client.post("/sign-in", data={"account": "13800000621", "password": PASSWORD}, expect=303)


def test_w5_signing_in_gives_a_new_device_ends_the_old_one_and_empties_the_session(
    world: World, client: CheckingClient, with_password: Give
) -> None:
    with_password(world.volunteer)
    planted = open_device(world.neighbour)
    client.set_cookie(people.COOKIE, planted)
    with client.session_transaction() as browser:
        browser["chosen before"] = "by somebody else"
    enter(client, "13800000621")
    fresh = client.get_cookie(people.COOKIE)
    assert fresh is not None
    assert fresh.value != planted
    with client.session_transaction() as browser:
        assert "chosen before" not in browser
    client.set_cookie(people.COOKIE, planted)
    client.get("/me", expect=303)


def test_w5_the_old_device_ends_also_when_it_belongs_next_door(
    world: World, client: CheckingClient, with_password: Give
) -> None:
    with_password(world.volunteer)
    planted = open_device(world.outsider)
    client.set_cookie(people.COOKIE, planted)
    enter(client, "13800000621")
    client.set_cookie(people.COOKIE, planted)
    client.get("/me", expect=303)


def test_w5_a_new_password_gives_this_browser_a_new_device_and_ends_the_others(
    world: World, client: CheckingClient, browsers: Callable[[], CheckingClient], with_password: Give
) -> None:
    with_password(world.volunteer)
    other = browsers()
    enter(other, "13800000621")
    enter(client, "13800000621")
    before = client.get_cookie(people.COOKIE)
    form = {"current": PASSWORD, "password": "一棵桂花树在门口", "again": "一棵桂花树在门口"}
    client.post("/me/password", data=form, expect=303)
    after = client.get_cookie(people.COOKIE)
    assert before is not None
    assert after is not None
    assert before.value != after.value
    client.get("/me", expect=200)
    other.get("/me", expect=303)
    client.set_cookie(people.COOKIE, before.value)
    client.get("/me", expect=303)


def test_a_wrong_current_password_changes_nothing(world: World, sign_in: Any, with_password: Give) -> None:
    browser = sign_in(with_password(world.volunteer))
    form = {"current": "wrong wrong", "password": "一棵桂花树在门口", "again": "一棵桂花树在门口"}
    assert "现在的密码不对" in browser.post("/me/password", data=form, expect=422).text
    assert signing_in.sign_in(arrival=arrival(account="13800000621"), now=NOW).actor == world.volunteer


def test_w6_a_copied_cookie_is_dead_after_signing_out(
    world: World, client: CheckingClient, browsers: Callable[[], CheckingClient], with_password: Give
) -> None:
    with_password(world.volunteer)
    enter(client, "13800000621")
    cookie = client.get_cookie(people.COOKIE)
    assert cookie is not None
    thief = browsers()
    thief.set_cookie(people.COOKIE, cookie.value)
    thief.get("/me", expect=200)
    client.post("/sign-out", expect=303)
    thief.get("/me", expect=303)


def test_w6_signing_out_everywhere_ends_every_device_at_once(world: World, sign_in: Any) -> None:
    first, second = sign_in(world.volunteer), sign_in(world.volunteer)
    neighbour = sign_in(world.neighbour)
    first.post("/me/devices/closures", expect=303)
    first.get("/me", expect=303)
    second.get("/me", expect=303)
    neighbour.get("/me", expect=200)


def test_w6_one_device_can_be_ended_and_nobody_elses(world: World, sign_in: Any) -> None:
    mine, other, neighbour = sign_in(world.volunteer), sign_in(world.volunteer), sign_in(world.neighbour)
    ids = list(db.session.scalars(select(Device.id).order_by(Device.id)))
    mine.post(f"/me/devices/{ids[1]}/closure", expect=303)
    mine.post(f"/me/devices/{ids[2]}/closure", expect=303)
    mine.get("/me", expect=200)
    other.get("/me", expect=303)
    neighbour.get("/me", expect=200)


def test_w6_a_paused_person_and_a_role_that_ended_are_gone_with_the_next_request(world: World, sign_in: Any) -> None:
    office, volunteer, clerk = sign_in(world.secretary), sign_in(world.volunteer), sign_in(world.clerk)
    office.post(f"/members/{world.volunteer.person_id}/pause", expect=303)
    volunteer.get("/me", expect=303)
    clerk.get("/members", expect=200)
    grant = directory.roles_of([world.clerk.person_id])[world.clerk.person_id][0].id
    office.post(f"/members/{world.clerk.person_id}/roles/{grant}/closure", expect=303)
    clerk.get("/members", expect=403)


def test_w6_the_office_ends_the_devices_of_somebody_who_lost_the_phone(world: World, sign_in: Any) -> None:
    lost = sign_in(world.volunteer)
    sign_in(world.clerk).post(f"/members/{world.volunteer.person_id}/devices/closures", expect=303)
    lost.get("/me", expect=303)


def _without_tokens(text: str) -> str:
    return re.sub(r'(csrf_token" value|csrf-token" content|X-CSRFToken"?: ?)[^>]*', "", text)


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


def test_an_old_hash_is_renewed_when_its_owner_comes_in(world: World, client: CheckingClient) -> None:
    weak = passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with tenancy.scoped(world.donghu.id), transaction():
        signing_in.set_password(person_id=world.volunteer.person_id, password_hash=weak, now=NOW)
    enter(client, "13800000621")
    kept = db.session.scalar(select(Credential.password_hash))
    assert kept is not None
    assert "m=19456,t=2,p=1" in kept


def test_the_password_of_nobody_is_made_with_todays_numbers_and_opens_nothing() -> None:
    assert not passwords.is_outdated(passwords.NOBODY)
    assert not passwords.matches(None, "")


def test_two_people_may_share_a_phone_and_the_second_uses_the_number(
    world: World, client: CheckingClient, with_password: Give
) -> None:
    second = make_person(community=world.donghu, name="周小弟", phone="13800000621")
    with_password(world.volunteer)
    with_password(second, password="另外一句很长的话")
    enter(client, "13800000621")
    assert "周桂芳" in client.get("/me", expect=200).text
    enter(client, str(second.member_no), "另外一句很长的话")
    assert "周小弟" in client.get("/me", expect=200).text


def test_one_hash_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_PATIENCE", 0.01)
    with passwords._turn, pytest.raises(passwords.Busy):
        passwords.hash_of("whatever it is")


def test_signing_in_writes_who_and_never_the_password(
    world: World, client: CheckingClient, with_password: Give
) -> None:
    with_password(world.volunteer)
    enter(client, "13800000621")
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.verb == "signed_in")).one()
    assert event.actor_id == world.volunteer.person_id
    assert PASSWORD not in str(event.facts)
    assert db.session.scalar(select(func.count(Device.id))) == 1
