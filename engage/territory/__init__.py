"""Territory: the place tree with who serves where over time, the offices and stand-ins, splits and mergers of grids."""

from __future__ import annotations

from flask import Flask

__all__ = ["init_app"]


def init_app(app: Flask) -> None:
    """Open the pages and the operator's commands."""
    from engage.territory import cli, models, rules, views, views_changes, views_offices, views_own

    assert models and views_changes and views_offices and views_own  # noqa: S101, PT018 - imported for tables and routes
    app.jinja_env.filters["area"] = rules.area_text
    app.register_blueprint(views.bp)
    for command in cli.COMMANDS:
        app.cli.add_command(command)
