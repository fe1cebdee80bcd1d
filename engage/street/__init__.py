"""Street: the figures of the communities under a street or district, and what their offices did. It owns no table.

The figures name nobody; the acts of office name office holders, and say in the community's own log who read them.
"""

from __future__ import annotations

from flask import Flask

__all__ = ["init_app"]


def init_app(app: Flask) -> None:
    """Open the pages."""
    from engage.street import views, views_office

    assert views_office  # noqa: S101 - imported for its routes
    app.register_blueprint(views.bp)
