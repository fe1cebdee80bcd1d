"""Resolutions: what was decided, who does it, by when, and how far it is."""

from __future__ import annotations

from flask import Flask

from engage.resolutions.commands import accept, adopt, assign, begin, report_done, tell
from engage.resolutions.figures import open_by_community
from engage.resolutions.own import counting_owned, owned_by
from engage.resolutions.queries import ResolutionCard, count_open, counting_open, get_card, list_public
from engage.resolutions.rules import ResolutionRefused

__all__ = [
    "ResolutionCard",
    "ResolutionRefused",
    "accept",
    "adopt",
    "assign",
    "begin",
    "count_open",
    "counting_open",
    "counting_owned",
    "get_card",
    "init_app",
    "list_public",
    "open_by_community",
    "owned_by",
    "report_done",
    "tell",
]


def init_app(app: Flask) -> None:
    """Register the pages."""
    from engage.resolutions import views

    app.register_blueprint(views.bp)
