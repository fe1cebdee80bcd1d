"""The demo story: a named cast and one believable evening, told through the rooms' own commands only."""

from __future__ import annotations

from flask import Flask

from engage.demo.story import guide, tell

__all__ = ["guide", "init_app", "tell"]


def init_app(app: Flask) -> None:
    """Register the command."""
    from engage.demo import cli

    app.cli.add_command(cli.demo)
