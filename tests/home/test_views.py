"""The front pages say the next thing first, and every number opens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta

import time_machine

from engage import ledger
from engage.core.access import Actor
from engage.core.database import transaction
from tests.client import CheckingClient
from tests.conftest import World
from tests.home.conftest import Evening, plan_shift
from tests.make import NOW

SignIn = Callable[[Actor], CheckingClient]


def test_a_stranger_finds_the_way_in_and_the_boards(world: World, client: CheckingClient) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert page.soup.select_one('a[href="/sign-in"]')
    assert page.soup.select_one('a[href="/c/donghu"]')
    assert page.soup.select_one('a[href="/c/liyuan"]')


def test_the_volunteer_sees_her_shift_first_and_one_big_button(world: World, evening: Evening, sign_in: SignIn) -> None:
    page = sign_in(world.volunteer).get("/")
    assert page.status_code == 200
    assert page.soup.h1.get_text().startswith("周桂芳，晚上好。")
    assert "今天有您一班岗" in page.soup.h1.get_text()
    [button] = page.soup.select("main .btn-lg")
    assert button["href"] == f"/shifts/{evening.patrol}/duty"
    assert "46" in page.soup.select_one("#points").get_text()
    assert "再攒14分，换一袋大米" in page.words
    assert page.soup.select_one(f'#talk[href="/talks/{evening.talk}"]')
    assert page.soup.select_one(f'#wanted a[href="/shifts/{evening.tomorrow}"]')


def test_the_leader_is_led_to_the_roll(world: World, evening: Evening, sign_in: SignIn) -> None:
    [button] = sign_in(world.leader).get("/").soup.select("main .btn-lg")
    assert button["href"] == f"/shifts/{evening.patrol}/roll"


def test_the_same_page_in_english(world: World, evening: Evening, sign_in: SignIn) -> None:
    browser = sign_in(world.volunteer)
    browser.set_cookie("lang", "en")
    page = browser.get("/")
    assert "good evening" in page.words
    assert "14 more points" in page.words


def test_on_a_free_day_the_page_names_the_next_shift(world: World, evening: Evening, sign_in: SignIn) -> None:
    with time_machine.travel(NOW - timedelta(hours=20), tick=False):
        page = sign_in(world.volunteer).get("/")
    assert "下一班岗在6月12日 18:50" in page.words
    assert not page.soup.select("main .btn-stamp")


def test_who_does_not_volunteer_is_not_told_about_points(world: World, evening: Evening, sign_in: SignIn) -> None:
    page = sign_in(world.resident).get("/")
    assert page.status_code == 200
    assert not page.soup.select("#points")
    assert "充电棚建在哪里" in page.words


def test_elder_mode_offers_four_choices_at_most_and_the_way_back(
    world: World, evening: Evening, sign_in: SignIn
) -> None:
    browser = sign_in(world.volunteer)
    browser.set_cookie("mode", "elder")
    page = browser.get("/")
    assert page.status_code == 200
    choices = page.soup.select("main a, main button")
    assert len(choices) <= 5, "four choices and one action (DESIGN-LANGUAGE §2)"
    assert page.soup.select_one(f'a.btn-stamp[href="/shifts/{evening.patrol}/duty"]')
    assert "积分46分" in page.words
    assert not page.soup.select("table, svg.bar, .tabs")


def test_elder_mode_has_a_person_to_talk_to_in_its_bar(world: World, evening: Evening, sign_in: SignIn) -> None:
    """Three things at the foot, the third is the office's telephone (DESIGN-LANGUAGE §2); one's own page stays near."""
    browser = sign_in(world.volunteer)
    browser.set_cookie("mode", "elder")
    page = browser.get("/", expect=200)
    assert [link["href"] for link in page.soup.select(".tabbar a")] == ["/", "/scan", "tel:027-8888"]
    assert page.soup.select_one('.armband a[href="/me"]')
    browser.set_cookie("mode", "standard")
    assert not browser.get("/", expect=200).soup.select_one('.tabbar a[href^="tel:"]')


def test_the_front_page_costs_the_same_however_much_is_planned(
    world: World, evening: Evening, sign_in: SignIn, count_queries: Callable[[], object]
) -> None:
    browser = sign_in(world.volunteer)
    assert browser.get("/").status_code == 200
    with count_queries() as few:
        assert browser.get("/").status_code == 200
    for number in range(6):
        plan_shift(world, title=f"夜巡{number}", day=date(2026, 6, 14), starts=time(8 + number), ends=time(9 + number))
    with count_queries() as many:
        assert browser.get("/").status_code == 200
    assert len(many) == len(few) <= 12


def test_the_secretarys_day_counts_what_is_due_and_every_number_opens(
    world: World, evening: Evening, sign_in: SignIn
) -> None:
    browser = sign_in(world.secretary)
    page = browser.get("/desk/today")
    assert page.status_code == 200
    brief = page.soup.select_one("#brief")
    assert "今天有1班活动" in brief.get_text()
    assert "夜话20:00开场" in brief.get_text()
    for link in {link["href"] for link in page.soup.select("#main a[href^='/']")}:
        assert browser.get(link).status_code == 200, link


def test_the_day_is_for_those_who_work_here(world: World, sign_in: SignIn, client: CheckingClient) -> None:
    assert sign_in(world.volunteer).get("/desk/today").status_code == 403
    assert client.get("/desk/today").status_code == 303


def test_an_empty_community_has_front_pages_too(world: World, sign_in: SignIn) -> None:
    assert "今天没有排您的班" in sign_in(world.volunteer).get("/").words
    page = sign_in(world.secretary).get("/desk/today")
    assert "今天没有活动" in page.words
    assert "还没定下一场夜话" in page.words


def test_the_community_next_door_is_not_in_sight(world: World, evening: Evening, sign_in: SignIn) -> None:
    for path in ("/", "/desk/today"):
        page = sign_in(world.outsider).get(path)
        assert page.status_code == 200
        assert "桂园" not in page.text
        assert "充电棚" not in page.text


def test_a_correction_is_announced_to_whoever_may_confirm_it(world: World, evening: Evening, sign_in: SignIn) -> None:
    with transaction():
        award = ledger.post_award(
            person_id=world.volunteer.person_id,
            points=5,
            source="x:1",
            memo="夜巡",
            basis={},
            earned_on=date(2026, 6, 1),
            actor_id=world.leader.person_id,
            approver_id=world.secretary.person_id,
            now=NOW,
        )
    ledger.propose_correction(entry_id=award.entry_id, reason="记了两回", actor=world.clerk, now=NOW)
    secretary, clerk = sign_in(world.secretary), sign_in(world.clerk)
    for address in ("/", "/desk/today"):
        assert secretary.get(address).soup.select('main a[href="/ledger/corrections"]'), address
        assert not clerk.get(address).soup.select('main a[href="/ledger/corrections"]'), address
    assert "1笔更正等您确认" in secretary.get("/desk/today").words.replace(" ", "")
    assert not sign_in(world.volunteer).get("/").soup.select('main a[href="/ledger/corrections"]')
