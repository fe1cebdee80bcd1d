"""Sheets of cards: which were printed in which batch, what is new since, and one of them again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engage import people
from engage.core.access import Actor
from engage.core.database import db
from engage.people import cards
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW
from tests.people.make_media import lose

SignIn = Callable[[Actor], CheckingClient]


def batch_of(browser: CheckingClient, *ids: int, key: str = "sheet") -> str:
    """Print for these and return the address of the sheet."""
    data = {"person": [str(one) for one in ids], "key": key}
    return str(browser.post("/members/cards", data=data, expect=303).headers["Location"])


def test_new_is_whose_card_was_on_no_sheet_and_a_replaced_card_is_new_again(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.clerk)
    batch_of(browser, world.volunteer.person_id, world.leader.person_id)
    listed = browser.get("/members/cards", expect=200).words
    assert "周桂芳" not in listed
    assert "孙玉梅" in listed
    cards.replace_card(person_id=world.volunteer.person_id, version=1, actor=world.clerk, now=NOW)
    listed = browser.get("/members/cards", expect=200).words
    assert "周桂芳" in listed
    assert "王建明" not in listed


def test_the_same_form_is_one_batch_and_a_batch_knows_its_cards(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.clerk)
    both = (world.volunteer.person_id, world.leader.person_id)
    sheet = batch_of(browser, *both)
    assert batch_of(browser, *both) == sheet
    assert len(browser.get(sheet, expect=200).soup.select(".idcard")) == 2
    page = browser.get("/card-batches", expect=200)
    assert len(page.soup.select("tbody tr")) == 1
    assert "吴小婷" in page.words


def test_a_batch_printed_again_leaves_out_the_dead_and_prints_one_alone(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.clerk)
    sheet = batch_of(browser, world.volunteer.person_id, world.leader.person_id)
    lose(world.volunteer)
    again = browser.get(sheet, expect=200)
    assert [tag.get_text() for tag in again.soup.select(".id-name")] == ["王建明"]
    assert "1张已经作废" in again.soup.get_text()
    alone = browser.get(f"{sheet}?person={world.leader.person_id}", expect=200)
    assert len(alone.soup.select(".idcard")) == 1
    page = browser.get(sheet.removesuffix("/sheet"), expect=200)
    assert "作废了" in page.words
    assert "只印这一张" in page.words


def test_a_batch_of_next_door_is_not_found(world: World, sign_in: SignIn) -> None:
    sheet = batch_of(sign_in(world.clerk), world.volunteer.person_id)
    for path in (sheet, sheet.removesuffix("/sheet")):
        sign_in(world.outsider).get(path, expect=404)
        sign_in(world.volunteer).get(path, expect=403)


@pytest.mark.parametrize("path", ["/card-batches", "/members/cards?kind=all", "/members/slips?kind=all", "/me/code"])
def test_pages_speak_english(world: World, sign_in: SignIn, path: str) -> None:
    browser = sign_in(world.clerk)
    browser.set_cookie("lang", "en")
    page = browser.get(path, expect=200)
    assert not any("一" <= letter <= "鿿" for letter in page.soup.h1.get_text())


def test_a_sheet_asks_the_same_for_eight_cards_as_for_one(world: World, sign_in: SignIn, count_queries: Any) -> None:
    browser = sign_in(world.clerk)
    one = batch_of(browser, world.volunteer.person_id)
    eight = batch_of(browser, *[one.id for one in people.roll()], key="all")
    with count_queries() as few:
        browser.get(one, expect=200)
    db.session.rollback()
    with count_queries() as many:
        browser.get(eight, expect=200)
    assert len(many) == len(few)
