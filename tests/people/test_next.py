"""Where people are sent after a form: only ever to a page of this site (trust W7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from engage.core.access import Actor
from engage.core.web import safe_next
from tests.client import CheckingClient
from tests.conftest import World
from tests.people.conftest import PASSWORD
from tests.people.next_payloads import PAYLOADS

Give = Callable[..., Actor]


def as_browsers_read(target: str) -> str:
    """The host a browser would go to: it skips tabs and newlines, and reads a backslash as a slash."""
    plain = target.strip("".join(map(chr, range(33)))).translate({9: None, 10: None, 13: None}).replace("\\", "/")
    return urlsplit(plain).netloc or urlsplit(plain).scheme


def test_w7_there_are_two_hundred_of_them() -> None:
    assert len(set(PAYLOADS)) >= 200


def test_w7_none_of_them_leads_away() -> None:
    assert [text for text in PAYLOADS if as_browsers_read(safe_next(text, otherwise="/"))] == []


def test_w7_and_pages_of_ours_are_let_through() -> None:
    for path in ("/", "/me", "/members?q=%E5%91%A8&page=2", "/talks/3#agenda", "/a//b", "/x?next=//evil.example"):
        assert safe_next(path, otherwise="") == path


@pytest.mark.parametrize("htmx", [False, True])
def test_w7_every_route_that_reads_next_stays_here(
    world: World,
    sign_in: Any,
    with_password: Give,
    htmx: bool,  # noqa: FBT001
) -> None:
    with_password(world.volunteer)
    mine: CheckingClient = sign_in(world.volunteer)
    routes = {"/appearance": {"mode": "elder"}, "/me/confirmations": {"confirm_password": PASSWORD}}
    for path, form in routes.items():
        for text in PAYLOADS if path == "/appearance" else PAYLOADS[:4]:
            answer = mine.post(path, data={**form, "next": text}, htmx=htmx)
            assert answer.status_code in ({400} if "\0" in text else {204} if htmx else {303}), text
            target = answer.headers.get("Location") or answer.headers.get("HX-Redirect", "")
            assert as_browsers_read(target) == "", text
