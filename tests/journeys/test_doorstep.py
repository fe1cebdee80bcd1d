"""Before anybody signs in: the address in the hand opens, in both languages, without a script error."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.live import Installation


def test_a_wrong_address_says_where_to_go(installation: Installation, open_page: Callable[..., Page]) -> None:
    page = open_page(installation)
    page.goto("/nowhere")
    expect(page.get_by_role("heading", level=1)).to_have_text("没找到这一页")
    expect(page.get_by_role("link", name="回首页")).to_be_visible()
