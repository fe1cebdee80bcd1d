"""Signing in in a real browser: passkeys with a virtual authenticator, addresses that lead nowhere else, nothing left behind."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from engage.core.web import safe_next
from engage.demo import cast
from tests.journeys.acting import press, sign_in
from tests.journeys.conftest import DESK
from tests.live import Installation
from tests.people.next_payloads import PAYLOADS


def named(running: Installation) -> str:
    """Browsers bind passkeys to names, not to numbers."""
    return running.address.replace("127.0.0.1", "localhost")


def with_authenticator(page: Page) -> tuple[Any, str]:
    """Give the browser a phone's lock that always recognises its owner."""
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    return tools, str(tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"])


def test_a_passkey_is_made_signs_in_confirms_and_is_removed(
    story: Installation, open_page: Callable[..., Page]
) -> None:
    page = open_page(story)
    tools, lock = with_authenticator(page)
    page.goto(f"{named(story)}/sign-in?community=donghu")
    sign_in_at(page, named(story), "volunteer")
    page.goto(f"{named(story)}/me/passkeys")
    page.get_by_role("button", name="在这台设备上存一把").click()
    expect(page.locator("main")).to_contain_text("还没用过")
    [kept] = tools.send("WebAuthn.getCredentials", {"authenticatorId": lock})["credentials"]
    assert kept["isResidentCredential"]

    page.goto(f"{named(story)}/me")
    press(page, "/sign-out")
    page.goto(f"{named(story)}/sign-in?community=donghu&next=/me/data")
    page.get_by_role("button", name="用指纹、刷脸或锁屏密码").click()
    page.wait_for_url("**/me/data")
    expect(page.locator("main")).to_contain_text("周桂芳")

    # A lock that does not recognise its owner opens nothing, and the password is still there.
    tools.send("WebAuthn.setUserVerified", {"authenticatorId": lock, "isUserVerified": False})
    page.goto(f"{named(story)}/me")
    press(page, "/sign-out")
    page.goto(f"{named(story)}/sign-in?community=donghu")
    page.get_by_role("button", name="用指纹、刷脸或锁屏密码").click()
    expect(page.locator("[data-passkey-failed]")).to_be_visible(timeout=150_000)
    sign_in_at(page, named(story), "volunteer")

    page.goto(f"{named(story)}/me/passkeys")
    press(page, "/removal")
    expect(page.locator("main")).not_to_contain_text("最近用过")


def sign_in_at(page: Page, address: str, key: str) -> None:
    """Sign one of the cast in, at a named host."""
    page.goto(f"{address}/sign-in?community=donghu")
    member = next(member for member in cast.DONGHU if member.key == key)
    page.fill("#f-account", member.phone or "")
    page.fill("#f-password", cast.PASSWORD)
    page.click("#sign-in button[type=submit]")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def test_without_https_the_page_says_why_there_are_no_passkeys(
    story: Installation, open_page: Callable[..., Page]
) -> None:
    page = open_page(story)
    page.goto("/sign-in?community=donghu")
    expect(page.locator("[data-passkey]")).to_have_count(0)
    sign_in(page, "volunteer")
    page.goto("/me/passkeys")
    expect(page.locator("main")).to_contain_text("https")


def test_six_digits_on_ones_own_phone_without_javascript(story: Installation, open_page: Callable[..., Page]) -> None:
    page = open_page(story, java_script_enabled=False)
    sign_in(page, "volunteer")
    page.goto("/me/pin")
    page.fill("#f-pin", "730482")
    page.fill("#f-again", "730482")
    press(page, "/me/pin")
    expect(page.locator("main")).to_contain_text("这台设备上设好了")


def test_w7_in_the_browser_no_next_leads_to_another_site(story: Installation, open_page: Callable[..., Page]) -> None:
    """What safe_next lets through is read by the browser's own parser, from a page as deep as any of ours."""
    page = open_page(story)
    page.goto("/sign-in?community=donghu")
    passed = [text for text in PAYLOADS if safe_next(text, otherwise="")]
    origins = page.evaluate(
        "(texts) => texts.map((text) => new URL(text, location.href).origin)", [*passed, "//evil.example"]
    )
    assert origins[-1] == "http://evil.example"  # the control: the browser would go there
    assert set(origins[:-1]) <= {story.address}
    for text in PAYLOADS[:12]:
        page.goto(f"/sign-in?community=donghu&next={json.dumps(text)[1:-1]}")
        assert page.url.startswith(story.address)
        hidden = page.locator('input[name="next"]')
        if hidden.count():
            target = hidden.first.input_value()
            assert page.evaluate("(text) => new URL(text, location.href).origin", target) == story.address


def test_w19_after_signing_out_nothing_personal_is_left_in_the_browser(
    story: Installation, open_page: Callable[..., Page]
) -> None:
    page = open_page(story, size=DESK)
    sign_in(page, "volunteer")
    for path in ("/me", "/me/data", "/points", "/rewards"):
        page.goto(path)
    page.goto("/me")
    press(page, "/sign-out")
    for _ in range(3):
        page.go_back()
        page.wait_for_load_state()
        assert "周桂芳" not in page.content()
        assert "0621" not in page.content()
    kept = page.evaluate("() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    assert "周桂芳" not in kept
    assert "0621" not in kept
    assert "htmx-history-cache" not in kept
    left = {cookie["name"] for cookie in page.context.cookies()}
    assert "engage_device" not in left
