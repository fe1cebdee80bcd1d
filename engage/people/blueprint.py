"""The pages of this room hang on one blueprint; the views are spread over four files by who uses them."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("people", __name__)
