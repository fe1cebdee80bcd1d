"""J4: reserve, pick up once and not twice (without JavaScript), give back, and two people after the last piece."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.acting import press, sign_in
from tests.journeys.conftest import DESK, PHONE
from tests.live import Installation


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_j4_a_reservation_is_handed_out_once_without_javascript(
    story: Installation, open_page: Callable[..., Page], size: dict[str, int]
) -> None:
    volunteer = open_page(story, size=size, java_script_enabled=False)
    sign_in(volunteer, "volunteer")
    volunteer.goto("/rewards")
    volunteer.get_by_role("link", name="毛巾").first.click()
    press(volunteer, "/redemptions")
    digits = volunteer.locator(".pass-code").inner_text()

    desk = open_page(story, size=size, java_script_enabled=False)
    sign_in(desk, "desk")
    for _ in range(2):
        desk.goto("/desk")
        desk.locator('form[action$="/desk/pick-ups"] input.input').fill(digits)
        press(desk, "/desk/pick-ups")
        expect(desk.locator("#desk")).to_contain_text("毛巾")
        if desk.locator('form[action$="/desk/hand-outs"]').count():
            press(desk, "/desk/hand-outs")
    expect(desk.locator("#desk")).to_contain_text("已经发过了")
    expect(desk.locator("#desk")).to_contain_text("由唐美珍发出")
    expect(desk.locator('form[action$="/desk/hand-outs"]')).to_have_count(0)
    volunteer.reload()
    expect(volunteer.locator("#pass")).to_contain_text("已取")


def test_j4_the_last_piece_goes_to_one_of_two_and_giving_back_returns_the_points(
    story: Installation, open_page: Callable[..., Page]
) -> None:
    clerk, first, second = open_page(story, size=DESK), open_page(story), open_page(story)
    sign_in(clerk, "clerk")
    put_on_the_shelf(clerk, name="热水壶", pieces=1)
    before = {}
    for page, key in ((first, "volunteer"), (second, "neighbour")):
        sign_in(page, key)
        before[page] = available(page)
        page.goto("/rewards")
        page.get_by_role("link", name="热水壶").click()
        expect(page.locator("#item")).to_contain_text("1把")

    press(first, "/redemptions")
    expect(first.locator(".pass-code")).to_be_visible()
    press(second, "/redemptions")
    expect(second.get_by_role("alert")).to_contain_text("没换成")
    assert available(second) == before[second]
    reserved = first.url
    assert available(first) == before[first] - 10

    first.goto(reserved)
    first.get_by_text("不换了").click()
    first.get_by_role("button", name="退掉热水壶").click()
    expect(first.get_by_text("退掉了，分已经回到存折")).to_be_visible()
    first.goto(reserved)
    expect(first.locator("#pass")).to_contain_text("10分已经退回存折")
    assert available(first) == before[first]
    second.goto("/rewards")
    second.get_by_role("link", name="热水壶").click()
    press(second, "/redemptions")
    expect(second.locator(".pass-code")).to_be_visible()


def put_on_the_shelf(clerk: Page, *, name: str, pieces: int) -> None:
    """Add a thing of ten points with so many pieces."""
    clerk.goto("/stock/new")
    clerk.get_by_label("名称").fill(name)
    clerk.get_by_label("单位").fill("把")
    clerk.get_by_label("每份多少分").fill("10")
    clerk.get_by_label("现在有几份").fill(str(pieces))
    press(clerk, "/stock")
    expect(clerk.locator("#main")).to_contain_text(name)


def available(page: Page) -> int:
    """Return the points the home page shows."""
    page.goto("/")
    return int(page.locator("#points .huge").inner_text())
