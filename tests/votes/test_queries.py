"""Reading many votes costs no more than reading a few."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from engage import votes
from tests.conftest import World
from tests.make import NOW
from tests.votes.make_votes import cast, make_households, make_vote

LATER = NOW + timedelta(hours=1)


@pytest.mark.parametrize("secrecy", ["secret", "open"])
def test_closed_votes_are_counted_together(world: World, count_queries: Callable[[], Any], secrecy: str) -> None:
    voters = make_households(world.donghu, 12)
    subjects = [f"closed:{secrecy}:{number}" for number in range(6)]
    for number, subject in enumerate(subjects):
        vote_id = make_vote(voters, subject=subject, rule={"secrecy": secrecy})
        for voter in voters[: 6 + number]:
            cast(vote_id, voter, 0)
        votes.stop_vote(vote_id=vote_id, actor=world.secretary, now=NOW)
    with count_queries() as few:
        votes.cards_of(subjects[:2], now=LATER)
    with count_queries() as many:
        cards = votes.cards_of(subjects, now=LATER)
    assert len(many) == len(few) <= 4
    outcomes = [cards[subject].outcome for subject in subjects]
    assert [outcome.counts[0] for outcome in outcomes if outcome] == [6, 7, 8, 9, 10, 11]
