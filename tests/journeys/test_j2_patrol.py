"""J2: a slip in the hand, a patrol at night, hours approved, points that explain themselves; with and without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time

import pytest
from playwright.sync_api import Page, expect

from engage.core import clock
from tests.journeys.acting import activate, evening_of, press, sign_in
from tests.journeys.conftest import DESK, PHONE
from tests.live import Installation

TITLE = "桂园小巷夜巡"
NAME = "钱小芸"


@pytest.mark.parametrize(("size", "scripts"), [(PHONE, True), (DESK, False)], ids=["phone", "desk-without-javascript"])
def test_j2_from_the_slip_to_points_that_explain_themselves(
    *, story: Installation, open_page: Callable[..., Page], size: dict[str, int], scripts: bool
) -> None:
    office, leader = open_page(story, size=DESK, java_script_enabled=scripts), open_page(story)
    volunteer = open_page(story, size=size, java_script_enabled=scripts)

    sign_in(office, "secretary")
    evening = evening_of(story, days=1, at=time(19, 31))
    plan_patrol(office, day=clock.local_date(evening))
    activate(volunteer, code=print_slip(office), password="桂园小巷夜里有灯")
    sign_up(volunteer)

    story.travel(evening)
    volunteer.goto("/")
    volunteer.get_by_role("link", name="到了，扫码签到").click()
    shift = re.search(r"/shifts/(\d+)/", volunteer.url).group(1)  # type: ignore[union-attr]
    sign_in(leader, "leader")
    leader.goto(f"/shifts/{shift}/roll")
    type_digits(volunteer, leader, button="签到")
    expect(volunteer.get_by_role("img", name="签到章：已到岗")).to_be_visible()
    count_heads(leader, shift=shift)

    story.travel(evening_of(story, days=0, at=time(21, 15)))
    leader.goto(f"/shifts/{shift}/code")
    volunteer.goto(f"/shifts/{shift}/duty")
    type_digits(volunteer, leader, button="签退")
    expect(volunteer.get_by_role("img", name="签到章：已签退")).to_be_visible()
    minutes = int(volunteer.locator("#slip .huge").inner_text())
    assert 103 <= minutes <= 105
    leader.goto(f"/shifts/{shift}/roll")
    leader.get_by_role("button", name="收队").click()
    expect(leader.get_by_text("收队了，辛苦")).to_be_visible()

    approve(open_page(story, size=DESK))
    volunteer.goto("/points")
    expect(volunteer.locator(".bankbook .huge")).to_have_text("15")
    volunteer.get_by_role("link", name=TITLE).click()
    expect(volunteer.get_by_role("heading", name="怎么算的")).to_be_visible()
    expect(volunteer.locator("#main")).to_contain_text(f"{minutes}")
    expect(volunteer.locator("#main")).to_contain_text("吴小婷")


def plan_patrol(office: Page, *, day: date) -> None:
    """Plan the patrol; the form does not let it go out without insurance, and keeps what was typed."""
    office.get_by_role("link", name="发活动").first.click()
    leader = re.search(r"王建明(\d{4})", office.locator("#f-leader_no-hint").inner_text())
    assert leader
    office.get_by_label("活动名称").fill(TITLE)
    office.get_by_label("集合地点").fill("桂园东门岗亭")
    office.get_by_label("哪一天").fill(day.isoformat())
    office.get_by_label("几点开始").fill("19:30")
    office.get_by_label("几点结束").fill("21:30")
    office.get_by_label("带队人的编号").fill(leader.group(1))
    office.get_by_role("button", name="发布").click()
    expect(office.locator("#plan-form [role=alert]")).to_contain_text("巡逻要先有保险")
    expect(office.get_by_label("活动名称")).to_have_value(TITLE)
    office.locator("#f-insurance").fill("区志愿者意外险，保到年底")
    press(office, "/plan/activities")
    expect(office.locator("#main")).to_contain_text(TITLE)


def print_slip(office: Page) -> str:
    """Put a new neighbour on the roll, tick her in the list, print her slip; returns the code on it."""
    office.goto("/members/new")
    office.get_by_label("姓名").fill(NAME)
    office.get_by_label("当志愿者").check()
    press(office, "/members")
    office.goto(f"/members?q={NAME}")
    office.get_by_label(f"选{NAME}").check()
    office.locator("select[name=act]").select_option("slips")
    office.get_by_role("button", name="下一步").click()
    office.get_by_role("button", name="做好激活码，出纸条").click()
    expect(office.locator(".aslip-name")).to_contain_text(NAME)
    return office.locator(".aslip-code").inner_text()


def sign_up(volunteer: Page) -> None:
    """Find the patrol by its name and join it."""
    volunteer.goto("/activities")
    volunteer.get_by_role("searchbox").fill(TITLE)
    volunteer.get_by_role("button", name="找").click()
    press(volunteer, "/sign-ups")
    volunteer.goto("/activities?q=" + TITLE)
    expect(volunteer.get_by_text("已报名")).to_be_visible()


def type_digits(volunteer: Page, leader: Page, *, button: str) -> None:
    """Read the six digits off the leader's screen and type them."""
    volunteer.locator("#f-code").fill(leader.locator("[data-digits]").inner_text())
    volunteer.get_by_role("button", name=button, exact=True).click()


def count_heads(leader: Page, *, shift: str) -> None:
    """Count before anything is told: the page says how many checked in only after the number is written down."""
    leader.goto(f"/shifts/{shift}/roll")
    expect(leader.locator("#present")).to_contain_text(NAME)
    expect(leader.locator("#roll")).not_to_contain_text("当时签到")
    leader.get_by_label("现在站着几个人").fill("1")
    press(leader, "/head-counts")
    expect(leader.locator("#roll")).to_contain_text("您数了1人，当时签到1人")


def approve(clerk: Page) -> None:
    """Let the clerk, who neither planned nor led it, approve what is ticked."""
    sign_in(clerk, "clerk")
    clerk.goto("/approvals")
    expect(clerk.locator("#review")).to_contain_text(NAME)
    clerk.get_by_role("button", name="勾选的都批").click()
    expect(clerk.locator("#review")).not_to_contain_text(NAME)
