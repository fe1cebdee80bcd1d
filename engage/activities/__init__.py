"""Activities: what is planned, in which shifts, and who said they would come."""

from __future__ import annotations

from flask import Flask

from engage.activities.commands import cancel_shift, cannot_come, change_shift, plan_activity, sign_up
from engage.activities.leading import ensure_leads, is_leading, reach_over
from engage.activities.leaving import OwnSignUp, expected_of, led_by, sign_ups_of, withdraw_from_all
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
    shifts_led_by,
    shifts_of,
    sign_up_states,
)
from engage.activities.rules import Kind, Nature, Plan

__all__ = [
    "CodeSeed",
    "Kind",
    "Nature",
    "OwnSignUp",
    "Plan",
    "ShiftCard",
    "cancel_shift",
    "cannot_come",
    "change_shift",
    "ensure_leads",
    "expected_of",
    "get_shift",
    "init_app",
    "is_joined",
    "is_leading",
    "joined_ids",
    "led_by",
    "list_running",
    "list_shifts",
    "plan_activity",
    "reach_over",
    "seed_of",
    "shift_cards",
    "shifts_led_by",
    "shifts_of",
    "sign_up",
    "sign_up_states",
    "sign_ups_of",
    "withdraw_from_all",
]


def init_app(app: Flask) -> None:
    """Open the pages of the volunteers and of the office."""
    from engage.activities import views, views_plan

    assert views_plan  # noqa: S101 - imported for its routes
    app.register_blueprint(views.bp)
