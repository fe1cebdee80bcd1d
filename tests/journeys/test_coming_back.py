"""What a phone does by itself must not work against the hand: Back after a refusal, a part that renews itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.acting import evening_of, sign_in
from tests.live import Installation

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # nothing here depends on the database


def test_back_and_reload_after_a_refusal_are_pages_and_never_the_browsers_question(
    story: Installation, open_page: Callable[..., Page]
) -> None:
    """A refused form's answer has no address of its own; browsers show an error of theirs for it."""
    page = open_page(story)
    page.goto("/sign-in?community=donghu")
    page.fill("#f-account", "13800000621")
    page.fill("#f-password", "记错了的密码")
    page.click("#sign-in button[type=submit]")
    expect(page.locator("[role=alert]").first).to_be_visible()
    page.reload()
    expect(page.locator("#sign-in")).to_be_visible()
    expect(page.locator("[role=alert]")).to_have_count(0)

    sign_in(page, "volunteer")
    page.goto("/me/password")
    page.fill("#f-current", "记错了的密码")
    page.fill("#f-password", "湖边的灯亮着呢")
    page.fill("#f-again", "湖边的灯亮着呢")
    page.click("#password button")
    expect(page.locator("[role=alert]").first).to_be_visible()
    page.goto("/me")
    page.go_back()
    expect(page.locator("#password")).to_be_visible()


def test_a_time_being_typed_is_not_taken_away_when_the_list_renews_itself(
    story: Installation, open_page: Callable[..., Page]
) -> None:
    leader = open_page(story)
    sign_in(leader, "leader")
    leader.goto("/")
    leader.locator("#duty a[href$='/roll']").first.click()
    leader.get_by_role("button", name="代签").first.click()
    expect(leader.locator("#present .chip-ok").first).to_be_visible()
    shift = re.search(r"/shifts/(\d+)/", leader.url).group(1)  # type: ignore[union-attr]

    story.travel(evening_of(story, days=1, at=time(12, 0)))
    leader.goto(f"/shifts/{shift}/roll")
    left = leader.locator("#present input[type=time]").first
    left.fill("00:07")
    left.blur()
    leader.wait_for_timeout(6500)  # the list asks every five seconds
    expect(left).to_have_value("00:07")
