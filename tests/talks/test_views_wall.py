"""The wall of the evening: it counts down, follows the floor, and shows no figure while a vote is open (talks §5.4, V6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine

from engage import talks, votes
from engage.core.access import Actor
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW
from tests.talks.make_talks import Courtyard, arrive, open_vote, state_of, voting
from tests.votes.make_votes import cast, make_households

SignIn = Callable[[Actor], CheckingClient]


def test_15_no_screen_shows_a_figure_per_option_before_the_vote_is_closed(
    world: World, yard: Courtyard, sign_in: SignIn
) -> None:
    """V6: two evenings that differ only in what was chosen look the same on every screen while the vote is open."""
    browser = sign_in(world.secretary)
    vote_id = voting(world, yard, yes=19, no=0)
    pages = ("projector", "projector/stage", "console", "console/live", "record", "live", "")
    addresses = [f"/talks/{yard.talk_id}/{page}".rstrip("/") for page in pages]
    for when in (NOW, NOW + timedelta(seconds=10)):
        with time_machine.travel(when, tick=False):
            if when > NOW:
                votes.stop_vote(vote_id=vote_id, actor=world.secretary, now=when)
            for address in addresses:
                page = browser.get(address, expect=200)
                assert not page.soup.select(".st-tally .n, .tally, .st-tally .bar, .lead"), address
                assert "通过" not in page.words
    with time_machine.travel(NOW + timedelta(seconds=40), tick=False):
        stage = browser.get(addresses[1], expect=200)
        assert [tag.get_text() for tag in stage.soup.select(".st-tally .n")] == ["19", "0"]
        assert "通过了" in stage.text


def test_15_the_wall_of_an_open_vote_does_not_depend_on_what_was_chosen(
    world: World, yard: Courtyard, sign_in: SignIn
) -> None:
    browser = sign_in(world.secretary)
    here = make_households(world.donghu, 12)
    arrive(yard, here)
    vote_id = open_vote(yard)
    stages = []
    for voter, choice in ((here[0], (0,)), (here[1], (1,)), (here[2], ())):
        cast(vote_id, voter, *choice)
        stages.append(browser.get(f"/talks/{yard.talk_id}/projector/stage", expect=200).text)
    shapes = {
        stage.replace(f"投了{count}户", "投了?户").replace(f'width="{count * 100 // 12}%"', "")
        for count, stage in enumerate(stages, 1)
    }
    assert len(shapes) == 1


@pytest.mark.parametrize("address", ["projector/stage", "console/live", "live", "record"])
def test_a_poll_costs_nothing_while_nothing_changed(
    world: World, yard: Courtyard, sign_in: SignIn, address: str
) -> None:
    silent = make_households(world.donghu, 1, street="湖滨一村")[0]
    arrive(yard, [silent])
    vote_id = voting(world, yard, minutes=3)
    browser = sign_in(world.secretary)
    arrive(yard, [world.secretary])
    where = f"/talks/{yard.talk_id}/{address}"
    first = browser.get(where, expect=200)
    assert int(first.headers["X-Server-Time"]) == int(NOW.timestamp() * 1000)
    with time_machine.travel(NOW + timedelta(seconds=7), tick=False):
        again = browser.get(where, headers={"If-None-Match": first.headers["ETag"]}, expect=304)
        assert again.data == b""
    talks.note(talk_id=yard.talk_id, text="先装灯", actor=world.secretary, key="k", now=NOW)
    cast(vote_id, silent, 0)
    browser.get(where, headers={"If-None-Match": first.headers["ETag"]}, expect=200)


def test_the_wall_counts_down_without_javascript_too(world: World, yard: Courtyard, sign_in: SignIn) -> None:
    voting(world, yard, minutes=3)
    with time_machine.travel(NOW + timedelta(seconds=78), tick=False):
        page = sign_in(world.secretary).get(f"/talks/{yard.talk_id}/projector", expect=200)
        assert page.soup.select_one(".bt-t").get_text() == "1:42"
        assert 'http-equiv="refresh"' in page.text
        assert page.soup.select_one(".bigtimer")["data-deadline"] == str(int((NOW.timestamp() + 180) * 1000))


def test_the_wall_follows_the_evening(world: World, yard: Courtyard, sign_in: SignIn) -> None:
    browser = sign_in(world.secretary)

    def shown() -> str:
        return browser.get(f"/talks/{yard.talk_id}/projector/stage", expect=200).text

    assert "充电棚建在哪里" in shown()
    arrive(yard, [world.volunteer])
    talks.queue_to_speak(
        talk_id=yard.talk_id, person_id=world.volunteer.person_id, stance="open", actor=world.volunteer, now=NOW
    )
    talks.call_next(talk_id=yard.talk_id, after=0, actor=world.secretary, now=NOW)
    assert "周桂芳" in shown()
    assert "桂园3栋" in shown()
    assert "2单元" not in shown()
    talks.adjourn_talk(talk_id=yard.talk_id, actor=world.secretary, now=NOW)
    assert "慢走" in shown()
    assert state_of(yard.talk_id) == "adjourned"
