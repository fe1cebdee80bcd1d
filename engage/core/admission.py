"""How many requests a process works on at once. Waiting costs nothing, working side by side does (ADR 0039).

More threads than a core can run take turns with Python's lock and make everybody late. So a request is let in only when
it has arrived whole (a phone at the edge of a yard's signal sends for seconds), and a few are worked on at a time.
"""

from __future__ import annotations

import io
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import IO, Any, cast

#: a WSGI application (PEP 3333)
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

#: how long a request waits to be let in, in seconds; then its sender is told to come back
_PATIENCE = 30.0
#: a form of any page fits; what is longer waits on the disk
_IN_MEMORY = 256 * 1024
_PIECE = 64 * 1024
_FULL = (
    '<!doctype html>\n<html lang="zh-Hans"><head><meta charset="utf-8"><title>Engage</title></head>\n'
    "<body><main><h1>这会儿人多</h1><p>刚才这一步没有记上。请等一分钟，再点一次。</p>"
    '<p lang="en">Many people at once: the last step was not recorded. Please try again in a minute.</p></main></body></html>\n'
).encode()

_COME_BACK = [("Content-Type", "text/html; charset=utf-8"), ("Retry-After", "60"), ("Cache-Control", "no-store")]

_here = threading.local()


class Admission:
    """A WSGI application that lets a few requests at a time into another one; the others wait their turn, first come first."""

    def __init__(self, application: Application, *, at_once: int, longest: int, patience: float = _PATIENCE) -> None:
        """Let `at_once` requests in; what says it is longer than `longest` bytes is not received (it is refused inside)."""
        self._application = application
        self._longest = longest
        self._patience = patience
        self._free: SimpleQueue[None] = SimpleQueue()
        for _seat in range(at_once):
            self._free.put(None)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Receive the request, wait for a turn, and answer it."""
        with self._received(environ) as body:
            try:
                self._free.get(timeout=self._patience)
            except Empty:
                start_response("503 Service Unavailable", _COME_BACK)
                return [_FULL]
            _here.let_in_by = self
            try:
                return self._application({**environ, "wsgi.input": body}, start_response)
            finally:
                _here.let_in_by = None
                self._free.put(None)

    def _received(self, environ: dict[str, Any]) -> IO[bytes]:
        """Return the whole body. One whose length is not said is none: no browser sends such a form."""
        left = int(environ.get("CONTENT_LENGTH") or 0)
        if not 0 < left <= self._longest:
            return io.BytesIO()
        body = cast("IO[bytes]", tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115 - it ends with the request
        while left and (piece := environ["wsgi.input"].read(min(left, _PIECE))):
            left -= len(piece)
            body.write(piece)
        body.seek(0)
        return body

    @contextmanager
    def _outside(self) -> Iterator[None]:
        _here.let_in_by = None
        self._free.put(None)
        try:
            yield
        finally:
            self._free.get()
            _here.let_in_by = self


@contextmanager
def stepping_aside() -> Iterator[None]:
    """Let somebody else in while this request does something slow that hinders nobody; outside of a request: nothing."""
    admission: Admission | None = getattr(_here, "let_in_by", None)
    if admission is None:
        yield
        return
    with admission._outside():  # noqa: SLF001 - the same module
        yield
