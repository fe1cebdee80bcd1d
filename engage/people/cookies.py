"""What a browser keeps of its device: how the cookie is set, slides along, and is forgotten."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, g
from flask import session as browser

from engage.core import web
from engage.people import rules_sign_in
from engage.people.devices import COOKIE, here


def prolong_cookie(response: Response) -> Response:
    """Send the cookie again when the device was just noted as used, so that it slides along in the browser too."""
    token, device = web.request.cookies.get(COOKIE), here()
    decided = any(one.startswith(f"{COOKIE}=") for one in response.headers.getlist("Set-Cookie"))
    if g.get("seen_again") and token and device and not decided:
        response.set_cookie(COOKIE, token, **cookie_options(shared=device.shared))
    return response


def forget_browser_state() -> None:
    """Throw away the signed cookie's content, so that nothing chosen before signing in survives it (W5)."""
    browser.clear()


def cookie_options(*, shared: bool = False) -> dict[str, Any]:
    """Return how the device cookie is set: a shared browser forgets it when it closes."""
    settings = current_app.extensions["engage_settings"]
    life = None if shared else rules_sign_in.REMEMBERED
    return {"max_age": life, "httponly": True, "samesite": "Lax", "secure": settings.secure_cookies}
