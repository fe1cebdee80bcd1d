"""Topics: residents put them up, households second them, an agenda ballot of all households picks the evening's."""

from __future__ import annotations

from flask import Flask

from engage.topics.agenda import RoundPlan, RoundRefused, conclude_round, open_round
from engage.topics.commands import (
    TopicRefused,
    admit_topic,
    file_topic,
    mark_resolved,
    mark_scheduled,
    reject_topic,
    second_topic,
    set_threshold,
    take_back_second,
    withdraw_topic,
)
from engage.topics.own import OwnSecond, counting_seconded, filed_by, seconded_by_person
from engage.topics.queries import (
    TopicCard,
    count_open,
    counting_to_moderate,
    get_card,
    list_selected,
    list_shortlisted,
    list_to_moderate,
    topic_cards,
)
from engage.topics.rounds import RoundCard, find_current, get_round, list_rounds

__all__ = [
    "OwnSecond",
    "RoundCard",
    "RoundPlan",
    "RoundRefused",
    "TopicCard",
    "TopicRefused",
    "admit_topic",
    "conclude_round",
    "count_open",
    "counting_seconded",
    "counting_to_moderate",
    "file_topic",
    "filed_by",
    "find_current",
    "get_card",
    "get_round",
    "init_app",
    "list_rounds",
    "list_selected",
    "list_shortlisted",
    "list_to_moderate",
    "mark_resolved",
    "mark_scheduled",
    "open_round",
    "reject_topic",
    "second_topic",
    "seconded_by_person",
    "set_threshold",
    "take_back_second",
    "topic_cards",
    "withdraw_topic",
]


def init_app(app: Flask) -> None:
    """Register the board, its desk and the agenda rounds."""
    from engage.topics import views, views_desk

    assert views_desk  # noqa: S101 - imported for its routes
    app.register_blueprint(views.bp)
