"""Live parts of a page: one small fragment, polled, that costs nothing while nothing changed (house §4.12)."""

from __future__ import annotations

import hashlib
import re

from flask import Response, make_response, request

# Forms carry tokens that are new every time; they are no news to whoever looks.
_ALWAYS_NEW = re.compile(r'name="(?:csrf_token|key)" value="[^"]*"')


def fresh_or_unchanged(body: str, *, every_seconds: int | None = None) -> Response:
    """Return the fragment with its ETag, or 304 when the asker already has it."""
    response = make_response(body)
    response.set_etag(hashlib.sha256(_ALWAYS_NEW.sub("", body).encode()).hexdigest()[:20])
    response.headers["Cache-Control"] = "private, no-cache"
    if every_seconds:
        response.headers["X-Poll-Seconds"] = str(every_seconds)
    response.make_conditional(request)
    return response
