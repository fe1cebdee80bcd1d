"""Without a mouse: Tab, letters, digits and Enter; the focus is always to be seen, also where a page renews itself."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
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


#: both ends of what has the focus are in the window, and nothing lies over them
_SEEN = """() => {
  const at = document.activeElement.getBoundingClientRect(), y = at.top + at.height / 2;
  return [at.left + 4, at.right - 4].every((x) => document.activeElement.contains(document.elementFromPoint(x, y)));
}"""


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # what the browser does does not depend on the database
def test_a_page_that_renews_itself_takes_nothing_from_who_works_without_a_mouse(
    story: Installation, open_page: Callable[..., Page]
) -> None:
    volunteer, leader = open_page(story), open_page(story)
    sign_in(volunteer, "volunteer")
    sign_in(leader, "leader")
    duty = volunteer.get_by_role("link", name="到了，扫码签到").get_attribute("href") or ""
    leader.goto(duty.replace("/duty", "/roll"))
    absent = leader.get_by_role("button", name=re.compile("^代签到")).last
    mark = leader.get_by_role("button", name=absent.inner_text(), exact=True)
    old, lost = leader.locator("#flash [data-still]"), leader.locator("#flash [data-lost]")

    # Without a network the list says how old it is; a button says to press again, and can be.
    mark.focus()
    leader.context.set_offline(True)
    leader.keyboard.press("Enter")
    expect(lost).to_contain_text("再点一次")
    expect(mark).to_be_focused()
    assert leader.evaluate(_SEEN)
    expect(old).to_contain_text("网断了，这是", timeout=8000)

    # Back again the list renews itself under the focus, and says no more that it is old.
    leader.context.set_offline(False)
    expect(old).to_have_count(0, timeout=8000)
    expect(mark).to_be_focused()

    # Pressed again: done, the sentence goes, and so does the button, but not the focus.
    leader.keyboard.press("Enter")
    expect(mark).to_have_count(0)
    expect(lost).to_have_count(0)
    assert leader.evaluate("document.activeElement !== document.body")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_in_the_menu_of_the_desk_on_a_phone_the_focus_is_never_half_outside(
    story: Installation, open_page: Callable[..., Page]
) -> None:
    office = open_page(story)
    sign_in(office, "secretary")
    office.goto("/resolutions")
    links = office.locator(".side nav a")
    tab_to(office, links.first)
    for number in range(1, links.count()):
        office.keyboard.press("Tab")
        expect(links.nth(number)).to_be_focused()
        assert office.evaluate(_SEEN), links.nth(number).inner_text()
