"""How long an answer takes says nothing about who is on the roll (trust W13)."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from flask import Flask

from engage.core import tenancy
from engage.core.access import Actor
from engage.core.database import transaction
from engage.people import passwords, signing_in
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW, make_person

Give = Callable[..., Actor]
#: a time that says nothing gives 0.5; of 500 and 500 samples of one kind, 1 in 160 is above this by chance
LIMIT = 0.55


def auc(these: list[float], those: list[float]) -> float:
    """How well one figure tells two groups apart: 0.5 not at all, 1 always; whichever way round."""
    ranked = sorted([(value, 0) for value in these] + [(value, 1) for value in those])
    ranks = sum(place for place, (_, group) in enumerate(ranked, 1) if group == 0)
    area = (ranks - len(these) * (len(these) + 1) / 2) / (len(these) * len(those))
    return max(area, 1 - area)


def test_the_measure_itself_tells_what_differs_and_not_what_does_not() -> None:
    assert auc([1, 2, 3], [4, 5, 6]) == 1
    assert auc([1, 3, 5, 7], [2, 4, 6, 8]) < 0.7


@pytest.mark.slow
@pytest.mark.usefixtures("real_passwords")
@pytest.mark.parametrize("act", ["sign in", "reset", "use a code"])
def test_w13_the_time_an_answer_takes_does_not_say_who_is_on_the_roll(
    world: World, app: Flask, with_password: Give, act: str
) -> None:
    """500 known and 500 unknown numbers, taken in turn; the time must tell them apart no better than AUC 0.55."""
    kept = passwords.hash_of("一句谁也不知道的话")
    known = [f"139{n:08d}" for n in range(500)]
    for phone in known:
        actor = make_person(community=world.donghu, name="邻居", phone=phone)
        with tenancy.scoped(world.donghu.id), transaction():
            signing_in.set_password(person_id=actor.person_id, password_hash=kept, now=NOW)
    unknown = [f"137{n:08d}" for n in range(500)]
    client = CheckingClient(app, app.response_class, use_cookies=True)
    found = _told(client, act, known, unknown, since=NOW)
    # Of two groups that do not differ one pair of samples in 160 does; a real difference is there again.
    if found > LIMIT:
        found = _told(client, act, known, unknown, since=NOW + timedelta(days=2))
    assert found <= LIMIT, f"AUC {found:.3f}"


def _told(client: CheckingClient, act: str, known: list[str], unknown: list[str], *, since: datetime) -> float:
    """Return how well the time of an answer tells the numbers of the roll from others; asked in turn, a minute apart."""
    with time_machine.travel(since, tick=False):
        client.get("/sign-in?community=donghu", expect=200)
    token, took = client.csrf_token(), {"known": [], "unknown": []}  # type: ignore[var-annotated]
    for number, pair in enumerate(zip(known, unknown, strict=True)):
        order = [("known", pair[0]), ("unknown", pair[1])]
        for side, (kind, phone) in enumerate(order if number % 2 else order[::-1]):
            environ = {"REMOTE_ADDR": f"10.{number // 250}.{number % 250}.9"}
            with time_machine.travel(since + timedelta(minutes=number, seconds=side), tick=False):
                began = time.perf_counter()
                answer = _try(client, act, phone, token=token, environ=environ)
                took[kind].append(time.perf_counter() - began)
            assert answer in {200, 422}
    return auc(took["known"], took["unknown"])


def _try(client: CheckingClient, act: str, phone: str, *, token: str, environ: dict[str, str]) -> int:
    fresh = "换一句新的长密码"
    path, form = {
        "sign in": ("/sign-in", {"account": phone, "password": "wrong wrong"}),
        "reset": ("/forgot", {"phone": phone}),
        "use a code": ("/password-resets", {"phone": phone, "code": "000000", "password": fresh, "again": fresh}),
    }[act]
    data = {**form, "csrf_token": token, "community": "donghu"}
    return client.post(path, data=data, csrf=False, environ_overrides=environ).status_code
