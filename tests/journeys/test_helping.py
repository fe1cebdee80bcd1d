"""The desk reserves goods for somebody who stands there, without JavaScript; the person finds it in their own data."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from engage import people
from tests.journeys.acting import books_of, press, sign_in
from tests.journeys.conftest import DESK, PHONE
from tests.live import Installation


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_the_desk_reserves_for_somebody_and_everybody_can_see_it_was_the_desk(
    story: Installation, open_page: Callable[..., Page], size: dict[str, int]
) -> None:
    with books_of(story):
        number = next(one.member_no for one in people.persons_of(people.find_ids("周桂芳")).values())
    desk = open_page(story, size=size, java_script_enabled=False)
    sign_in(desk, "desk")
    desk.goto("/help")
    desk.get_by_label("刷证，或写编号").fill(str(number))
    desk.get_by_label("姓名").fill("周桂芳")
    desk.get_by_label("要办什么").fill("没带手机，换毛巾")
    desk.get_by_text("本人在场，愿意让我替办").click()
    press(desk, "/help")
    expect(desk.locator(".helping")).to_contain_text("您正在替周桂芳办事")
    desk.get_by_role("link", name="换东西").click()
    desk.get_by_role("link", name="毛巾").first.click()
    press(desk, "/redemptions")
    expect(desk.locator(".pass-code")).to_be_visible()
    for path in ("/me/password", "/talks", "/"):
        desk.goto(path)
        expect(desk.locator("main")).to_contain_text("替别人办事时，这里进不去")
    press(desk, "/help/closure")
    desk.goto("/me")
    expect(desk.locator("header")).to_contain_text("唐美珍")

    hers = open_page(story)
    sign_in(hers, "volunteer")
    hers.goto("/me/data")
    expect(hers.locator("main")).to_contain_text("没带手机，换毛巾")
    expect(hers.locator("main")).to_contain_text("办了1件")
