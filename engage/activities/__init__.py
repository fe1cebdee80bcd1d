"""Activities: what is planned, in which shifts, and who said they would come."""

from __future__ import annotations

from flask import Flask

from engage.activities.commands import cancel_shift, cannot_come, change_shift, plan_activity, sign_up
from engage.activities.epochs import renew_secrets
from engage.activities.leading import ensure_leads, is_leading, reach_over
from engage.activities.leaving import (
    OwnSignUp,
    counting_ahead,
    counting_led,
    counting_sign_ups,
    expected_of,
    led_by,
    sign_ups_of,
    withdraw_from_all,
)
from engage.activities.merging import move_sign_ups, move_sign_ups_back
from engage.activities.queries import (
    JOINED,
    CodeSeed,
    ShiftCard,
    get_shift,
    is_for_minors,
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
from engage.activities.rules import Kind, Nature, Plan, ensure_old_enough

__all__ = [
    "JOINED",
    "CodeSeed",
    "Kind",
    "Nature",
    "OwnSignUp",
    "Plan",
    "ShiftCard",
    "cancel_shift",
    "cannot_come",
    "change_shift",
    "counting_ahead",
    "counting_led",
    "counting_sign_ups",
    "ensure_leads",
    "ensure_old_enough",
    "expected_of",
    "get_shift",
    "init_app",
    "is_for_minors",
    "is_joined",
    "is_leading",
    "joined_ids",
    "led_by",
    "list_running",
    "list_shifts",
    "move_sign_ups",
    "move_sign_ups_back",
    "plan_activity",
    "reach_over",
    "renew_secrets",
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
