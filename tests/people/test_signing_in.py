"""Coming in by phone or number and password."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from engage.core import tenancy
from engage.core.access import Actor
from engage.core.audit import AuditEvent
from engage.core.database import db, transaction
from engage.people import passwords, signing_in
from engage.people.models import Credential, Device
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW, make_person
from tests.people.conftest import PASSWORD, arrival, enter

Give = Callable[..., Actor]


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


def test_a_wrong_current_password_changes_nothing(world: World, sign_in: Any, with_password: Give) -> None:
    browser = sign_in(with_password(world.volunteer))
    form = {"current": "wrong wrong", "password": "一棵桂花树在门口", "again": "一棵桂花树在门口"}
    assert "现在的密码不对" in browser.post("/me/password", data=form, expect=422).text
    assert signing_in.sign_in(arrival=arrival(account="13800000621"), now=NOW).actor == world.volunteer


@pytest.mark.usefixtures("real_passwords")
def test_an_old_hash_is_renewed_when_its_owner_comes_in(world: World, client: CheckingClient) -> None:
    weak = passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with tenancy.scoped(world.donghu.id), transaction():
        signing_in.set_password(person_id=world.volunteer.person_id, password_hash=weak, now=NOW)
    enter(client, "13800000621")
    kept = db.session.scalar(select(Credential.password_hash))
    assert kept is not None
    assert "m=19456,t=2,p=1" in kept


@pytest.mark.usefixtures("real_passwords")
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
    assert passwords._turn.take()
    with pytest.raises(passwords.Busy):
        passwords.hash_of("whatever it is")
    passwords._turn.give_back()


def test_signing_in_writes_who_and_never_the_password(
    world: World, client: CheckingClient, with_password: Give
) -> None:
    with_password(world.volunteer)
    enter(client, "13800000621")
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.verb == "signed_in")).one()
    assert event.actor_id == world.volunteer.person_id
    assert PASSWORD not in str(event.facts)
    assert db.session.scalar(select(func.count(Device.id))) == 1
