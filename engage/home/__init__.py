"""Home: everybody's front page and the secretary's day. Composes doors, owns no tables."""

from __future__ import annotations

from flask import Flask

__all__ = ["init_app"]


def init_app(app: Flask) -> None:
    """Register the pages."""
    from engage.home import views_children, views_data
    from engage.home.views import bp

    assert views_children and views_data  # noqa: S101, PT018 - imported for their routes
    app.register_blueprint(bp)
