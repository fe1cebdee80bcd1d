"""The ticket of the front page knows where its reader stands: not there yet, on duty, gone; and whose child waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import time_machine

from engage import attendance, guardians
from engage.attendance import Kind
from engage.core.access import Actor
from tests.client import CheckingClient
from tests.conftest import World
from tests.home.conftest import Evening
from tests.make import NOW, make_person

SignIn = Callable[[Actor], CheckingClient]


def scan(world: World, evening: Evening, kind: Kind, *, now: datetime) -> None:
    attendance.check_in_person(
        shift_id=evening.patrol,
        person_id=world.volunteer.person_id,
        kind=kind,
        medium="card",
        client_event_id=f"front-page-{kind.value}",
        actor=world.leader,
        now=now,
    )


def test_on_duty_the_front_page_offers_the_way_out_until_it_is_taken(
    world: World, evening: Evening, sign_in: SignIn
) -> None:
    browser = sign_in(world.volunteer)
    scan(world, evening, Kind.IN, now=NOW)
    # The patrol ended at 21:00; whoever forgot still finds the button while its codes are shown.
    for later in (timedelta(minutes=5), timedelta(hours=2, minutes=30)):
        with time_machine.travel(NOW + later, tick=False):
            page = browser.get("/")
        [button] = page.soup.select("main .btn-stamp")
        assert button.get_text(strip=True) == "要走了，扫码签退"
        assert "您在岗上" in page.soup.h1.get_text()
        assert "19:00到" in page.soup.select_one("#duty").get_text()
    browser.set_cookie("mode", "elder")
    with time_machine.travel(NOW + timedelta(minutes=5), tick=False):
        assert browser.get("/").soup.select_one("main a.btn-stamp").get_text(strip=True) == "走了，签退"
    browser.delete_cookie("mode")

    scan(world, evening, Kind.OUT, now=NOW + timedelta(hours=1))
    with time_machine.travel(NOW + timedelta(hours=1, minutes=1), tick=False):
        page = browser.get("/")
    assert not page.soup.select(f'main a[href="/shifts/{evening.patrol}/duty"]'), "over for today"


def test_long_before_the_codes_are_shown_nobody_is_asked_to_check_in(
    world: World, evening: Evening, sign_in: SignIn
) -> None:
    browser = sign_in(world.volunteer)
    with time_machine.travel(NOW - timedelta(hours=6), tick=False):
        page = browser.get("/")
    assert "今天有您一班岗" in page.soup.h1.get_text()
    assert page.soup.select_one("#duty a")["href"] == f"/shifts/{evening.patrol}"


def test_a_guardian_is_told_that_a_child_waits_for_a_yes(world: World, evening: Evening, sign_in: SignIn) -> None:
    child = make_person(community=world.donghu, name="赵一鸣", birth_year=2015)
    bond = guardians.link(
        minor_id=child.person_id,
        guardian_no=world.volunteer.member_no,
        kind="grandparent",
        signed=False,
        actor=world.clerk,
        now=NOW,
    )
    browser = sign_in(world.volunteer)
    for mode, address in (("standard", f"/me/children/{bond}"), ("elder", "/me/children")):
        browser.set_cookie("mode", mode)
        assert browser.get("/").soup.select_one(f'main a[href="{address}"]')
    guardians.confirm_own(bond_id=bond, actor=world.volunteer, now=NOW)
    assert not browser.get("/").soup.select('main a[href^="/me/children"]')
