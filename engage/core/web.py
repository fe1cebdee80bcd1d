"""Between the views and HTTP: pages and fragments, redirects, what a refusal looks like (house §4)."""

from __future__ import annotations

from typing import Any
from unicodedata import normalize
from urllib.parse import quote, urlsplit

from flask import Response, current_app, flash, g, make_response, render_template, request, session, url_for
from flask import redirect as _redirect
from flask_babel import gettext
from htmx_flask import request as _htmx_request

from engage.core.errors import DomainError, NotFound

__all__ = [
    "absolute_url",
    "flash",
    "g",
    "page",
    "request",
    "safe_next",
    "say",
    "see_other",
    "session",
    "small_number",
    "url_for",
    "wants_fragment",
    "whole_number",
]

#: more do not fit into the smallest number column of PostgreSQL
_DIGITS = 10
_SAFE_IN_HEADERS = "/:?#[]@!$&'()*+,;=%"


def wants_fragment() -> bool:
    """Tell whether htmx asked for a part: not a boosted page, not a page brought back from history."""
    htmx = _htmx_request.htmx
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def page(template: str, *, fragment: str | None = None, status: int = 200, **context: Any) -> Response:
    """Render the page, or only its fragment when htmx asks, with the same context."""
    chosen = fragment if fragment and wants_fragment() else template
    return make_response(render_template(chosen, **context), status)


def see_other(url: str) -> Response:
    """Send the browser on after a POST: 303, or 204 with HX-Redirect for htmx (headers on 3xx are ignored there)."""
    if wants_fragment():
        response = make_response("", 204)
        response.headers["HX-Redirect"] = quote(url, safe=_SAFE_IN_HEADERS)
        return response
    return make_response(_redirect(url, 303))


def safe_next(target: str | None, *, otherwise: str) -> str:
    """Return `target` if it is a path of this site, else `otherwise` (trust W7).

    Browsers read a backslash as a slash and skip control characters, so both are refused outright.
    """
    if not target or not target.startswith("/") or any(c in target for c in "\\\t\r\n\0") or target.startswith("//"):
        return otherwise
    parts = urlsplit(target)
    return otherwise if parts.scheme or parts.netloc else target


def say(error: DomainError) -> str:
    """Return a refusal in the reader's language."""
    # Facts that are marked sentences themselves (a state, a unit of time) are translated too.
    facts = {name: gettext(value) if isinstance(value, str) and value else value for name, value in error.facts.items()}
    return str(gettext(error.message, **facts))


def whole_number(text: str | None, *, at_most: int = 2**31 - 1) -> int:
    """Return an id or count given as text. Raises `NotFound` for anything else, without a trace of what was typed."""
    if text is None or not text.isascii() or not text.isdigit() or len(text) > 20 or int(text) > at_most:
        raise NotFound
    return int(text)


def small_number(text: str | None) -> int | None:
    """Return a number of up to nine digits as a person types it, full-width ones too; None for anything else."""
    digits = normalize("NFKC", text or "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < _DIGITS else None


def absolute_url(endpoint: str, **values: Any) -> str:
    """Return an address to print or to put into a QR code."""
    base = current_app.extensions["engage_settings"].base_url
    if base:
        return str(base).rstrip("/") + url_for(endpoint, **values)
    return url_for(endpoint, _external=True, **values)
