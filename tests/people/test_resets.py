"""A new password by six digits sent to a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text

from engage.core.access import Actor
from engage.core.database import db
from engage.core.errors import TooManyAttempts
from engage.people import messages, resets, signing_in
from engage.people.models_sign_in import ResetRequest
from engage.people.rules import BadCode
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW
from tests.people.conftest import arrival

Give = Callable[..., Actor]


class Sent(list[tuple[str, str]]):
    """What went out; whoever looks waits for the carrier first."""

    def __iter__(self) -> Iterator[tuple[str, str]]:
        messages.until_sent()
        return super().__iter__()

    def __len__(self) -> int:
        messages.until_sent()
        return super().__len__()


@pytest.fixture
def sent(app: Any) -> list[tuple[str, str]]:
    """The messages that went out."""
    out = Sent()

    class Pigeon:
        def delivers(self) -> bool:
            return True

        def send_code(self, *, phone: str, code: str) -> None:
            out.append((phone, code))

    app.extensions["engage_messenger"] = Pigeon()
    return out


def test_six_digits_lead_to_a_new_password(
    world: World, client: CheckingClient, with_password: Give, sent: list[tuple[str, str]], sign_in: Any
) -> None:
    with_password(world.volunteer)
    old = sign_in(world.volunteer)
    client.get("/sign-in?community=donghu", expect=200)
    page = client.post("/forgot", data={"phone": "138 0000 0621"}, expect=200)
    [(phone, code)] = sent
    assert phone == "13800000621"
    fresh = "换一句新的长密码"
    client.submit(page.form("/password-resets"), expect=303, code=code, password=fresh, again=fresh)
    client.get("/me", expect=200)
    old.get("/me", expect=303)
    assert signing_in.sign_in(arrival=arrival(account="13800000621", password=fresh), now=NOW)


def test_w13_asking_for_an_unknown_number_looks_the_same(
    world: World, client: CheckingClient, with_password: Give, sent: list[tuple[str, str]]
) -> None:
    with_password(world.volunteer)
    client.get("/sign-in?community=donghu", expect=200)
    known = client.post("/forgot", data={"phone": "13800000621"}, expect=200).words
    unknown = client.post("/forgot", data={"phone": "13899999999"}, expect=200).words
    assert known == unknown
    assert len(sent) == 1


def test_w14_five_wrong_tries_kill_the_digits(world: World, with_password: Give, sent: list[tuple[str, str]]) -> None:
    with_password(world.volunteer)
    resets.ask_reset(phone="13800000621", network="n", now=NOW)
    [(phone, code)] = sent
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _ in range(5):
        with pytest.raises(BadCode):
            resets.reset_password(phone=phone, code=wrong, arrival=arrival(password="换一句新的长密码"), now=NOW)
    with pytest.raises(BadCode):
        resets.reset_password(phone=phone, code=code, arrival=arrival(password="换一句新的长密码"), now=NOW)


def test_digits_live_ten_minutes_and_a_second_message_kills_the_first(
    world: World, with_password: Give, sent: list[tuple[str, str]]
) -> None:
    with_password(world.volunteer)
    fresh = arrival(password="换一句新的长密码")
    resets.ask_reset(phone="13800000621", network="n", now=NOW)
    with pytest.raises(TooManyAttempts):
        resets.ask_reset(phone="13800000621", network="n", now=NOW + timedelta(seconds=30))
    resets.ask_reset(phone="13800000621", network="n", now=NOW + timedelta(minutes=1))
    [(phone, first), (_, second)] = sent
    later = NOW + timedelta(minutes=2)
    if first != second:
        with pytest.raises(BadCode):
            resets.reset_password(phone=phone, code=first, arrival=fresh, now=later)
    with pytest.raises(BadCode):
        resets.reset_password(phone=phone, code=second, arrival=fresh, now=NOW + timedelta(minutes=11))
    assert resets.reset_password(phone=phone, code=second, arrival=fresh, now=later)
    assert code_of_digits(second) not in str(
        [tuple(row) for row in db.session.execute(text("SELECT * FROM reset_request"))]
    )
    assert db.session.scalar(select(func.count(ResetRequest.id)).where(ResetRequest.used_at.is_not(None))) == 1


def code_of_digits(code: str) -> str:
    """The digits as they would stand in a row, quoted."""
    return f"'{code}'"


def test_the_console_says_nothing_in_production(app: Any, capsys: pytest.CaptureFixture[str]) -> None:
    console = messages.ConsoleMessenger()
    assert not console.delivers()
    console.send_code(phone="13800000621", code="123456")
    out = "".join(capsys.readouterr())
    assert "123456" not in out
    assert "13800000621" not in out


def test_without_a_gateway_the_page_promises_no_message(world: World, client: CheckingClient) -> None:
    page = client.get("/forgot", expect=200)
    assert "再打一张激活条" in page.text
    assert "6位数字" not in page.text
