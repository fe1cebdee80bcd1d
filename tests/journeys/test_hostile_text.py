"""W9 (trust §4): hostile text in every field, shown on every page links lead to: none of it comes alive."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from engage.core.access import Role
from tests.journeys import hostile
from tests.journeys.acting import reachable
from tests.journeys.conftest import DESK, PHONE
from tests.live import Installation

#: set before any script of the page: whatever runs, and whatever the policy stops, is noted
_WATCH = """
window.alive = [];
window.alert = what => window.alive.push('alert ' + what);
document.addEventListener('securitypolicyviolation', event => window.alive.push('policy ' + event.blockedURI));
"""
_ALIVE = f"""
[...window.alive,
 ...[...document.querySelectorAll('[{hostile.MARK}]')].map(element => 'element ' + element.outerHTML.slice(0, 120)),
 ...[...document.querySelectorAll('[href], [action], [src]')]
   .map(element => element.getAttribute('href') || element.getAttribute('action') || element.getAttribute('src'))
   .filter(address => /^\\s*(javascript|data:text|\\/\\/)/i.test(address)).map(address => 'address ' + address)]
"""

_WAIT = """
new Promise((noticed, never) => {
  const look = () => window.alive.length ? noticed() : setTimeout(look, 20);
  setTimeout(never, 10000);
  look();
})
"""


@pytest.fixture
def poisoned(story: Installation) -> Installation:
    """The demo story in which every word anybody typed has become an attack."""
    story.stop()
    assert hostile.plant(Path(story.database_url.removeprefix("sqlite:///"))) >= 3 * len(hostile.PAYLOADS)
    story.start()
    return story


def test_w9_there_are_enough_payloads() -> None:
    assert len(set(hostile.PAYLOADS)) >= 150


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # what is drawn does not depend on the database
@pytest.mark.parametrize("who", ["nobody", "volunteer", "secretary"])
def test_w9_no_text_comes_alive_on_any_page(who: str, poisoned: Installation, open_page: Callable[..., Page]) -> None:
    page = open_page(poisoned, size=DESK if who == "secretary" else PHONE)
    page.add_init_script(_WATCH)
    if who != "nobody":
        page.context.add_cookies([poisoned.cookie_of(Role.SECRETARY if who == "secretary" else None)])
    wrong, visited, met = [], 0, 0
    for address in reachable(page, poisoned):
        visited += 1
        met += hostile.MARK in page.content()
        wrong += [f"{address}: {what}" for what in page.evaluate(_ALIVE)]
    assert visited >= (2 if who == "nobody" else 6)
    assert met >= (1 if who == "nobody" else 5), "the attacks are on no page: the test shows nothing"
    assert wrong == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_w9_a_text_that_comes_alive_would_be_noticed(story: Installation, open_page: Callable[..., Page]) -> None:
    """The planted fault: markup that was let through, and a script the policy stops."""
    page = open_page(story)
    page.add_init_script(_WATCH)
    page.goto("/sign-in")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img x9 src=q onerror=alert(9)>')")
    page.evaluate(_WAIT)  # not by the browser's driver: what it asks a second time the policy stops
    assert any("element" in what for what in page.evaluate(_ALIVE))
    assert any("policy" in what for what in page.evaluate(_ALIVE))
