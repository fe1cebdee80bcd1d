"""An evening without JavaScript: what is live can be seen anew, what would do nothing is not shown, words come once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engage.core.access import Actor
from tests.client import CheckingClient
from tests.conftest import World
from tests.talks.make_talks import Courtyard, make_talk, voting

SignIn = Callable[[Actor], CheckingClient]
REFRESH = 'noscript meta[http-equiv="refresh"]'


@pytest.mark.parametrize(("state", "lights_up"), [("noticed", False), ("checkin", True), ("in_session", True)])
def test_the_page_that_lights_up_by_itself_does_so(
    world: World, sign_in: SignIn, state: str, *, lights_up: bool
) -> None:
    yard = make_talk(world, state=state)
    page = sign_in(world.volunteer).get(f"/talks/{yard.talk_id}", expect=200)
    assert bool(page.soup.select(REFRESH)) is lights_up


def test_the_chair_and_the_voter_ask_for_what_is_new(world: World, yard: Courtyard, sign_in: SignIn) -> None:
    vote_id = voting(world, yard)
    for actor, address in (
        (world.secretary, f"/talks/{yard.talk_id}/console"),
        (world.volunteer, f"/votes/{vote_id}"),
    ):
        page = sign_in(actor).get(address, expect=200)
        # No refresh by itself: it would take from the hand what is being written or chosen.
        assert not page.soup.select(REFRESH)
        assert page.soup.select_one(f'noscript a[href="{address}"]') is not None


def test_the_print_button_waits_for_the_script_that_prints(world: World, yard: Courtyard, sign_in: SignIn) -> None:
    page = sign_in(world.secretary).get(f"/talks/{yard.talk_id}/poster", expect=200)
    [button] = page.soup.select("[data-print]")
    assert button.has_attr("hidden")
    assert "浏览器菜单" in page.soup.select_one("noscript").get_text()  # type: ignore[union-attr]


def test_what_was_pressed_again_after_a_lost_answer_is_said_once(
    world: World, yard: Courtyard, sign_in: SignIn
) -> None:
    browser = sign_in(world.secretary)
    form = browser.get(f"/talks/{yard.talk_id}/door", expect=200).form("/door")
    for _ in range(2):
        browser.submit(form, expect=303, who=str(world.resident.member_no))
    browser.submit(form, expect=303, who=str(world.resident.member_no))
    said = [toast.get_text(strip=True) for toast in browser.get(f"/talks/{yard.talk_id}/door").soup.select(".toast")]
    assert len(said) == len(set(said)) == 2


@pytest.mark.parametrize(
    ("action", "field", "typed"), [("/speakers/for-others", "who", "99999"), ("/notes", "text", "水泵的事先记一笔")]
)
def test_what_the_chair_typed_is_there_after_a_refusal(
    world: World, sign_in: SignIn, action: str, field: str, typed: str
) -> None:
    yard = make_talk(world, state="noticed")
    browser = sign_in(world.secretary)
    page = browser.get(f"/talks/{yard.talk_id}/console", expect=200)
    refused = browser.submit(page.form(action), expect=422, **{field: typed})
    assert refused.soup.select_one(f"#f-{field}[aria-invalid]")["value"] == typed  # type: ignore[index]
