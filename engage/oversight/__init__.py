"""Oversight: the audit log as people read it. It shows what other rooms recorded and changes nothing."""

from __future__ import annotations

from flask import Flask

from engage.oversight.words import VERBS, subject_words, verb_words

__all__ = ["VERBS", "init_app", "subject_words", "verb_words"]


def init_app(app: Flask) -> None:
    """Register the page and the command."""
    from engage.oversight import cli, views

    app.register_blueprint(views.bp)
    app.cli.add_command(cli.group)
