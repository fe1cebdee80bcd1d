"""W17 (trust §4) on the real server: those who send slowly, or keep their connection, do not keep others out."""

from __future__ import annotations

import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.live import Installation
from tests.phone import Phone

#: what one process took before it stopped listening, twice; ours are two
_MANY = 1_200
_SLOW = 200
_SENDING = (
    b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 5000\r\n\r\nphone="
)
_BEGINNING = b"GET / HTTP/1.1\r\nHost: 127."
_ASKING = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@contextmanager
def room_for(connections: int) -> Iterator[None]:
    """Let this process hold that many connections; they are the machine's, not the server's."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < connections:
        resource.setrlimit(resource.RLIMIT_NOFILE, (connections, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@contextmanager
def crowd(port: int, words: bytes, *, number: int, answered: bool = False) -> Iterator[None]:
    """Open that many connections, say something on each, and keep them."""
    with room_for(number + 500), ExitStack() as lines:
        for _one in range(number):
            line = lines.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
            line.sendall(words)
            if answered:
                assert line.recv(4096).startswith(b"HTTP/1.1 200")
        yield


@pytest.mark.parametrize(
    ("words", "number", "answered"),
    [(_SENDING, _SLOW, False), (_BEGINNING, _SLOW, False), (_ASKING, _MANY, True)],
    ids=["slow forms", "slow headers", "kept connections"],
)
def test_w17_others_are_answered_meanwhile(running: Installation, words: bytes, number: int, *, answered: bool) -> None:
    with crowd(running.port, words, number=number, answered=answered):
        for _page in range(20):  # they come to either process
            phone = Phone(running.port, timeout=5)
            assert phone.get("/sign-in").status == 200
            phone.hang_up()


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (_SENDING, b"400"),
        (
            _SENDING.replace(b"Content-Length: 5000", b"Transfer-Encoding: chunked").replace(
                b"phone=", b"6\r\nphone=\r\n"
            ),
            b"411",
        ),
    ],
    ids=["cut off", "of unknown length"],
)
def test_a_form_that_does_not_arrive_whole_is_refused(running: Installation, words: bytes, status: bytes) -> None:
    """The rest of it never comes: the phone lost its signal."""
    with socket.create_connection(("127.0.0.1", running.port), timeout=10) as line:
        line.sendall(words)
        line.shutdown(socket.SHUT_WR)
        assert line.recv(4096).startswith(b"HTTP/1.1 " + status)
