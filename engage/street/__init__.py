"""Street: the figures of the communities under a street or district. It owns no table and names no person."""

from __future__ import annotations

from flask import Flask

__all__ = ["init_app"]


def init_app(app: Flask) -> None:
    """Open the page."""
    from engage.street import views

    app.register_blueprint(views.bp)
