"""Member cards: found, lost, replaced, returned."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, text

from engage import people
from engage.core import tenancy
from engage.core.database import db, transaction
from engage.people import cards
from engage.people.models import Medium
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW


def token_of(person_id: int) -> str:
    """The token on somebody's card."""
    token = people.card_token(person_id)
    assert token is not None
    return token


def test_everybody_on_the_roll_has_a_card_that_finds_them(world: World) -> None:
    token = token_of(world.volunteer.person_id)
    for typed in (token, token.lower(), f"https://example.org/k/{token}", f" http://x/k/{token}?from=wx\n"):
        found = people.find_by_card(typed)
        assert found is not None
        assert found.id == world.volunteer.person_id


def test_nonsense_finds_nobody(world: World) -> None:
    for typed in ("", "0387", "A" * 16, "A" * 17, "' OR 1=1 --", "/k/"):
        assert people.find_by_card(typed) is None


def test_row_18_a_lost_card_is_dead_at_once_and_the_new_one_lives(world: World) -> None:
    old = token_of(world.volunteer.person_id)
    version = cards.replace_card(person_id=world.volunteer.person_id, version=1, actor=world.clerk, now=NOW)
    assert version == 2
    assert people.find_by_card(old) is None
    assert people.find_by_card(token_of(world.volunteer.person_id)) is not None
    assert token_of(world.volunteer.person_id) != old


def test_replacing_twice_with_the_same_form_replaces_once(world: World) -> None:
    for _ in range(2):
        assert cards.replace_card(person_id=world.volunteer.person_id, version=1, actor=world.clerk, now=NOW) == 2
    count = select(func.count(Medium.id)).where(Medium.person_id == world.volunteer.person_id)
    assert db.session.scalar(count) == 2


def test_a_paused_persons_card_finds_nobody(world: World, sign_in: Any) -> None:
    token = token_of(world.volunteer.person_id)
    sign_in(world.secretary).post(
        f"/members/{world.volunteer.person_id}/pause", data={"reason-pause": "外出半年"}, expect=303
    )
    assert people.find_by_card(token) is None


def test_a_card_from_next_door_finds_nobody_here(world: World) -> None:
    with tenancy.scoped(world.liyuan.id):
        token = token_of(world.outsider.person_id)
    assert people.find_by_card(token) is None


def test_the_token_is_kept_nowhere(world: World) -> None:
    token = token_of(world.volunteer.person_id)
    assert token not in str([tuple(row) for row in db.session.execute(text("SELECT * FROM medium"))])


def test_issuing_again_changes_nothing(world: World) -> None:
    everybody = [world.volunteer.person_id, world.leader.person_id]
    with transaction():
        assert people.issue_cards(person_ids=everybody, now=NOW) == 0


def test_whoever_finds_a_card_reads_where_to_return_it_and_no_name(
    world: World, client: CheckingClient, sign_in: Any
) -> None:
    address = f"/k/{token_of(world.volunteer.person_id)}"
    for browser in (client, sign_in(world.neighbour), sign_in(world.outsider)):
        page = browser.get(address, expect=200)
        assert "文昌巷8号" in page.text
        assert "周桂芳" not in page.text
        assert "0621" not in page.text


def test_those_on_duty_read_the_name_and_a_masked_phone(world: World, sign_in: Any) -> None:
    address = f"/k/{token_of(world.volunteer.person_id)}"
    for actor in (world.leader, world.desk, world.secretary):
        page = sign_in(actor).get(address, expect=200)
        assert "周桂芳" in page.text
        assert "尾号0621" in page.text
        assert "13800000621" not in page.text


def test_those_on_duty_are_told_that_a_card_is_cancelled(world: World, sign_in: Any) -> None:
    address = f"/k/{token_of(world.volunteer.person_id)}"
    cards.replace_card(person_id=world.volunteer.person_id, version=1, actor=world.clerk, now=NOW)
    assert "已经作废" in sign_in(world.leader).get(address, expect=200).refusal


def test_ones_own_card_says_so_and_an_unknown_one_is_not_found(world: World, sign_in: Any) -> None:
    browser = sign_in(world.volunteer)
    assert "这是您的证" in browser.get(f"/k/{token_of(world.volunteer.person_id)}", expect=200).text
    browser.get("/k/AAAAAAAAAAAAAAAA", expect=404)


def test_the_sheet_has_ten_cards_a_page_and_prints_the_same_codes_again(world: World, sign_in: Any) -> None:
    office = sign_in(world.secretary)
    page = office.get("/members/cards?kind=all", expect=200)
    assert not [form for form in page.soup.select("form") if form.select("[name=token]")]
    sheet = office.get(office.submit(page.form("/members/cards", nth=1), expect=303).headers["Location"], expect=200)
    assert len(sheet.soup.select(".idcard")) == 8
    assert "捡到请送文昌巷8号" in sheet.text
    again = office.get(office.submit(page.form("/members/cards", nth=1), expect=303).headers["Location"], expect=200)
    paths = [[str(path["d"]) for path in one.soup.select(".idcard svg path[d^=M]")] for one in (sheet, again)]
    assert paths[0] == paths[1]
    assert db.session.scalar(select(func.count(Medium.id))) == 8
