"""axe-core on every page that can be reached by links, in the light, dark and elder themes (DESIGN-LANGUAGE §8)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from engage import create_app
from engage.core.access import Role
from tests.databases import settings_for
from tests.journeys.conftest import DESK, PHONE
from tests.live import Installation

THEMES = {"light": {"theme": "light"}, "dark": {"theme": "dark"}, "elder": {"theme": "light", "mode": "elder"}}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
MOST_PAGES = 60


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


def reachable(page: Page, running: Installation) -> Iterator[str]:
    """Yield one address per route that links lead to, starting at the front page."""
    routes = _routes(running)
    waiting, seen = ["/"], set()
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop(0)
        endpoint = _endpoint(routes, address)
        if endpoint is None or endpoint in seen:
            continue
        seen.add(endpoint)
        # Asked for first without opening it: a workbook to download is no page, and a browser's driver may die of it.
        answer = page.request.get(address)
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        page.goto(address)
        yield address
        links = page.locator("a[href]").evaluate_all("links => links.map(link => link.getAttribute('href'))")
        waiting += [link for link in links if link.startswith("/") and not link.startswith("/static")]


def _routes(running: Installation) -> MapAdapter:
    app = create_app(settings_for(database_url=running.database_url, data_dir=running.data_dir))
    return app.url_map.bind("127.0.0.1")


def _endpoint(routes: MapAdapter, address: str) -> str | None:
    try:
        endpoint, _values = routes.match(urlsplit(address).path, method="GET")
    except HTTPException:
        return None
    return str(endpoint)
