"""Without a mouse: signing in and checking in with Tab, letters, digits and Enter; the focus is always to be seen."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from engage.demo import cast
from tests.journeys.acting import sign_in
from tests.live import Installation

MOST_STOPS = 40


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until the wanted element has the focus; every stop on the way must show that it has it."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        focus = page.locator(":focus")
        shown = focus.evaluate(
            "node => { const s = getComputedStyle(node), a = getComputedStyle(node, '::after');"
            " return [s.outlineStyle, a.outlineStyle].some(o => o !== 'none') || s.boxShadow !== 'none'; }"
        )
        assert shown, focus.evaluate("node => node.outerHTML.slice(0, 200)")
        if wanted.evaluate("node => node === document.activeElement"):
            return
    raise AssertionError(f"{MOST_STOPS} times Tab and not there: {wanted}")


def test_signing_in_and_checking_in_with_the_keyboard_only(story: Installation, open_page: Callable[..., Page]) -> None:
    leader, phone = open_page(story), open_page(story)
    volunteer = next(member for member in cast.DONGHU if member.key == "volunteer")

    phone.goto("/sign-in?community=donghu")
    tab_to(phone, phone.locator("#f-account"))
    phone.keyboard.type(str(volunteer.phone))
    tab_to(phone, phone.locator("#f-password"))
    phone.keyboard.type(cast.PASSWORD)
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("link", name="到了，扫码签到")).to_be_visible()

    tab_to(phone, phone.get_by_role("link", name="到了，扫码签到"))
    phone.keyboard.press("Enter")
    phone.wait_for_url(re.compile(r"/shifts/\d+/duty"))
    sign_in(leader, "leader")
    leader.goto(phone.url.replace("/duty", "/roll"))
    tab_to(phone, phone.locator("#f-code"))
    phone.keyboard.type(leader.locator("[data-digits]").inner_text())
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("img", name="签到章：已到岗")).to_be_visible()
    tab_to(phone, phone.locator("#f-code"))
