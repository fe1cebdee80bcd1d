"""The public board: what anybody may see without signing in. Counts, no names; owns no tables."""

from __future__ import annotations

from flask import Flask

__all__ = ["init_app"]


def init_app(app: Flask) -> None:
    """Register the page."""
    from engage.board.views import bp

    app.register_blueprint(bp)
