"""Somebody follows a link that leads nowhere: the page says what to do next, at every width, in every theme."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("screen", ["phone", "desk"])
@pytest.mark.parametrize("theme", ["light", "dark", "elder"])
def test_a_lost_visitor_finds_the_way(open_page, ensure_accessible, ensure_fits, site, screen: str, theme: str) -> None:
    page = open_page(screen)
    cookie = {"name": "mode", "value": "elder"} if theme == "elder" else {"name": "theme", "value": theme}
    page.context.add_cookies([{**cookie, "url": site.url}])
    page.goto("/nowhere")
    assert page.get_by_role("heading", level=1).is_visible()
    ensure_accessible(page)
    ensure_fits(page)


def test_without_javascript_the_page_is_the_same(open_page) -> None:
    page = open_page("phone", javascript=False)
    page.goto("/nowhere")
    assert page.get_by_role("heading", level=1).is_visible()
