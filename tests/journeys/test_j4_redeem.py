"""J4, thin, without JavaScript: reserve, pick up once, and not twice."""

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
    expect(desk.locator("#desk")).to_contain_text("唐美珍")
    expect(desk.locator('form[action$="/desk/hand-outs"]')).to_have_count(0)
    volunteer.reload()
    expect(volunteer.locator("#pass")).to_contain_text("已取")
