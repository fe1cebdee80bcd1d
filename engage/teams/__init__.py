"""Teams: what they are for, who leads them, who asks to come in; and what people are trained in."""

from __future__ import annotations

from flask import Flask

from engage.teams.applications import apply, approve, decline, withdraw
from engage.teams.commands import TeamPlan, change_team, found_team, name_leader
from engage.teams.leaving import OwnRecords, counting_records, forget, records_of
from engage.teams.queries import count_waiting_for, counting_waiting_for, led_by
from engage.teams.register import TrainingCard, count_running_out, trained_kinds
from engage.teams.rules import NotQualified, TeamKind, Training
from engage.teams.training import TrainingDay, ensure_qualified, qualified_ids, record_training, revoke
from engage.teams.words import STATE_WORDS, TRAINING_WORDS, training_word

__all__ = [
    "STATE_WORDS",
    "TRAINING_WORDS",
    "NotQualified",
    "OwnRecords",
    "TeamKind",
    "TeamPlan",
    "Training",
    "TrainingCard",
    "TrainingDay",
    "apply",
    "approve",
    "change_team",
    "count_running_out",
    "count_waiting_for",
    "counting_records",
    "counting_waiting_for",
    "decline",
    "ensure_qualified",
    "forget",
    "found_team",
    "init_app",
    "led_by",
    "name_leader",
    "qualified_ids",
    "record_training",
    "records_of",
    "revoke",
    "trained_kinds",
    "training_word",
    "withdraw",
]


def init_app(app: Flask) -> None:
    """Open the pages, and let a person's page show what this room knows of them."""
    from engage import people
    from engage.teams import views, views_answers, views_office, views_panel, views_training, words

    assert views_answers and views_office and views_training  # noqa: S101, PT018 - imported for their routes
    app.jinja_env.globals.update(
        training_word=words.training_word, team_kind_word=words.kind_word, team_kind_icon=words.kind_icon
    )
    people.add_panel(app, views_panel.of_person)
    app.register_blueprint(views.bp)
