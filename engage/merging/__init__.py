"""Merging: one person who stands on the roll twice becomes one entry, and two again within seven days. Composes doors."""

from __future__ import annotations

from flask import Flask

from engage.merging.commands import forget_reasons, merge
from engage.merging.queries import MergeCard, compare, merges_of

__all__ = ["MergeCard", "compare", "forget_reasons", "init_app", "merge", "merges_of"]


def init_app(app: Flask) -> None:
    """Open the office's pages."""
    from engage.merging import views

    app.register_blueprint(views.bp)
