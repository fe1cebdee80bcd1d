"""J5, thin: doors, console, projector, a household vote from two phones of one household, the result after the countdown."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.acting import press, sign_in
from tests.journeys.conftest import DESK
from tests.live import Installation


def test_j5_one_household_has_one_vote_and_nobody_sees_a_result_before_the_end(
    story: Installation, open_page: Callable[..., Page]
) -> None:
    chair, wall = open_page(story, size=DESK), open_page(story, size={"width": 1920, "height": 1080})
    wife, husband = open_page(story), open_page(story)
    sign_in(chair, "secretary")
    chair.goto("/desk/today")
    talk = re.search(r"/talks/(\d+)/", str(chair.locator("#talk a.btn").get_attribute("href"))).group(1)
    chair.goto(f"/talks/{talk}/plan")
    press(chair, f"/talks/{talk}/doors")
    sign_in(wife, "volunteer")
    wife.goto(f"/talks/{talk}")
    press(wife, f"/talks/{talk}/arrivals")
    chair.goto(f"/talks/{talk}/console")
    press(chair, f"/talks/{talk}/start")
    press(chair, "/activation")
    press(chair, "/vote")
    wall.context.add_cookies(chair.context.cookies())
    wall.goto(f"/talks/{talk}/projector")
    expect(wall.locator("body")).to_contain_text("充电棚")

    wife.goto(f"/talks/{talk}")
    wife.locator('a[href^="/votes/"]').first.click()
    wife.get_by_role("radio").first.check()
    press(wife, "/confirmations")
    press(wife, "/ballots")
    vote = re.search(r"/votes/(\d+)", wife.url).group(1)
    sign_in(husband, "spouse")
    husband.goto(f"/votes/{vote}")
    expect(husband.locator("#main")).to_contain_text("您家已经投过了")
    expect(husband.locator(".tally")).to_have_count(0)
    expect(wall.locator(".tally")).to_have_count(0)

    chair.goto(f"/talks/{talk}/console")
    press(chair, "/stop")
    husband.wait_for_timeout(16_000)
    husband.goto(f"/votes/{vote}")
    # One household of fifty-five is too few: the page says so, and keeps how that one voted to itself.
    expect(husband.locator("#main")).to_contain_text("不作数")
    expect(husband.locator("#main")).to_contain_text("1户，共55户")
    expect(husband.locator(".tally")).to_have_count(0)
