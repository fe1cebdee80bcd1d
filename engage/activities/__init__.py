"""Activities: what is planned, in which shifts, and who said they would come."""

from __future__ import annotations

from flask import Flask

from engage.activities.commands import cancel_shift, cannot_come, change_shift, plan_activity, sign_up
from engage.activities.queries import (
    CodeSeed,
    ShiftCard,
    get_shift,
    is_joined,
    joined_ids,
    list_running,
    list_shifts,
    seed_of,
    shift_cards,
    shifts_of,
    sign_up_states,
)
from engage.activities.rules import Kind, Nature, Plan

__all__ = [
    "CodeSeed",
    "Kind",
    "Nature",
    "Plan",
    "ShiftCard",
    "cancel_shift",
    "cannot_come",
    "change_shift",
    "get_shift",
    "init_app",
    "is_joined",
    "joined_ids",
    "list_running",
    "list_shifts",
    "plan_activity",
    "seed_of",
    "shift_cards",
    "shifts_of",
    "sign_up",
    "sign_up_states",
]


def init_app(app: Flask) -> None:
    """Open the pages of the volunteers and of the office."""
    from engage.activities import views, views_plan

    assert views_plan  # noqa: S101 - imported for its routes
    app.register_blueprint(views.bp)
