"""Sending a word to somebody's phone: one protocol, adapters behind it (SMS gateway, WeChat template message).

Only the console adapter exists. It delivers to the operator's terminal while developing and to nobody in production,
where it leaves one log line without the code; pages ask `delivers` before they promise a message.
"""

from __future__ import annotations

import logging
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

from flask import current_app

log = logging.getLogger("engage.messages")


class Messenger(Protocol):
    """How a code reaches a person."""

    def delivers(self) -> bool:
        """Tell whether a message sent now would reach a person."""
        ...

    def send_code(self, *, phone: str, code: str) -> None:
        """Send a one-time code to a phone (11 digits). Failures are logged, never shown: the answer is always the same."""
        ...


class ConsoleMessenger:
    """Prints while developing; in production it says only that it was asked."""

    def delivers(self) -> bool:
        """Tell whether somebody reads the terminal."""
        return bool(current_app.debug)

    def send_code(self, *, phone: str, code: str) -> None:
        """Print the code, or log that nothing was sent."""
        if current_app.debug:
            sys.stderr.write(f"[code for a phone ending in {phone[-4:]}] {code}\n")
            return
        log.info("code not sent", extra={"facts": {"adapter": "console", "phone": f"*{phone[-2:]}"}})


#: one letter carrier per process: whoever asks does not wait for the gateway, and so cannot tell whether it was called
_carrier = ThreadPoolExecutor(max_workers=1, thread_name_prefix="messages")


def send_aside(*, phone: str | None, code: str) -> Future[None]:
    """Send a code after the answer has gone out; without a phone the same is done, and nothing sent (trust W13)."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the proxy means nothing in a thread

    def carry() -> None:
        with app.app_context():
            if phone is not None:
                messenger().send_code(phone=phone, code=code)

    return _carrier.submit(carry)


def until_sent() -> None:
    """Wait until everything handed over so far has gone out."""
    _carrier.submit(lambda: None).result()


def messenger() -> Messenger:
    """Return the adapter of this application."""
    chosen: Messenger = current_app.extensions["engage_messenger"]
    return chosen
