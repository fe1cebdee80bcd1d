"""A phone that talks to the real server: plain bytes on a kept connection, for faults and for load."""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the server said."""

    status: int
    head: str
    body: bytes

    def header(self, name: str) -> str:
        """Return a header's value, empty when it is not there."""
        found = re.search(rf"^{name}: (.*?)\r?$", self.head, re.MULTILINE | re.IGNORECASE)
        return found.group(1) if found else ""


@dataclass
class Phone:
    """One kept connection. It sends as whoever's cookie it is handed; `csrf` comes from `open_browser`.

    Plain bytes on a socket: whoever makes load shares the server's two cores and should need little of them.
    """

    port: int
    csrf: tuple[str, str] = ("", "")
    timeout: float = 30
    line: socket.socket | None = None

    def post(self, path: str, form: Mapping[str, str], *, cookie: str, accept: str = "text/html") -> Answer:
        """Send a form. Raises `OSError` when the connection breaks before the whole answer is there."""
        self.begin_post(path, form, cookie=cookie, accept=accept)
        return self.answer()

    def begin_post(self, path: str, form: Mapping[str, str], *, cookie: str, accept: str = "text/html") -> None:
        """Send a form and do not wait."""
        body = urlencode({**form, "csrf_token": self.csrf[1]})
        self._write("POST", path, cookie=cookie, accept=accept, body=body)

    def get(self, path: str, *, cookie: str = "", accept: str = "text/html", more: str = "") -> Answer:
        """Fetch a page."""
        self._write("GET", path, cookie=cookie, accept=accept, more=more)
        return self.answer()

    def begin_get(self, path: str, *, cookie: str = "") -> None:
        """Ask for a page and do not wait."""
        self._write("GET", path, cookie=cookie, accept="text/html")

    def _write(self, method: str, path: str, *, cookie: str, accept: str, body: str = "", more: str = "") -> None:
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nAccept: {accept}\r\n"
            f"Cookie: engage_device={cookie}; engage={self.csrf[0]}\r\n{more}"
        )
        if method == "POST":
            head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        if self.line is None:
            self.line = socket.create_connection(("127.0.0.1", self.port), timeout=self.timeout)
            self.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self.line.sendall(f"{head}\r\n{body}".encode())
        except OSError:
            self.hang_up()
            raise

    def answer(self) -> Answer:
        """Read one whole answer."""
        if self.line is None:
            raise ConnectionError("nothing was sent")
        try:
            return self._read(self.line)
        except OSError:
            self.hang_up()
            raise

    def _read(self, line: socket.socket) -> Answer:
        received = b""
        while b"\r\n\r\n" not in received:
            received += self._more(line)
        head, _, body = received.partition(b"\r\n\r\n")
        text = head.decode("latin-1")
        length = re.search(r"^content-length: (\d+)", text, re.MULTILINE | re.IGNORECASE)
        status = int(text[9:12])
        while length and status not in {204, 304} and len(body) < int(length.group(1)):
            body += self._more(line)
        if "connection: close" in text.lower():
            self.hang_up()
        return Answer(status=status, head=text, body=body)

    @staticmethod
    def _more(line: socket.socket) -> bytes:
        piece = line.recv(65536)
        if not piece:
            raise ConnectionError("the server hung up")
        return piece

    def hang_up(self) -> None:
        """Close the connection; the next request opens a new one."""
        if self.line is not None:
            with suppress(OSError):
                self.line.close()
        self.line = None


def open_browser(port: int) -> tuple[str, str]:
    """Return a browser's signed cookie and the token that belongs to it."""
    phone = Phone(port)
    answer = phone.get("/sign-in")
    phone.hang_up()
    cookie = re.search(r"^set-cookie: engage=([^;]+)", answer.head, re.MULTILINE | re.IGNORECASE)
    token = re.search(rb'name="csrf-token" content="([^"]+)"', answer.body)
    assert cookie is not None, answer.head
    assert token is not None, answer.head
    return cookie.group(1), token.group(1).decode()
