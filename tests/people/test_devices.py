"""Devices begin and end: trust W5, W6."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from engage import people
from engage.core import tenancy
from engage.core.access import Actor
from engage.core.database import db, transaction
from engage.people import devices, directory
from engage.people.models import Device
from tests.client import CheckingClient
from tests.conftest import World
from tests.databases import make_app
from tests.make import open_device
from tests.people.conftest import PASSWORD, enter

Give = Callable[..., Actor]


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
    mine.post(f"/me/devices/{ids[2]}/closure", expect=404)
    mine.get("/me", expect=200)
    other.get("/me", expect=303)
    neighbour.get("/me", expect=200)


def test_w6_a_paused_person_and_a_role_that_ended_are_gone_with_the_next_request(
    world: World, sign_in: Any, with_password: Give
) -> None:
    with_password(world.clerk)
    office, volunteer, clerk = sign_in(world.secretary), sign_in(world.volunteer), sign_in(world.clerk)
    office.post(f"/members/{world.volunteer.person_id}/pause", data={"reason-pause": "外出半年"}, expect=303)
    volunteer.get("/me", expect=303)
    clerk.get("/members", expect=200)
    grant = directory.roles_of([world.clerk.person_id])[world.clerk.person_id][0].id
    office.post(f"/members/{world.clerk.person_id}/roles/{grant}/closure", expect=303)
    assert clerk.get("/members", expect=303).headers["Location"] == "/unlock?next=/members"
    clerk.post("/unlock", data={"confirm_password": PASSWORD}, expect=303)
    clerk.get("/members", expect=403)


def test_w6_the_office_ends_the_devices_of_somebody_who_lost_the_phone(world: World, sign_in: Any) -> None:
    lost = sign_in(world.volunteer)
    sign_in(world.clerk).post(f"/members/{world.volunteer.person_id}/devices/closures", expect=303)
    lost.get("/me", expect=303)


def test_w6_whatever_ends_a_sign_in_ends_it_in_every_worker_at_once(
    world: World, sign_in: Any, with_password: Give, app: Flask, tmp_path: Path
) -> None:
    """The cookie is copied to another process first; then: logout, kill all, one device, password, role, office, erase."""
    again = make_app(database_url=app.config["SQLALCHEMY_DATABASE_URI"], data_dir=tmp_path)
    fresh = "一棵桂花树在门口"
    acts: dict[str, Callable[[CheckingClient], object]] = {
        "sign out": lambda mine: mine.post("/sign-out", expect=303),
        "everywhere": lambda mine: mine.post("/me/devices/closures", expect=303),
        "this device": lambda mine: mine.post(f"/me/devices/{_device_of(mine)}/closure", expect=303),
        "new password": lambda mine: mine.post(
            "/me/password", data={"current": PASSWORD, "password": fresh, "again": fresh}, expect=303
        ),
        "new role": lambda _mine: _office(sign_in, world).post(
            f"/members/{world.volunteer.person_id}/roles", data={"role": "desk"}, expect=303
        ),
        "the office": lambda _mine: _office(sign_in, world).post(
            f"/members/{world.volunteer.person_id}/devices/closures", expect=303
        ),
        "pause": lambda _mine: _office(sign_in, world).post(
            f"/members/{world.volunteer.person_id}/pause", data={"reason-pause": "外出半年"}, expect=303
        ),
        "erase": _close_account,
    }
    for name, act in acts.items():
        with tenancy.scoped(world.donghu.id), transaction() as session:
            row = session.get(people.Person, world.volunteer.person_id)
            assert row is not None
            row.status = "active"
        with_password(world.volunteer)
        mine = sign_in(world.volunteer)
        cookie = mine.get_cookie(people.COOKIE)
        assert cookie is not None
        thief = CheckingClient(again, again.response_class, use_cookies=True)
        thief.set_cookie(people.COOKIE, cookie.value)
        thief.get("/me", expect=200)
        act(mine)
        assert thief.get("/me").status_code == 303, name
    with again.app_context():
        db.engine.dispose()


def _device_of(browser: CheckingClient) -> int:
    cookie = browser.get_cookie(people.COOKIE)
    assert cookie is not None
    kept = devices.token_hash(cookie.value)
    return int(db.session.scalars(select(Device.id).where(Device.token_hash == kept)).one())


def _office(sign_in: Any, world: World) -> CheckingClient:
    browser: CheckingClient = sign_in(world.secretary)
    return browser


def _close_account(mine: CheckingClient) -> None:
    page = mine.get("/me/closure", expect=200)
    mine.submit(page.form("/me/closure"), expect=303, current=PASSWORD)
