"""The ballot of an evening: read in both languages, and the way back to where it belongs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import time_machine

from engage import votes
from engage.core.access import Actor
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW
from tests.talks.make_talks import Courtyard, arrive, open_vote
from tests.votes.make_votes import cast, make_households

SignIn = Callable[[Actor], CheckingClient]


def test_a_ballot_and_its_result_can_be_read_in_english(world: World, yard: Courtyard, sign_in: SignIn) -> None:
    here = make_households(world.donghu, 12)
    arrive(yard, here)
    vote_id = open_vote(yard)
    client = sign_in(here[0])
    client.language = "en"
    ballot = client.get(f"/votes/{vote_id}")
    asked = client.submit(ballot.form("/confirmations"), expect=200, choice="01")
    for page in (ballot, asked):
        assert "For" in page.words.split()
        assert "Against" in page.words.split()
        assert "反对" not in page.words
    for voter in here:
        cast(vote_id, voter, 0)
    votes.stop_vote(vote_id=vote_id, actor=world.secretary, now=NOW)
    with time_machine.travel(NOW + timedelta(minutes=2), tick=False):
        result = client.get(f"/votes/{vote_id}").words
    assert "For 12" in result
    assert "反对" not in result


def test_back_from_a_ballot_leads_to_its_talk(world: World, yard: Courtyard, sign_in: SignIn) -> None:
    here = make_households(world.donghu, 12)
    arrive(yard, here)
    client = sign_in(here[0])
    page = client.get(f"/votes/{open_vote(yard)}")
    answer = client.get(page.soup.select_one("header.crumb a")["href"], expect=303)
    assert answer.headers["Location"].endswith(f"/talks/{yard.talk_id}")


def test_a_motion_next_door_is_not_found(world: World, yard: Courtyard, sign_in: SignIn) -> None:
    sign_in(world.outsider).get(f"/motions/{yard.motion_id}", expect=404)
