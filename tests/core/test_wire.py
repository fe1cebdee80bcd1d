"""Compression: smaller on the wire, the same for the reader, and nothing told by a length."""

from __future__ import annotations

import gzip

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from engage.core import wire

GZIP = {"Accept-Encoding": "gzip, deflate"}


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that takes the bytes as they come."""
    return FlaskClient(app)


def test_a_page_is_the_same_and_smaller(client: FlaskClient) -> None:
    packed = client.get("/nowhere-secrecy", headers=GZIP)
    assert "Content-Encoding" not in packed.headers, "an error page is short enough"
    plain, packed = client.get("/sign-in"), client.get("/sign-in", headers=GZIP)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert "accept-encoding" in packed.headers["Vary"].lower()
    assert len(packed.data) < len(plain.data) / 2
    assert int(packed.headers["Content-Length"]) == len(packed.data)
    assert b"</html>" in gzip.decompress(packed.data)


def test_a_page_another_site_asked_for_stays_plain(client: FlaskClient) -> None:
    answer = client.get("/sign-in", headers=GZIP | {"Sec-Fetch-Site": "cross-site"})
    assert "Content-Encoding" not in answer.headers


def test_lengths_are_blurred(client: FlaskClient) -> None:
    assert len({len(client.get("/votes/secrecy", headers=GZIP).data) for _ in range(12)}) > 3


@pytest.mark.parametrize("path", ["css/engage.css", "vendor/htmx.min.js", "img/icons.svg"])
def test_static_files_travel_compressed_and_can_be_asked_again(house: Flask, path: str) -> None:
    client = house.test_client()
    plain = client.get(f"/static/{path}", buffered=True)
    for _again in range(2):
        packed = client.get(f"/static/{path}", buffered=True, headers=GZIP)
        assert gzip.decompress(packed.data) == plain.data
        assert len(packed.data) < len(plain.data) / 2
    etag = packed.headers["ETag"]
    assert etag.startswith("W/")
    assert client.get(f"/static/{path}", buffered=True, headers=GZIP | {"If-None-Match": etag}).status_code == 304
    part = client.get(f"/static/{path}", buffered=True, headers=GZIP | {"Range": "bytes=0-9"})
    assert part.status_code in {200, 206}
    assert part.status_code == 200 or part.data == plain.data[:10]


@pytest.mark.parametrize(("method", "packed"), [("GET", True), ("POST", False)])
def test_what_answers_a_form_is_never_compressed(house: Flask, *, method: str, packed: bool) -> None:
    with house.test_request_context("/sign-in", method=method, headers=GZIP):
        answer = house.process_response(Response("您家选了同意。" * 100))
    assert ("Content-Encoding" in answer.headers) is packed


@pytest.mark.parametrize("blur", [0, 1, 99])
def test_the_blur_does_not_change_the_content(blur: int) -> None:
    packed = wire.gzip_of("桂园片区夜巡".encode() * 200, level=5, blur=blur)
    assert gzip.decompress(packed).decode() == "桂园片区夜巡" * 200
