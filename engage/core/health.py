"""Is the process alive, is the installation fit to serve, and the choices a browser keeps (language, theme, elder mode)."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from typing import Any

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Response, current_app, jsonify
from sqlalchemy import text

from engage.core import clock, web
from engage.core.access import public
from engage.core.database import db

bp = Blueprint("core", __name__)

_LEAST_FREE_BYTES = 200 * 1024 * 1024
_BUILT_AFTER = datetime(2026, 1, 1, tzinfo=UTC)
_YEAR = timedelta(days=365)
_CHOICES = {"lang": {"zh", "en"}, "theme": {"light", "dark"}, "mode": {"standard", "elder"}}


@bp.get("/healthz")
@public
def healthz() -> Response:
    """Answer as long as the process can answer at all."""
    return jsonify(status="ok")


@bp.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    """Say whether the database answers, is at the newest migration, the clock is sane and the disk has room."""
    checks = {
        "database": _database(),
        "migrations": _migrations(),
        "clock": clock.now() > _BUILT_AFTER,
        "disk": _disk(),
    }
    ready = all(checks.values())
    return jsonify(status="ready" if ready else "not ready", checks=checks), 200 if ready else 503


def _database() -> bool:
    return bool(db.session.execute(text("SELECT 1")).scalar_one() == 1)


def _migrations() -> bool:
    folder = current_app.extensions["migrate"].directory
    head = ScriptDirectory(str(folder)).get_current_head()
    return bool(MigrationContext.configure(db.session.connection()).get_current_revision() == head)


def _disk() -> bool:
    settings = current_app.extensions["engage_settings"]
    return shutil.disk_usage(settings.data_dir).free > _LEAST_FREE_BYTES


@bp.post("/appearance")
@public
def appearance() -> Response:
    """Keep the reader's choice of language, theme or elder mode in a cookie of this browser."""
    form: Any = web.request.form
    response = web.see_other(web.safe_next(form.get("next"), otherwise="/"))
    for name, allowed in _CHOICES.items():
        if form.get(name) in allowed:
            response.set_cookie(name, form[name], max_age=_YEAR, samesite="Lax", httponly=True)
    return response
