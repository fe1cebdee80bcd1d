"""Attendance: who was there, how it is known, and for how many minutes."""

from __future__ import annotations

from flask import Flask

from engage.attendance.approval import approve, refuse
from engage.attendance.codes import live_code
from engage.attendance.commands import Handed, Receipt, check_in_person, check_in_with_code
from engage.attendance.judging import ensure_may_judge
from engage.attendance.merging import Shortened, count_overlaps, give_way, take_their_time_back
from engage.attendance.own import counting_own, sessions_of_person
from engage.attendance.queries import (
    SessionCard,
    count_to_approve,
    counting_to_approve,
    list_to_approve,
    minutes_of,
    session_cards,
    session_of,
    sessions_of_shift,
    times_of,
)
from engage.attendance.roll import close_roll, count_heads, end_by_hand
from engage.attendance.rules import CODES_EARLY, CODES_LATE, ApprovalRefused, Kind

__all__ = [
    "CODES_EARLY",
    "CODES_LATE",
    "ApprovalRefused",
    "Handed",
    "Kind",
    "Receipt",
    "SessionCard",
    "Shortened",
    "approve",
    "check_in_person",
    "check_in_with_code",
    "close_roll",
    "count_heads",
    "count_overlaps",
    "count_to_approve",
    "counting_own",
    "counting_to_approve",
    "end_by_hand",
    "ensure_may_judge",
    "give_way",
    "init_app",
    "list_to_approve",
    "live_code",
    "minutes_of",
    "refuse",
    "session_cards",
    "session_of",
    "sessions_of_person",
    "sessions_of_shift",
    "take_their_time_back",
    "times_of",
]


def init_app(app: Flask) -> None:
    """Open the pages of those who come and of those who lead."""
    from engage.attendance import views, views_roll

    assert views_roll  # noqa: S101 - imported for its routes
    app.register_blueprint(views.bp)
