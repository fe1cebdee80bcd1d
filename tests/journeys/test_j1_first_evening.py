"""J1, thin: a messy roster is checked before anything is written, the good rows are imported, paper comes out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.acting import press, sign_in
from tests.journeys.conftest import DESK
from tests.live import Installation

ROSTER = Path(__file__).resolve().parent.parent / "roster" / "roster-longma.xlsx"


def test_j1_a_secretary_imports_a_roster_and_prints_cards_and_slips(
    story: Installation, open_page: Callable[..., Page]
) -> None:
    page = open_page(story, size=DESK)
    sign_in(page, "secretary", community="liyuan")
    page.goto("/members")
    expect(page.locator("#main")).to_contain_text("罗秀云")
    page.goto("/roster/import")
    page.set_input_files("#f-workbook", ROSTER)
    press(page, "/roster/batches")
    page.wait_for_url("**/roster/batches/*")
    expect(page.locator("#main")).to_contain_text("行")
    press(page, "/confirmation")
    page.goto("/members")
    expect(page.locator(".pager, #main").first).to_contain_text("人")
    page.goto("/members/cards")
    page.locator('input[type="checkbox"]').nth(1).check()
    page.locator('form[method="post"] button').first.click()
    page.wait_for_load_state()
    assert page.locator("svg").count() > 0
