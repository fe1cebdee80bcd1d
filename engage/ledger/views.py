"""Pages of the book."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("ledger", __name__)
