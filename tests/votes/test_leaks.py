"""Nothing but turnout leaves an open vote, and no choice reaches a log (trust V6, V11; talks §5.4.15)."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from engage import votes
from engage.core.access import Actor
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW
from tests.votes.make_votes import cast, make_households, make_vote

SignIn = Callable[[Actor], CheckingClient]
EARLIER = NOW - timedelta(minutes=5)
OPTIONS = ["西门停车场北角", "七栋空地", "老粮站后墙边那一块"]


@pytest.fixture
def voters(world: World) -> list[Actor]:
    return make_households(world.donghu, 12)


def every_answer(client: CheckingClient, vote_id: int) -> list[Any]:
    paths = ("", "/status", "/status?seen=frozen", "/receipt", "/receipts")
    answers = [client.get(f"/votes/{vote_id}{path}") for path in paths]
    return [*answers, client.get(f"/votes/{vote_id}", htmx=True)]


def seen_of(answer: Any) -> tuple[Any, ...]:
    hidden = {tag["value"] for tag in answer.soup.select("input[name=token], input[name=csrf_token]")}
    hidden |= {tag["content"] for tag in answer.soup.select("meta[name=csrf-token]")}
    body = answer.text
    for value in hidden:
        body = body.replace(value, "x" * len(value))
    headers = {name: value for name, value in answer.headers if name in {"ETag", "Content-Length", "Location"}}
    return answer.status_code, body, headers


def test_v6_property_15_nothing_but_turnout_while_open(world: World, voters: list[Actor], sign_in: SignIn) -> None:
    """Two evenings that differ in every choice look the same to everybody, byte for byte, until the end."""
    looks = []
    watchers = [sign_in(actor) for actor in (world.secretary, world.clerk, world.desk, voters[11])]
    for side in (0, 1):
        vote_id = make_vote(voters, subject=f"motion:side-{side}", now=EARLIER)
        for voter in voters[:8]:
            cast(vote_id, voter, side)
        votes.stop_vote(vote_id=vote_id, actor=world.secretary, now=NOW - timedelta(seconds=1))
        answers = [seen_of(answer) for watcher in watchers for answer in every_answer(watcher, vote_id)]
        looks.append(str(answers).replace(f"/votes/{vote_id}", "/votes/N"))
    # The two deadlines differ by the microseconds the two stops waited; nothing else may.
    first, second = (mask_etags(look) for look in looks)
    assert first == second
    assert "8户" in first


def mask_etags(look: str) -> str:
    look = re.sub(r"'ETag': '[^']*'", "'ETag'", look)  # a hash of the body compared here, address of the vote included
    return re.sub(r'data-deadline="\d+"', "data-deadline", look)


def test_v6_sizes_are_the_same_for_every_choice(world: World, voters: list[Actor], sign_in: SignIn) -> None:
    vote_id = make_vote(voters, options=OPTIONS)
    sizes = {"asked": set(), "cast": set(), "receipt": set()}
    for voter, choice in zip(voters, ("00", "01", "02", "--"), strict=False):
        client = sign_in(voter)
        asked = client.submit(client.get(f"/votes/{vote_id}").form("/confirmations"), expect=200, choice=choice)
        answer = client.submit(asked.form("/ballots"), expect=303)
        sizes["asked"].add(len(asked.data))
        sizes["cast"].add(len(answer.data))
        sizes["receipt"].add(len(client.follow(answer).data))
    assert {name: len(found) for name, found in sizes.items()} == {"asked": 1, "cast": 1, "receipt": 1}


def test_v11_no_choice_and_no_token_in_the_logs(
    world: World, voters: list[Actor], sign_in: SignIn, caplog: pytest.LogCaptureFixture, capfd: Any
) -> None:
    canaries = [f"金丝雀{number}号" for number in range(3)]
    vote_id = make_vote(voters, options=canaries)
    caplog.set_level(logging.DEBUG)
    client = sign_in(voters[0])
    asked = client.submit(client.get(f"/votes/{vote_id}").form("/confirmations"), expect=200, choice="01")
    token = asked.soup.select_one("input[name=token]")["value"]
    code = client.follow(client.submit(asked.form("/ballots"), expect=303)).soup.select_one("dd.num").get_text()
    client.post(f"/votes/{vote_id}/ballots", data={"token": "0.0.0", "choice": "02"}, expect=422)
    said = caplog.text + "".join(capfd.readouterr())
    assert not [secret for secret in (*canaries, token, code) if secret in said]
    assert "choice" not in said
