"""Attendance: who was there, how it is known, and for how many minutes."""

from __future__ import annotations

from flask import Flask

from engage.attendance.approval import approve, refuse
from engage.attendance.codes import live_code
from engage.attendance.commands import Handed, Receipt, check_in_person, check_in_with_code
from engage.attendance.judging import ensure_may_judge
from engage.attendance.own import count_scans, sessions_of_person
from engage.attendance.queries import (
    SessionCard,
    count_to_approve,
    list_to_approve,
    minutes_of,
    session_cards,
    session_of,
    sessions_of_shift,
)
from engage.attendance.roll import close_roll, count_heads, end_by_hand
from engage.attendance.rules import ApprovalRefused, Kind

__all__ = [
    "ApprovalRefused",
    "Handed",
    "Kind",
    "Receipt",
    "SessionCard",
    "approve",
    "check_in_person",
    "check_in_with_code",
    "close_roll",
    "count_heads",
    "count_scans",
    "count_to_approve",
    "end_by_hand",
    "ensure_may_judge",
    "init_app",
    "list_to_approve",
    "live_code",
    "minutes_of",
    "refuse",
    "session_cards",
    "session_of",
    "sessions_of_person",
    "sessions_of_shift",
]


def init_app(app: Flask) -> None:
    """Open the pages of those who come and of those who lead."""
    from engage.attendance import views, views_roll

    assert views_roll  # noqa: S101 - imported for its routes
    app.register_blueprint(views.bp)
