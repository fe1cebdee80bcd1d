"""axe-core on every page that can be reached by links, in the light, dark and elder themes (DESIGN-LANGUAGE §8)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page

from engage.core.access import Role
from tests.journeys.acting import reachable
from tests.journeys.conftest import DESK, PHONE
from tests.live import Installation

THEMES = {"light": {"theme": "light"}, "dark": {"theme": "dark"}, "elder": {"theme": "light", "mode": "elder"}}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
#: every rule runs over the whole page; only what it found comes back, not the thousands of nodes that passed
_VIOLATIONS = """async rules => {
  const found = await axe.run(document, {runOnly: rules, resultTypes: ['violations']});
  return found.violations.map(rule => `${rule.id}: ${rule.nodes[0].html.slice(0, 160)}`);
}"""


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
    violations, visited = [], []
    for address in reachable(page, story):
        visited.append(address)
        page.evaluate(AXE)
        violations += [f"{address}: {one}" for one in page.evaluate(_VIOLATIONS, RULES)]
    assert len(visited) >= (2 if who == "nobody" else 6), visited
    assert not violations, "\n".join(violations)
