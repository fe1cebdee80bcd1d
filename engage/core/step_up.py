"""Before something grave: prove again, on this device, that it is you (trust rows 46 and 54, ADR 34).

A mark beside the access mark. Who asks, and how, is the people room's business: it hangs its gate on the application.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import current_app
from werkzeug.wrappers import Response

View = TypeVar("View", bound=Callable[..., Any])
GATE = "engage_step_up"


def confirmed(view: View) -> View:
    """Let the view run only within ten minutes of a password, PIN or passkey on this device; else ask in place.

    Stands below the access mark: `@bp.post(…)`, `@signed_in`, `@confirmed`. What was typed is kept while asking.
    """

    @wraps(view)
    def guarded(*args: object, **kwargs: object) -> Response:
        question = current_app.extensions[GATE]()
        return cast("Response", view(*args, **kwargs) if question is None else question)

    guarded.engage_confirmed = True  # type: ignore[attr-defined]
    return cast("View", guarded)
