"""Redirects stay at home, refusals are readable, nobody gets in by a forgotten decorator."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from engage.core import web
from engage.core.access import MATRIX, Permission, Role
from tests.client import CheckingClient

EVIL = (
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "////evil.example",
    "https:evil.example",
    "https://evil.example/",
    "javascript:alert(1)",
    "\\\\evil.example",
    "/\n/evil.example",
    "",
    None,
)


@pytest.mark.parametrize("target", EVIL)
def test_w7_a_next_address_of_another_site_is_not_followed(target: str | None) -> None:
    assert web.safe_next(target, otherwise="/home") == "/home"


@given(path=st.text(alphabet="abc/?=&%\\:.@\t", max_size=30))
def test_w7_whatever_is_followed_is_a_path_of_this_site(path: str) -> None:
    chosen = web.safe_next(path, otherwise="/home")
    assert chosen.startswith("/")
    assert not chosen.startswith(("//", "/\\"))


def test_a_path_of_ours_is_followed() -> None:
    assert web.safe_next("/shifts/5?from=home", otherwise="/") == "/shifts/5?from=home"


def test_an_unmarked_route_is_denied(app: Flask) -> None:
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    answer = app.test_client().get("/forgotten")
    assert answer.status_code == 403
    assert b"secret" not in answer.data


def test_w4_a_post_that_another_site_sent_is_refused(client: CheckingClient) -> None:
    answer = client.post("/appearance", data={"lang": "en"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert "lang=en" not in answer.headers.get("Set-Cookie", "")


def test_w4_a_post_without_a_token_is_refused(client: CheckingClient) -> None:
    answer = client.post("/appearance", data={"lang": "en"}, csrf=False, expect=400)
    assert "放得太久" in answer.text


def test_w8_an_error_for_htmx_is_a_fragment_and_for_others_a_page(client: CheckingClient) -> None:
    assert "<html" in client.get("/nowhere").text
    fragment = client.get("/nowhere", headers={"HX-Request": "true"})
    assert "<html" not in fragment.text
    assert fragment.headers["HX-Retarget"] == "#flash"
    assert "HX-Request" in fragment.headers["Vary"]


def test_every_response_carries_the_strict_policy(client: CheckingClient) -> None:
    policy = client.get("/nowhere").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy


def test_the_choice_of_language_is_kept_and_used(client: CheckingClient) -> None:
    assert "没找到" in client.get("/nowhere").text
    client.post("/appearance", data={"lang": "en", "next": "/nowhere"}, expect=303)
    assert 'lang="en"' in client.get("/nowhere").text


def test_every_role_is_in_the_matrix_and_no_resident_has_a_desk() -> None:
    assert set(MATRIX) == set(Role)
    assert not MATRIX[Role.RESIDENT]
    assert not MATRIX[Role.VOLUNTEER]
    assert Permission.TELL_VOTES not in MATRIX[Role.SECRETARY]


def test_w17_what_no_page_sends_gets_a_sentence(client: CheckingClient) -> None:
    for answer in (
        client.post("/appearance", data={"lang": "en\0"}),
        client.post("/appearance", data={f"field{number}": "1" for number in range(2000)}),
        client.get("/sign-in?next=%00"),
        client.get("/c/%00"),
    ):
        assert answer.status_code == 400
        assert "改短一些" in answer.text


def test_a_number_no_id_can_have_is_not_found(client: CheckingClient) -> None:
    for number in (2**31, 2**63, 10**30):
        assert client.get(f"/talks/{number}").status_code == 404
