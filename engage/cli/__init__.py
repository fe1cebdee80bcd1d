"""The operator's commands that belong to no single room."""

from __future__ import annotations

import click
from flask import Flask
from flask.cli import AppGroup

from engage.cli.backups import backup, restore
from engage.cli.databases import group as databases
from engage.cli.scaffold import new_room
from engage.cli.serving import serve
from engage.core import i18n

translations = AppGroup("i18n", help="Keep the English catalogues in step with the Chinese sentences.")


@translations.command("update")
def update() -> None:
    """Extract every sentence; print those that still lack English."""
    problems = i18n.update_catalogues()
    for problem in problems:
        click.echo(problem)
    click.echo(f"{len(problems)} to translate")


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(translations)
    app.cli.add_command(serve)
    app.cli.add_command(databases)
    app.cli.add_command(backup)
    app.cli.add_command(restore)
    app.cli.add_command(new_room)
