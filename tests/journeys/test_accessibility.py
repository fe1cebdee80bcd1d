"""axe-core on every page that can be reached by links, in the light, dark and elder themes (DESIGN-LANGUAGE §8)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from engage.core.access import Role
from tests.journeys.acting import reachable
from tests.journeys.conftest import DESK, PHONE
from tests.live import Installation

THEMES = {"light": {"theme": "light"}, "dark": {"theme": "dark"}, "elder": {"theme": "light", "mode": "elder"}}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # what is drawn does not depend on the database
@pytest.mark.parametrize("theme", list(THEMES))
@pytest.mark.parametrize("who", ["nobody", "volunteer", "secretary"])
def test_no_page_has_an_axe_violation(
    who: str, theme: str, story: Installation, open_page: Callable[..., Page]
) -> None:
    page = open_page(story, size=DESK if who == "secretary" else PHONE)
    if who != "nobody":
        page.context.add_cookies([story.cookie_of(Role.SECRETARY if who == "secretary" else None)])
    page.context.add_cookies(
        [{"name": name, "value": value, "url": story.address} for name, value in THEMES[theme].items()]
    )
    violations = []
    visited = list(reachable(page, story))
    for address in visited:
        page.goto(address)
        found = Axe().run(page, options={"runOnly": RULES})
        violations += [
            f"{address}: {rule['id']}: {rule['nodes'][0]['html'][:160]}" for rule in found.response["violations"]
        ]
    assert len(visited) >= (2 if who == "nobody" else 6), visited
    assert not violations, "\n".join(violations)
