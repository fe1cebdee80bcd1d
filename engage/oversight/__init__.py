"""Oversight: the audit log as people read it, here and from above. It shows what other rooms recorded and changes nothing of it."""

from __future__ import annotations

from flask import Flask

from engage.oversight.alarms import alarms_by_community
from engage.oversight.forms import address_of, wanted_of
from engage.oversight.office import OfficeLog, may_read, note_reading, read_office_log
from engage.oversight.rules import Wanted
from engage.oversight.words import PRIVATE, VERBS, kind_words, subject_words, verb_words

__all__ = [
    "PRIVATE",
    "VERBS",
    "OfficeLog",
    "Wanted",
    "address_of",
    "alarms_by_community",
    "init_app",
    "kind_words",
    "may_read",
    "note_reading",
    "read_office_log",
    "subject_words",
    "verb_words",
    "wanted_of",
]


def init_app(app: Flask) -> None:
    """Register the page and the command."""
    from engage.oversight import cli, views

    app.register_blueprint(views.bp)
    app.cli.add_command(cli.group)
