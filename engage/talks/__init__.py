"""Night talks: an evening in the courtyard from the notice to the last word, and the wall that shows it."""

from __future__ import annotations

from flask import Flask

from engage.talks.commands import add_item, add_motion, cancel_talk, name_staff, plan_talk, publish_notice
from engage.talks.commands_course import activate_item, adjourn_talk, defer_item, open_doors, start_talk
from engage.talks.commands_floor import (
    call_next,
    check_in,
    finish_speech,
    leave_queue,
    note,
    put_motion,
    queue_to_speak,
)
from engage.talks.decisions import MotionCard, decided_motions, find_decided
from engage.talks.figures import held_by_community
from engage.talks.own import (
    OwnEvening,
    TalkDuty,
    counting_duties,
    counting_evenings,
    duties_of,
    evenings_of,
    step_down,
)
from engage.talks.queries import (
    TalkCard,
    find_next,
    find_running,
    get_card,
    item_ids,
    recent,
)
from engage.talks.rules import TalkRefused, place_name

__all__ = [
    "MotionCard",
    "OwnEvening",
    "TalkCard",
    "TalkDuty",
    "TalkRefused",
    "activate_item",
    "add_item",
    "add_motion",
    "adjourn_talk",
    "call_next",
    "cancel_talk",
    "check_in",
    "counting_duties",
    "counting_evenings",
    "decided_motions",
    "defer_item",
    "duties_of",
    "evenings_of",
    "find_decided",
    "find_next",
    "find_running",
    "finish_speech",
    "get_card",
    "held_by_community",
    "init_app",
    "item_ids",
    "leave_queue",
    "name_staff",
    "note",
    "open_doors",
    "place_name",
    "plan_talk",
    "publish_notice",
    "put_motion",
    "queue_to_speak",
    "recent",
    "start_talk",
    "step_down",
]


def init_app(app: Flask) -> None:
    """Register the pages."""
    from engage.talks import views, views_console, views_desk, views_wall

    assert views_console and views_desk and views_wall  # noqa: S101, PT018 - imported for their routes
    app.register_blueprint(views.bp)
    app.jinja_env.filters["place_name"] = place_name
