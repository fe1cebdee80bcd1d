"""J2 and J3, thin: a patrol with phones, and the same patrol with a card and no phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.acting import press, sign_in
from tests.journeys.conftest import DESK, PHONE
from tests.live import Installation


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_j2_a_live_code_checks_in_and_approved_hours_become_points_that_explain_themselves(
    story: Installation, open_page: Callable[..., Page], size: dict[str, int]
) -> None:
    volunteer, leader, clerk = open_page(story, size=size), open_page(story, size=size), open_page(story, size=DESK)
    sign_in(volunteer, "volunteer")
    before = int(volunteer.locator("#points .huge").inner_text())
    volunteer.get_by_role("link", name="到了，扫码签到").click()
    shift = re.search(r"/shifts/(\d+)/", volunteer.url).group(1)

    sign_in(leader, "leader")
    leader.goto(f"/shifts/{shift}/code")
    volunteer.fill("#f-code", leader.locator("[data-digits]").inner_text())
    press(volunteer, "/check-ins")
    expect(volunteer.get_by_role("heading", name="签到成功")).to_be_visible()
    leader.goto(f"/shifts/{shift}/roll")
    expect(leader.locator("#main")).to_contain_text("周桂芳")

    sign_in(clerk, "clerk")
    clerk.goto("/approvals")
    clerk.get_by_role("button", name="勾选的都批").click()
    expect(clerk.locator("#main")).not_to_contain_text("周桂芳")
    volunteer.goto("/")
    assert int(volunteer.locator("#points .huge").inner_text()) == before + 15
    volunteer.goto("/points")
    volunteer.get_by_role("link", name="荷香苑夜巡").first.click()
    expect(volunteer.locator("#main")).to_contain_text("吴小婷")
    expect(volunteer.locator("#main")).to_contain_text("90")


def test_j3_a_neighbour_without_a_phone_is_checked_in_by_the_number_on_her_card(
    story: Installation, open_page: Callable[..., Page]
) -> None:
    leader = open_page(story)
    sign_in(leader, "leader")
    leader.locator("a.btn-stamp").click()
    shift = re.search(r"/shifts/(\d+)/", leader.url).group(1)
    leader.goto(f"/shifts/{shift}/roll")
    leader.fill("#f-card", "0006")
    press(leader, "/roll/scans")
    expect(leader.locator("#roll")).to_contain_text("孙玉梅")
