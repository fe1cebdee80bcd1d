"""What the tests of topics share."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta

import pytest

from engage import topics
from engage.core.access import Actor
from tests.conftest import World
from tests.make import NOW
from tests.votes.make_votes import make_households


@pytest.fixture
def voters(world: World) -> list[Actor]:
    """Twelve households; the community asks for three to second a topic."""
    topics.set_threshold(needed=3, actor=world.secretary, now=NOW - timedelta(days=30))
    return make_households(world.donghu, 12)


@pytest.fixture
def make_topic(world: World, voters: list[Actor]) -> Callable[..., int]:
    """Return a function that files and admits a topic and lets so many households back it."""

    forms = itertools.count()

    def make(title: str = "快递柜挪到东门里面", *, seconds: int = 3, days_ago: int = 4, by: Actor | None = None) -> int:
        at = NOW - timedelta(days=days_ago)
        topic_id = topics.file_topic(
            title=title, body="", is_named=True, actor=by or voters[0], key=f"form {next(forms)}", now=at
        )
        topics.admit_topic(topic_id=topic_id, actor=world.secretary, now=at)
        for voter in [one for one in voters if one != by][1 if by is None else 0 :][: seconds - 1]:
            topics.second_topic(topic_id=topic_id, actor=voter, now=at)
        return topic_id

    return make
