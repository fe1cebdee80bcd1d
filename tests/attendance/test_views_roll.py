"""The leader's pages: the code, cards, who is here, the blind head-count (the thread, step 3)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from engage import activities, attendance, people
from engage.activities.queries import ShiftCard
from engage.attendance.rules import Kind
from engage.core import tenancy
from engage.core.access import Actor
from engage.core.database import transaction
from engage.core.i18n import time_of_day
from engage.people import cards as people_cards
from tests import make
from tests.attendance.conftest import END, START, at, hand_in, shown
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW

SignIn = Callable[[Actor], CheckingClient]


def test_the_leaders_page_shows_the_code_of_the_moment_and_carries_all_later_ones(
    world: World, patrol: ShiftCard, sign_in: SignIn
) -> None:
    with at(START):
        page = sign_in(world.leader).get(f"/shifts/{patrol.id}/roll", expect=200)
        code = shown(patrol, Kind.IN, START)
        assert f"{code[:3]} {code[3:6]}" in page.words
        listed = page.soup.select_one("#live-code")["data-codes"].split()
        assert listed[0] == code
        assert listed[2] == shown(patrol, Kind.IN, START + timedelta(seconds=60))
        assert len(listed) == (90 + 60) * 2 + 1
        assert page.soup.select_one('noscript meta[http-equiv="refresh"]')
        out = sign_in(world.leader).get(f"/shifts/{patrol.id}/roll?kind=out", expect=200)
        assert shown(patrol, Kind.OUT, START)[:3] in out.words


def test_a_card_a_token_and_a_number_are_all_taken(
    app: Flask, world: World, patrol: ShiftCard, sign_in: SignIn
) -> None:
    with transaction():
        people.issue_cards(person_ids=[world.resident.person_id, world.neighbour.person_id], now=NOW)
    with app.test_request_context(), tenancy.scoped(world.donghu.id):
        cards = people.card_addresses([world.resident.person_id, world.neighbour.person_id])
    tenancy.enter(world.donghu.id)
    leader = sign_in(world.leader)
    with at(START):
        for typed, words in (
            (cards[world.resident.person_id], "刘长河签到了"),
            (cards[world.neighbour.person_id].rsplit("/", 1)[1].lower(), "孙玉梅签到了"),
            (f"{world.volunteer.member_no:04d}", "周桂芳签到了"),
        ):
            form = leader.get(f"/shifts/{patrol.id}/roll", expect=200).form("/roll/scans")
            answer = leader.submit(form, expect=200, htmx=True, press="kind=in", card=typed)
            assert words in answer.words
        refused = leader.submit(form, expect=422, press="kind=in", card="9999")
        assert "没有这个编号" in refused.refusal
        assert 'http-equiv="refresh"' not in refused.text, "its address cannot be opened again"
        assert 'http-equiv="refresh"' in leader.get(f"/shifts/{patrol.id}/roll", expect=200).text
    grades = {card.person_id: card.grade for card in attendance.sessions_of_shift(patrol.id)}
    assert grades == {
        world.resident.person_id: "4",
        world.neighbour.person_id: "4",
        world.volunteer.person_id: "A",
    }


def test_enter_presses_what_the_screens_code_is_for(world: World, patrol: ShiftCard, sign_in: SignIn) -> None:
    """A scanner that types ends with Enter, which presses the form's first button."""
    leader = sign_in(world.leader)
    for moment, query, first in ((START, "", "in"), (START, "?kind=out", "out"), (END, "", "out")):
        with at(moment):
            form = leader.get(f"/shifts/{patrol.id}/roll{query}", expect=200).form("/roll/scans")
            assert form.select_one("button")["value"] == first


def test_the_screen_keeps_its_code_whatever_the_leader_writes_down(
    world: World, patrol: ShiftCard, sign_in: SignIn
) -> None:
    """Counting heads beside the check-out code must not make the next card a check-in."""
    hand_in(patrol, world.volunteer)
    leader = sign_in(world.leader)
    with at(START + timedelta(minutes=5)):
        page = leader.get(f"/shifts/{patrol.id}/roll?kind=out", expect=200)
        counted = leader.submit(page.form("/head-counts"), expect=200, htmx=True, counted="1")
        assert counted.form("/roll/scans").select_one("button")["value"] == "out"
        marked = leader.submit(page.form("/roll/scans", nth=1), expect=200, htmx=True)
        assert marked.form("/roll/scans").select_one("button")["value"] == "out"
        plain = leader.submit(counted.form("/closure"), expect=303)
        assert plain.headers["Location"].endswith("kind=out")
        polled = leader.get(str(page.soup.select_one("#present")["hx-get"]), expect=200)
        assert "kind=out" in polled.soup.select_one("#present")["hx-get"]


def test_k7_a_card_reported_lost_is_worth_nothing(app: Flask, world: World, patrol: ShiftCard, sign_in: SignIn) -> None:
    """K7, online half: the old card is refused at once, the new one works."""
    person = world.neighbour.person_id
    with transaction():
        people.issue_cards(person_ids=[person], now=NOW)
    with app.test_request_context(), tenancy.scoped(world.donghu.id):
        lost = people.card_address(person)
        people_cards.replace_card(person_id=person, version=1, actor=world.clerk, now=NOW)
        new = people.card_address(person)
    tenancy.enter(world.donghu.id)
    leader = sign_in(world.leader)
    with at(START):
        form = leader.get(f"/shifts/{patrol.id}/roll", expect=200).form("/roll/scans")
        assert "挂失" in leader.submit(form, expect=422, htmx=True, press="kind=in", card=lost).refusal
        assert attendance.sessions_of_shift(patrol.id) == []
        leader.submit(form, expect=200, htmx=True, press="kind=in", card=new)
    assert [card.grade for card in attendance.sessions_of_shift(patrol.id)] == ["4"]


def test_the_head_count_is_blind_until_it_is_entered(world: World, patrol: ShiftCard, sign_in: SignIn) -> None:
    hand_in(patrol, world.volunteer)
    leader = sign_in(world.leader)
    with at(END):
        page = leader.get(f"/shifts/{patrol.id}/roll", expect=200)
        assert "当时签到" not in page.words
        assert "收队" not in page.words
        refused = leader.submit(page.form("/head-counts"), expect=422, counted="三个")
        assert "写数字" in refused.soup.select_one(".field:has([name=counted]) [role=alert]").get_text()
        assert refused.soup.select_one("[name=counted]")["value"] == "三个"
        leader.submit(refused.form("/head-counts"), expect=303, counted="1")
        page = leader.get(f"/shifts/{patrol.id}/roll", expect=200)
        assert "您数了1人，当时签到1人" in page.words
        leader.submit(page.form("/closure"), expect=303)
        assert "收队" in leader.get(f"/shifts/{patrol.id}/roll", expect=200).words


def test_the_leader_says_when_somebody_left(world: World, patrol: ShiftCard, sign_in: SignIn) -> None:
    hand_in(patrol, world.volunteer)
    leader = sign_in(world.leader)
    with at(END + timedelta(hours=2)):
        page = leader.get(f"/shifts/{patrol.id}/roll", expect=200)
        assert "不能晚于" in leader.submit(page.form("/end"), expect=422, ended="21:45").refusal
        leader.submit(page.form("/end"), expect=303, ended="21:00")
    (card,) = attendance.list_to_approve(5, 0)
    assert card.minutes == 60


def test_who_left_is_told_even_while_the_check_in_is_still_on_its_way(
    world: World, patrol: ShiftCard, sign_in: SignIn
) -> None:
    hand_in(patrol, world.volunteer, Kind.OUT, read_at=END)
    with at(END):
        words = sign_in(world.leader).get(f"/shifts/{patrol.id}/roll?kind=out").words
    assert f"{time_of_day(END)}走" in words


def test_who_is_here_costs_nothing_while_nobody_comes(world: World, patrol: ShiftCard, sign_in: SignIn) -> None:
    leader = sign_in(world.leader)
    with at(START):
        first = leader.get(f"/shifts/{patrol.id}/roll/present", expect=200)
    with at(START + timedelta(seconds=7)):
        again = leader.get(f"/shifts/{patrol.id}/roll/present", headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304
        hand_in(patrol, world.volunteer)
        fresh = leader.get(f"/shifts/{patrol.id}/roll/present", headers={"If-None-Match": first.headers["ETag"]})
        assert fresh.status_code == 200
        assert "到了" in fresh.words


def test_the_wall_names_politely_and_shows_no_count(world: World, patrol: ShiftCard, sign_in: SignIn) -> None:
    hand_in(patrol, world.volunteer)
    with at(START):
        wall = sign_in(world.leader).get(f"/shifts/{patrol.id}/code", expect=200)
    assert "周** 刚签到" in wall.words
    assert "周桂芳" not in wall.text
    assert "已到" not in wall.words


@pytest.mark.parametrize("path", ["/roll", "/roll/present", "/code", "/code/latest"])
def test_codes_and_names_are_for_the_leader_and_the_office(
    world: World, patrol: ShiftCard, sign_in: SignIn, path: str
) -> None:
    address = f"/shifts/{patrol.id}{path}"
    assert sign_in(world.leader).get(address).status_code == 200
    assert sign_in(world.clerk).get(address).status_code == 200
    assert sign_in(world.volunteer).get(address).status_code == 403
    assert sign_in(world.desk).get(address).status_code == 403
    assert sign_in(world.outsider).get(address).status_code == 404


def test_a_volunteers_pages_hold_no_code_and_no_secret(world: World, patrol: ShiftCard, sign_in: SignIn) -> None:
    """service-points §5.9: the seed never reaches a volunteer's phone."""
    with at(START):
        phone = sign_in(world.volunteer)
        seed = activities.seed_of(shift_id=patrol.id, now=START)
        for path in (f"/shifts/{patrol.id}/duty", f"/shifts/{patrol.id}", "/scan"):
            text = phone.get(path, expect=200).text
            assert shown(patrol, Kind.IN, START)[:6] not in text
            assert seed.token not in text
            assert seed.secret.hex() not in text


def test_the_roll_asks_as_many_questions_for_two_as_for_twelve(
    world: World, patrol: ShiftCard, sign_in: SignIn, count_queries: Callable
) -> None:
    leader = sign_in(world.leader)
    asked = []
    for number in (2, 10):
        for index in range(number):
            hand_in(patrol, make.make_person(community=world.donghu, name=f"居民{number}{index}"))
        with at(START), count_queries() as statements:
            leader.get(f"/shifts/{patrol.id}/roll", expect=200)
        asked.append(len(statements))
    assert asked[0] == asked[1] <= 20


def test_the_list_to_approve_is_a_handful_of_queries(world: World, patrol: ShiftCard, count_queries: Callable) -> None:
    asked = []
    for number in (2, 10):
        for index in range(number):
            person = make.make_person(community=world.donghu, name=f"居民{number}{index}")
            hand_in(patrol, person)
            hand_in(patrol, person, Kind.OUT, read_at=END)
        with count_queries() as statements:
            attendance.list_to_approve(20, 0)
        asked.append(len(statements))
    assert asked[0] == asked[1] <= 5


@pytest.mark.parametrize("path", ["/scan", "/shifts/{id}/duty", "/shifts/{id}/roll", "/shifts/{id}/code"])
def test_every_page_speaks_english(world: World, patrol: ShiftCard, sign_in: SignIn, path: str) -> None:
    hand_in(patrol, world.leader)
    client = sign_in(world.leader)
    client.language = "en"
    with at(START):
        page = client.get(path.format(id=patrol.id), expect=200)
    ours = re.compile("桂园片区夜巡|桂园东门岗亭|看看楼道有没有堆东西|东湖社区|王建明|王\\*\\*|周桂芳|孙玉梅|中文")
    left = re.findall("[\u4e00-\u9fff]+", ours.sub("", page.soup.get_text(" ")))
    assert left == []
