"""Evenings that decided something, and what was resolved from it."""

from __future__ import annotations

from datetime import date, timedelta

from engage import resolutions, votes
from engage.core.access import Actor
from tests.conftest import World
from tests.make import NOW
from tests.talks.make_talks import Courtyard, arrive, make_talk, open_vote
from tests.votes.make_votes import cast, make_households

LATER = NOW + timedelta(hours=1)


DUE = date(2026, 7, 1)


def decided(world: World, *, yes: int = 12, no: int = 4, day: int = 0) -> Courtyard:
    """Let an evening decide its motion."""
    start = NOW + timedelta(days=day)
    yard = make_talk(world, now=start)
    here = make_households(world.donghu, yes + no, street=f"荷香苑{day}栋")
    arrive(yard, here, now=start)
    vote_id = open_vote(yard, now=start)
    for number, voter in enumerate(here):
        cast(vote_id, voter, 0 if number < yes else 1, now=start)
    votes.stop_vote(vote_id=vote_id, actor=world.secretary, now=start)
    return yard


def assign(world: World, resolution_id: int, *, owner: Actor | None = None) -> None:
    owner_id = (owner or world.secretary).person_id
    resolutions.assign(
        resolution_id=resolution_id,
        owner_id=owner_id,
        owner_text="物业公司",
        due_on=DUE,
        actor=world.secretary,
        now=LATER,
    )
