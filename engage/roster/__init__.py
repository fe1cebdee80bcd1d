"""The roster: a community's workbook of people and doors, checked row by row and imported once."""

from __future__ import annotations

from flask import Flask

from engage.roster import models, models_export
from engage.roster.commands import open_workbook, stage
from engage.roster.exporting import PhonesTaken, end_leaves, phones_taken
from engage.roster.importing import NobodyFound, confirm
from engage.roster.parts import Outcome
from engage.roster.undo import forget

__all__ = [
    "NobodyFound",
    "Outcome",
    "PhonesTaken",
    "confirm",
    "end_leaves",
    "forget",
    "init_app",
    "models",
    "models_export",
    "open_workbook",
    "phones_taken",
    "stage",
]


def init_app(app: Flask) -> None:
    """Register the pages and `flask roster`."""
    from engage.roster import views_export, views_progress, views_undo
    from engage.roster.cli import roster
    from engage.roster.views import bp

    assert views_export and views_progress and views_undo  # noqa: S101, PT018 - imported for their routes
    app.register_blueprint(bp)
    app.cli.add_command(roster)
