"""The passbook, one entry opened, and the journal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from engage import ledger
from engage.core import tenancy
from engage.core.database import transaction
from tests.conftest import World
from tests.ledger.conftest import Points
from tests.make import NOW

SignIn = Callable[..., Any]


def test_an_empty_passbook_says_how_the_first_points_come(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.volunteer).get("/points")
    assert answer.status_code == 200
    assert "存折刚开，还没有第一笔" in answer.words


def test_the_passbook_shows_a_balance_on_every_line(world: World, points: Points, sign_in: SignIn) -> None:
    points.award(40, now=NOW - timedelta(days=40))
    points.award(10)
    points.hold(15, "redemption:1")
    answer = sign_in(world.volunteer).get("/points")
    rows = [
        [" ".join(cell.get_text(" ").split()) for cell in row.select("td")] for row in answer.soup.select("tbody tr")
    ]
    assert rows == [
        ["06-12", "换洗衣液2升", "−15", "35"],
        ["06-12", "荷香苑夜巡", "+10", "50"],
        ["06-01", "上月结转", "", "40"],
    ]
    assert "收入10分，支出15分" in answer.words
    assert "35 分，能用" in answer.words
    assert "另有15分留给还没取的东西" in answer.words


def test_the_passbook_turns_month_by_month(world: World, points: Points, sign_in: SignIn) -> None:
    points.award(40, now=NOW - timedelta(days=40))
    browser = sign_in(world.volunteer)
    june = browser.get("/points")
    assert "这个月没有收支" in june.words
    earlier = june.soup.select_one('a[aria-label="上个月"]')
    assert earlier["href"] == "/points?month=2026-05"
    may = browser.get(earlier["href"])
    assert "+40" in may.words
    assert may.soup.select_one('a[aria-label="上个月"]') is None
    assert browser.get("/points?month=2026-13").status_code == 404


def test_a_number_opens_to_its_arithmetic(world: World, sign_in: SignIn) -> None:
    basis = {
        "rule": {"code": "patrol", "version": 2},
        "minutes": 95,
        "steps": [
            {"step": "quantum", "minutes": 95, "quantum": 30, "units": 3},
            {"step": "unit", "units": 3, "each": 5, "points": 15},
            {"step": "coefficient", "percent": 150, "before": 15, "points": 22},
            {"step": "cap", "cap": "day", "limit": 20, "earned": 0, "points": 20},
        ],
    }
    with transaction():
        receipt = ledger.post_award(
            person_id=world.volunteer.person_id,
            points=20,
            source="session:1:patrol",
            memo="荷香苑夜巡",
            earned_on=NOW.date(),
            actor_id=world.clerk.person_id,
            approver_id=world.clerk.person_id,
            now=NOW,
            basis=basis,
        )
    answer = sign_in(world.volunteer).get(f"/points/{receipt.entry_id}")
    assert "95分钟，每满30分钟算1份，共3份" in answer.words
    assert "这类活动按150%算：15分变22分，零头不算" in answer.words
    assert "一天最多20分" in answer.words
    assert "吴小婷" in answer.words
    english = sign_in(world.volunteer)
    english.set_cookie("lang", "en")
    page = english.get(f"/points/{receipt.entry_id}")
    assert page.status_code == 200
    assert "95 min; one unit for every full 30 min: 3" in page.words


def test_other_people_s_entries_are_not_found(world: World, points: Points, sign_in: SignIn) -> None:
    receipt = points.award(5)
    assert sign_in(world.neighbour).get(f"/points/{receipt.entry_id}").status_code == 404
    assert sign_in(world.outsider).get(f"/points/{receipt.entry_id}").status_code == 404
    assert sign_in(world.secretary).get(f"/points/{receipt.entry_id}").status_code == 200


def test_the_journal_is_for_the_office(world: World, points: Points, sign_in: SignIn) -> None:
    points.award(5)
    assert sign_in(world.volunteer).get("/ledger").status_code == 403
    answer = sign_in(world.secretary).get("/ledger")
    assert "周桂芳" in answer.words
    assert "000001" in answer.words
    assert "第1笔，指纹" in answer.words
    with tenancy.scoped(world.liyuan.id):
        assert "周桂芳" not in sign_in(world.outsider).get("/ledger").words


def test_the_journal_is_searched_by_number(world: World, points: Points, sign_in: SignIn) -> None:
    points.award(5)
    browser = sign_in(world.secretary)
    for found in (f"by=member&q={world.volunteer.member_no}", "by=entry&q=1"):
        assert "000001" in browser.get(f"/ledger?{found}").words
    for missing in (f"by=member&q={world.desk.member_no}", "by=entry&q=2", "by=member&q=999"):
        assert "没查到" in browser.get(f"/ledger?{missing}").words


def test_words_instead_of_a_number_are_answered_with_what_to_type(world: World, sign_in: SignIn) -> None:
    assert "只认数字" in sign_in(world.secretary).get("/ledger?q=周桂芳").words


def test_pages_turn_by_key_and_cost_the_same_however_long_the_book_is(
    world: World, points: Points, sign_in: SignIn, count_queries: Any
) -> None:
    for _number in range(3):
        points.award(1)
    browser = sign_in(world.secretary)
    with count_queries() as few:
        browser.get("/ledger").status_code  # noqa: B018
    for number in range(52):
        points.award(1, person_id=(world.neighbour if number % 2 else world.leader).person_id)
    with count_queries() as many:
        answer = browser.get("/ledger")
    assert len(many) <= len(few) <= 14
    older = answer.soup.select_one(".pager a.btn-line")
    assert older["href"] == "/ledger?by=member&before=6"
    assert "000005" in browser.get(older["href"]).words


def test_pages_speak_english(world: World, points: Points, sign_in: SignIn) -> None:
    points.award(5)
    browser = sign_in(world.secretary)
    browser.set_cookie("lang", "en")
    for address in ("/points", "/ledger"):
        answer = browser.get(address)
        assert answer.status_code == 200
        assert "Points" in answer.soup.title.get_text()
