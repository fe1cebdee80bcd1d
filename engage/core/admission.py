"""How many requests a process works on at once. Waiting costs nothing, working side by side does (ADR 0039).

More threads than a core can run take turns with Python's lock and make everybody late. So a request is let in only when
it has arrived whole (a phone at the edge of a yard's signal sends for seconds), and a few are worked on at a time.
"""

from __future__ import annotations

import io
import logging
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import IO, Any

from flask import has_app_context

from engage.core.database import db
from engage.core.errors import NestedTransaction
from engage.core.turns import Turns

log = logging.getLogger("engage")

#: a WSGI application (PEP 3333)
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

#: how long a request waits to be let in, in seconds; then its sender is told to come back
_PATIENCE = 30.0
#: a form of any page fits; what is longer is received on the disk, so many at a time
_SHORT, _LONG_ONES = 64 * 1024, 16
_PIECE = 64 * 1024
_PAGE = (
    '<!doctype html>\n<html lang="zh-Hans"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
    '<title>Engage</title></head>\n<body><main><h1>{}</h1><p>{}</p><p lang="en">{}</p>'
    '<p><a href="/">回首页 <span lang="en">Front page</span></a></p></main></body></html>\n'
)
_CROWDED = _PAGE.format(
    "这会儿人多",
    "刚才这一步没有记上。请等一分钟，再点一次。",
    "Many people at once: the last step was not recorded. Please try again in a minute.",
)
_CUT_OFF = _PAGE.format(
    "没有收全",
    "信号断了一下，刚才这一步没有记上。请再点一次。",
    "Only a part arrived: the last step was not recorded. Please try again.",
)

_here = threading.local()


class _NotLetIn(Exception):
    """What is said to somebody whose request nobody worked on."""

    def __init__(self, status: HTTPStatus, page: str) -> None:
        super().__init__(status.phrase)
        self.status = status
        self.page = page


class Admission:
    """A WSGI application that lets a few requests at a time into another one; the others wait, first come, first served."""

    def __init__(self, application: Application, *, at_once: int, longest: int, patience: float = _PATIENCE) -> None:
        """Let `at_once` requests in; one that says it is longer than `longest` bytes is not received: inside it is refused."""
        self._application = application
        self._longest = longest
        self._patience = patience
        self._long_ones = Turns(_LONG_ONES)
        self.seats = Turns(at_once)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Receive the request, wait for a seat, and answer it."""
        try:
            with self._received(environ) as body, self._turn(self.seats):
                _here.let_in_by = self
                try:
                    return self._application({**environ, "wsgi.input": body}, start_response)
                finally:
                    _here.let_in_by = None
        except _NotLetIn as refused:
            log.warning("not let in", extra={"facts": {"status": refused.status.value}})
            headers = [
                ("Content-Type", "text/html; charset=utf-8"),
                ("Cache-Control", "no-store"),
                ("Retry-After", "60"),
            ]
            start_response(f"{refused.status.value} {refused.status.phrase}", headers)
            return [refused.page.encode()]

    @contextmanager
    def _turn(self, turns: Turns) -> Iterator[None]:
        if not turns.take(patience=self._patience):
            raise _NotLetIn(HTTPStatus.SERVICE_UNAVAILABLE, _CROWDED)
        try:
            yield
        finally:
            turns.give_back()

    @contextmanager
    def _received(self, environ: dict[str, Any]) -> Iterator[IO[bytes]]:
        """Hand out the whole body. One of a length nobody says is not waited for: browsers say it."""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if length == 0 and environ.get("HTTP_TRANSFER_ENCODING"):
            raise _NotLetIn(HTTPStatus.LENGTH_REQUIRED, _CUT_OFF)
        if length > self._longest:
            yield io.BytesIO()
        elif length <= _SHORT:
            yield _copy(environ["wsgi.input"], io.BytesIO(), length=length)
        else:
            with self._turn(self._long_ones), tempfile.TemporaryFile() as body:
                yield _copy(environ["wsgi.input"], body, length=length)

    @contextmanager
    def outside(self) -> Iterator[None]:
        """Let somebody else have the seat of this thread's request, and take one again before it goes on."""
        _here.let_in_by = None
        self.seats.give_back()
        try:
            yield
        finally:
            self.seats.take()
            _here.let_in_by = self


def _copy(source: Any, target: IO[bytes], *, length: int) -> IO[bytes]:
    """Copy so many bytes, and go back to the first. What was cut off on the way is nobody's form."""
    while length:
        piece = source.read(min(length, _PIECE))
        if not piece:
            raise _NotLetIn(HTTPStatus.BAD_REQUEST, _CUT_OFF)
        length -= len(piece)
        target.write(piece)
    target.seek(0)
    return target


@contextmanager
def stepping_aside() -> Iterator[None]:
    """Let somebody else in while this request waits for something slow: it keeps neither seat nor connection.

    Whoever kept one while waiting for the other would wait for ever. What was read so far is read anew when it is asked
    for again. Raises `NestedTransaction` inside a command: that would keep everybody from writing meanwhile.
    """
    if has_app_context():
        if db.session().info.get("in_command"):
            raise NestedTransaction("something slow inside a command")
        db.session.rollback()
    admission: Admission | None = getattr(_here, "let_in_by", None)
    if admission is None:
        yield
        return
    with admission.outside():
        yield
