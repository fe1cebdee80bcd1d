"""What goes over the wire: text travels compressed, most of all to phones at the edge of a yard's signal (ADR 0011).

Only answers to GET are compressed: what answers a form may repeat a choice, and a length would tell it. A page another
site asked for stays plain, and each page's length is blurred, so that lengths do not give the form token away (BREACH).
"""

from __future__ import annotations

import secrets
import struct
import zlib

from flask import Flask, Response, current_app, request

_TEXT = frozenset(
    {
        "text/html",
        "text/css",
        "text/javascript",
        "text/plain",
        "application/javascript",
        "application/json",
        "application/manifest+json",
        "application/wasm",
        "image/svg+xml",
    }
)
#: below this a packet is a packet
_SMALLEST = 600
_FOR_PAGES, _FOR_FILES = 5, 9
_MOST_BLUR = 100


def init_app(app: Flask) -> None:
    """Compress on the way out. Hung on first, so that it runs after everything else that touches an answer."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if response.mimetype not in _TEXT or response.status_code != 200 or (response.is_streamed and not _is_file()):
        return response
    response.vary.add("Accept-Encoding")
    if (
        request.method != "GET"
        or request.accept_encodings["gzip"] <= 0
        or response.headers.get("Content-Encoding")
        or (response.content_length or _SMALLEST) < _SMALLEST
    ):
        return response
    if _is_file():
        _send(response, _kept(response))
    elif request.headers.get("Sec-Fetch-Site") != "cross-site":
        plain = response.get_data()
        if len(plain) >= _SMALLEST:
            _send(response, gzip_of(plain, level=_FOR_PAGES, blur=secrets.randbelow(_MOST_BLUR)))
    return response


def _is_file() -> bool:
    return request.endpoint == "static"


def _send(response: Response, packed: bytes) -> None:
    response.direct_passthrough = False
    response.close()
    response.set_data(packed)
    response.headers["Content-Encoding"] = "gzip"
    etag, _weak = response.get_etag()
    if etag:
        response.set_etag(etag, weak=True)  # the same content in other bytes


def _kept(response: Response) -> bytes:
    """Return a static file compressed: once per process and version, it never changes under a running server."""
    kept: dict[tuple[str, str | None], bytes] = current_app.extensions.setdefault("engage_compressed", {})
    key = (request.path, response.get_etag()[0])
    if key not in kept:
        response.direct_passthrough = False
        kept[key] = gzip_of(response.get_data(), level=_FOR_FILES, blur=0)
    return kept[key]


def gzip_of(plain: bytes, *, level: int, blur: int) -> bytes:
    """Return a gzip file whose header carries a name of `blur` random letters: it decompresses to the same content."""
    deflate = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = deflate.compress(plain) + deflate.flush()
    named = secrets.token_hex(blur)[:blur].encode() + b"\0" if blur else b""
    head = b"\x1f\x8b\x08" + (b"\x08" if blur else b"\0") + b"\0\0\0\0\0\xff"
    return head + named + body + struct.pack("<II", zlib.crc32(plain), len(plain) & 0xFFFFFFFF)
