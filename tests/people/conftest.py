"""People with passwords, slips with codes, and the scope that commands expect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from engage.core import tenancy
from engage.core.access import Actor
from engage.core.database import transaction
from engage.people import activations, passwords, signing_in
from engage.people.filters import Filters
from engage.people.searching import search
from engage.people.signing_in import Arrival
from tests.activities.conftest import make_shift
from tests.client import Answer, CheckingClient
from tests.conftest import World
from tests.make import NOW

PASSWORD = "四菜一汤加一碗米饭"


def arrival(*, account: str = "", password: str = PASSWORD, network: str = "198.51.100.0/24") -> Arrival:
    """What a form and a browser say."""
    return Arrival(account=account, password=password, network=network, label="test", old_cookie=None)


def enter(client: CheckingClient, account: str, password: str = PASSWORD, **more: Any) -> Answer:
    """Send the sign-in form of the first community."""
    expect = more.pop("expect", 303)
    environ = more.pop("environ", {})
    data = {"community": "donghu", "account": account, "password": password, **more}
    return client.post("/sign-in", data=data, expect=expect, environ_overrides=environ)


def names(q: str, **more: Any) -> list[str]:
    """Whom a search finds."""
    return [person.name for person in search(filters=Filters(q=q, **more), now=NOW).persons]


@pytest.fixture
def with_password(world: World) -> Callable[..., Actor]:
    """A function that gives somebody a password, as if they had activated."""

    def give(actor: Actor, *, password: str = PASSWORD) -> Actor:
        kept = passwords.hash_of(password)
        with tenancy.scoped(actor.community_id), transaction():
            signing_in.set_password(person_id=actor.person_id, password_hash=kept, now=NOW)
        return actor

    return give


@pytest.fixture
def slip_for(world: World, app: Flask) -> Callable[..., str]:
    """A function that prints one slip and returns the code on it."""

    def make_slip(actor: Actor, *, key: str = "paper") -> str:
        [slip] = activations.issue_slip_codes(person_ids=[actor.person_id], actor=world.secretary, key=key, now=NOW)
        return slip.code

    return make_slip


@pytest.fixture
def patrol(world: World) -> int:
    """Tonight's patrol, led by the leader."""
    return make_shift(actor=world.secretary, leader_no=world.leader.member_no).id
