"""Awards: versioned rules, approval of service time, points with their arithmetic."""

from __future__ import annotations

from flask import Flask

from engage.awards.commands import AwardReceipt, approve_and_award, approve_rule, draft_rule, refuse_service
from engage.awards.figures import service_by_community
from engage.awards.rules import DEFAULT_CODE, DEFAULT_TERMS, BadRule, NoRule, Terms

__all__ = [
    "DEFAULT_CODE",
    "DEFAULT_TERMS",
    "AwardReceipt",
    "BadRule",
    "NoRule",
    "Terms",
    "approve_and_award",
    "approve_rule",
    "draft_rule",
    "init_app",
    "refuse_service",
    "service_by_community",
]


def init_app(app: Flask) -> None:
    """Register the pages and the commands."""
    from engage.awards import cli, views

    app.register_blueprint(views.bp)
    app.cli.add_command(cli.group)
