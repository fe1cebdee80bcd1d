"""Flask without what it would find out anew at each request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeTimedSerializer


class _Sessions(SecureCookieSessionInterface):
    """Signed cookies whose key is prepared once: it does not change while the application runs."""

    _serializer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return what signs and reads the cookie, or None where there is no key."""
        if self._serializer is None:
            self._serializer = super().get_signing_serializer(app)
        return self._serializer


class Application(Flask):
    """The application. All its functions are plain ones: none has to be asked before each call whether it is a coroutine."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """Build it as Flask does, with sessions of its own."""
        super().__init__(*args, **options)
        self.session_interface = _Sessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function as it is."""
        return func
