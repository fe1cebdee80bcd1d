"""Makers for votes: households with one voter each, votes with a frozen roll, ballots, and threads that race."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from flask import Flask

from engage import people, places, votes
from engage.core import tenancy
from engage.core.access import Actor
from engage.core.database import db, transaction
from engage.core.tenancy import CommunityCard
from tests.make import NOW

RACE_TIMEOUT = 60


def make_households(community: CommunityCard, count: int, *, street: str = "桂园9栋") -> list[Actor]:
    """Put `count` households with one verified voter each on the roll."""
    rows = []
    with tenancy.scoped(community.id), transaction():
        for number in range(count):
            person = people.enrol(name=f"住户{number}", phone=None, is_volunteer=False, now=NOW)
            home = places.add_unit(label=f"{street}{number:03d}", building_id=None, grid_id=None)
            people.settle(person=person, unit_id=home.id, verified_at=NOW)
            rows.append(person)
    with tenancy.scoped(community.id):
        return [people.actor_of(person) for person in rows]


def unit_of(actor: Actor) -> int:
    """Return the household a person votes for."""
    unit_id = people.household_of(actor.person_id)
    assert unit_id is not None
    return unit_id


def make_vote(voters: Sequence[Actor], *, now: datetime = NOW, is_open: bool = True, **changes: Any) -> int:
    """Prepare (and open) a vote on which these persons' households are entitled."""
    settings: dict[str, Any] = {
        "kind": "household",
        "subject": f"motion:{make_vote.__dict__.setdefault('count', 0)}",
        "question": "楼道杂物每月清一次？",
        "options": votes.YES_NO,
        "choices_max": 1,
        "rule": {},
        "changeable": False,
        "unit_ids": [unit_of(voter) for voter in voters],
    } | changes
    make_vote.__dict__["count"] += 1
    with transaction():
        vote_id = votes.prepare(**settings, actor=None, now=now)
    if is_open:
        votes.open_vote(vote_id=vote_id, actor=None, now=now)
    return vote_id


def cast(vote_id: int, voter: Actor, *choices: int, now: datetime = NOW, token: str | None = None) -> str:
    """Cast a household's ballot and return the receipt code."""
    unit_id = unit_of(voter)
    token = token or votes.form_token(vote_id=vote_id, unit_id=unit_id)
    return votes.cast(vote_id=vote_id, actor=voter, unit_id=unit_id, choices=choices, token=token, now=now).code


def race(app: Flask, community: CommunityCard, *runners: Callable[[], Any]) -> list[Any]:
    """Run functions at once, each in a thread with its own connection; returns what each returned or raised."""
    outcomes: list[Any] = [None] * len(runners)
    start = threading.Barrier(len(runners))

    def run(number: int) -> None:
        with app.app_context(), tenancy.scoped(community.id):
            start.wait(RACE_TIMEOUT)
            try:
                outcomes[number] = runners[number]()
            except Exception as error:  # noqa: BLE001 - a refusal is an outcome
                outcomes[number] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(runners))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(RACE_TIMEOUT)
    assert not any(thread.is_alive() for thread in threads), "somebody is still waiting for a lock"
    return outcomes
