"""A server that dies in the middle of a ballot: nothing half-stored, nothing lost, nothing twice (talks §5.4.3-4)."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import event

from engage import votes
from engage.core.access import Actor
from engage.core.database import db
from tests.conftest import World
from tests.make import NOW
from tests.votes.make_votes import cast, make_households, make_vote, unit_of


@pytest.fixture
def voters(world: World) -> list[Actor]:
    return make_households(world.donghu, 12)


def test_property_3_a_crash_at_any_statement_leaves_nothing_and_the_repeat_counts_once(
    world: World, voters: list[Actor]
) -> None:
    """The process dies before each statement of a cast in turn; the phone sends the same form again."""
    for changeable in (False, True):
        for crash_at in itertools.count():
            vote_id = make_vote(voters, changeable=changeable)
            token = votes.form_token(vote_id=vote_id, unit_id=unit_of(voters[0]))
            with crashing_before(crash_at) as crashed, contextlib.suppress(Crash):
                cast(vote_id, voters[0], 0, token=token)
            assert votes.card(vote_id, now=NOW).used == (0 if crashed else 1)
            cast(vote_id, voters[0], 0, token=token)
            assert (votes.card(vote_id, now=NOW).used, valid_ballots(vote_id, world)) == (1, 1)
            if not crashed:
                break
        assert crash_at >= 3, "the crash never fell inside the transaction"


class Crash(Exception):
    """The process ended here."""


@contextlib.contextmanager
def crashing_before(number: int) -> Iterator[list[str]]:
    seen = itertools.count()
    crashed: list[str] = []

    def die(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if next(seen) == number:
            crashed.append(statement)
            raise Crash

    event.listen(db.engine, "before_cursor_execute", die)
    try:
        yield crashed
    finally:
        event.remove(db.engine, "before_cursor_execute", die)


def valid_ballots(vote_id: int, world: World) -> int:
    votes.stop_vote(vote_id=vote_id, actor=world.secretary, now=NOW + timedelta(minutes=1))
    outcome = votes.card(vote_id, now=NOW + timedelta(minutes=2)).outcome
    assert outcome is not None
    return outcome.valid
