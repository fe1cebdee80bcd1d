"""From a carried motion to the public page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from engage import resolutions
from engage.core.access import Actor
from engage.core.database import db, transaction
from engage.core.errors import NotFound
from engage.core.tenancy import scoped
from engage.resolutions import queries
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW
from tests.resolutions.conftest import LATER, assign, decided
from tests.votes.make_votes import race

SignIn = Callable[[Actor], CheckingClient]


@pytest.fixture
def resolution_id(world: World) -> int:
    return resolutions.adopt(motion_id=decided(world).motion_id, actor=world.secretary, now=LATER)


def test_a_carried_motion_becomes_one_resolution(app: Flask, world: World) -> None:
    yard = decided(world)

    def adopt() -> int:
        return resolutions.adopt(motion_id=yard.motion_id, actor=world.secretary, now=LATER)

    assert len(set(race(app, world.donghu, adopt, adopt))) == 1
    db.session.rollback()
    [card] = resolutions.list_public(limit=5)
    assert (card.number, card.title, card.talk_number, card.decided_on) == (
        "决-2026-001",
        "西门建充电棚？",
        1,
        date(2026, 6, 12),
    )


def test_a_lost_motion_and_an_open_vote_become_nothing(world: World) -> None:
    lost = decided(world, yes=4, no=12)
    with pytest.raises(resolutions.ResolutionRefused):
        resolutions.adopt(motion_id=lost.motion_id, actor=world.secretary, now=LATER)
    yard = decided(world, day=7)
    with pytest.raises(resolutions.ResolutionRefused):  # inside the 15 s the ballots in hand still land
        resolutions.adopt(motion_id=yard.motion_id, actor=world.secretary, now=NOW + timedelta(days=7, seconds=5))
    assert resolutions.count_open() == 0


def test_the_owner_takes_every_step_and_the_steps_stay(world: World, resolution_id: int) -> None:
    with pytest.raises(resolutions.ResolutionRefused):
        resolutions.accept(resolution_id=resolution_id, actor=world.secretary, now=LATER)
    assign(world, resolution_id, owner=world.clerk)
    with pytest.raises(resolutions.ResolutionRefused):
        resolutions.accept(resolution_id=resolution_id, actor=world.secretary, now=LATER)
    step = {"resolution_id": resolution_id, "actor": world.clerk, "now": LATER}
    for command in (resolutions.accept, resolutions.begin):
        command(**step)
        command(**step)
    for _ in range(2):
        resolutions.tell(text="等供电所批电缆走线", key="k", **step)
    resolutions.report_done(text="棚子搭好了，能充12辆", **step)
    assert [row.kind for row in queries.list_progress(resolution_id)] == [
        "adopted",
        "assigned",
        "accepted",
        "in_progress",
        "note",
        "reported_done",
    ]
    assert resolutions.get_card(resolution_id).note == "棚子搭好了，能充12辆"
    assert resolutions.count_open() == 0


def test_the_steps_cannot_be_rewritten(world: World, resolution_id: int) -> None:
    for statement in ("UPDATE resolution_progress SET text = 'x'", "DELETE FROM resolution_progress"):
        with pytest.raises(DatabaseError), transaction() as session:
            session.execute(text(statement))


def test_a_resolution_next_door_does_not_exist(world: World, resolution_id: int) -> None:
    with scoped(world.liyuan.id), pytest.raises(NotFound):
        queries.get_resolution(resolution_id)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_office_leads_a_resolution_from_the_pages(world: World, sign_in: SignIn, language: str) -> None:
    decided(world)
    browser = sign_in(world.secretary)
    browser.language = language
    with time_machine.travel(LATER, tick=False):
        page = browser.get("/resolutions", expect=200)
        page = browser.follow(browser.submit(page.form(), expect=303))
        refused = browser.submit(page.form("/assignments"), expect=422, owner_text="物业公司", due_on="2026-06-01")
        assert refused.soup.find(id="f-owner_text")["value"] == "物业公司"
        options = {"owner_id": str(world.secretary.person_id), "owner_text": "物业公司", "due_on": "2026-07-01"}
        page = browser.follow(browser.submit(page.form("/assignments"), expect=303, **options))
        page = browser.follow(browser.submit(page.form("/acceptance"), expect=303))
        page = browser.follow(browser.submit(page.form("/beginning"), expect=303))
        assert browser.submit(page.form("/progress"), expect=422, text=" ").refusal
        page = browser.follow(browser.submit(page.form("/progress"), expect=303, text="地平好了"))
        data = {"text": "能充12辆"}
        page = browser.follow(browser.post(f"{page.request.path}/report", data=data, expect=303))
        assert resolutions.list_public(limit=1)[0].state == "reported_done"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everybody_may_read_a_resolution_and_no_person_is_named(
    world: World, client: CheckingClient, resolution_id: int, language: str
) -> None:
    assign(world, resolution_id)
    client.language = language
    page = client.get(f"/c/donghu/resolutions/{resolution_id}", expect=200)
    assert "物业公司" in page.text
    assert world.secretary.name not in page.text
    client.get(f"/c/liyuan/resolutions/{resolution_id}", expect=404)
    client.get("/c/donghu/resolutions/99999", expect=404)


def test_a_neighbour_from_next_door_reads_it_too(world: World, resolution_id: int, sign_in: SignIn) -> None:
    page = sign_in(world.outsider).get(f"/c/donghu/resolutions/{resolution_id}", expect=200)
    assert "东湖社区" in page.text


def test_the_office_pages_are_for_the_office(world: World, resolution_id: int, sign_in: SignIn) -> None:
    for address in ("/resolutions", f"/resolutions/{resolution_id}"):
        sign_in(world.volunteer).get(address, expect=403)
    sign_in(world.outsider).get(f"/resolutions/{resolution_id}", expect=404)


def test_the_list_is_searched_filtered_and_says_when_it_is_empty(
    world: World, sign_in: SignIn, count_queries: Callable[[], object]
) -> None:
    browser = sign_in(world.secretary)
    assert "还没有决议" in browser.get("/resolutions", expect=200).words
    for day in range(3):
        yard = decided(world, day=day)
        resolutions.adopt(motion_id=yard.motion_id, actor=world.secretary, now=NOW + timedelta(days=day, hours=1))
    assert len(browser.get("/resolutions?q=充电棚", expect=200).soup.select("tbody tr")) == 3
    assert len(browser.get("/resolutions?q=决-2026-002", expect=200).soup.select("tbody tr")) == 1
    assert "没找到" in browser.get("/resolutions?q=电梯", expect=200).words
    assert "没找到" in browser.get("/resolutions?state=reported_done", expect=200).words
    with count_queries() as statements:
        browser.get("/resolutions?state=open", expect=200)
    assert len(statements) <= 14


def test_english_readers_are_told_every_step_in_english(world: World, resolution_id: int, sign_in: SignIn) -> None:
    assign(world, resolution_id)
    client = sign_in(world.secretary)
    client.language = "en"
    with time_machine.travel(LATER, tick=False):
        pages = [client.get(at.format(resolution_id)) for at in ("/c/donghu/resolutions/{}", "/resolutions/{}")]
    for page in pages:
        assert "12 for, 4 against: passed." in page.words
        assert "物业公司, by 1 Jul" in page.words
        assert "赞成" not in page.words
