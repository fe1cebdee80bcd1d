"""Engage: a community's volunteer life and its neighbourhood democracy."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

from flask import Flask
from flask_login import LoginManager
from htmx_flask import Htmx
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from engage.config import PROJECT, Settings
from engage.core import audit, database, fence, guard, health, i18n, limits, logs, pages, wire
from engage.core.application import Application
from engage.registry import ROOMS

# Imported for what they register: the listeners that confine every query, and the core's own tables.
_REGISTERED = (fence, audit, limits)


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application: settings, the core, then every room in the order of the floors."""
    settings = settings or Settings.from_environment()
    app = Application(__name__, template_folder=str(PROJECT / "templates"), static_folder=str(PROJECT / "static"))
    app.extensions["engage_settings"] = settings
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="engage",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        PERMANENT_SESSION_LIFETIME=timedelta(days=180),
        WTF_CSRF_TIME_LIMIT=None,
        MAX_CONTENT_LENGTH=settings.upload_limit,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(days=365),
    )
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies)  # type: ignore[method-assign]
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    wire.init_app(app)
    logs.init_app(app)
    database.init_app(app, database_url=settings.database_url)
    i18n.init_app(app)
    Htmx(app)
    # Sign-ins are rows (people.devices). Flask-Login's own session is unused and would rewrite the cookie at every request.
    LoginManager(app).session_protection = None
    guard.init_app(app)
    pages.init_app(app)
    app.register_blueprint(health.bp)
    for room in ROOMS:
        import_module(f"engage.{room}").init_app(app)
    import_module("engage.cli").init_app(app)
    return app
