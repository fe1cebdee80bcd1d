"""What the cast does in every journey: sign in by the page, press a form's button."""

from __future__ import annotations

from playwright.sync_api import Page

from engage.demo import cast


def sign_in(page: Page, key: str, *, community: str = "donghu") -> None:
    """Sign one of the cast in as they would: number, password, button."""
    members = cast.DONGHU if community == "donghu" else cast.LIYUAN
    member = next(member for member in members if member.key == key)
    page.goto(f"/sign-in?community={community}")
    page.fill("#f-account", member.phone or "")
    page.fill("#f-password", cast.PASSWORD)
    page.click("#sign-in button[type=submit]")
    page.wait_for_url(lambda address: "/sign-in" not in address)


def press(page: Page, action: str) -> None:
    """Press the first button of the form that posts to an address ending so, and wait for the answer."""
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.locator(f'form[action$="{action}"] button').first.click()
    page.wait_for_load_state()
