"""D3, D11 (trust §4): connections to PostgreSQL that died are replaced, and their death costs one answer at most."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from engage.core import postgresql
from engage.core.database import db
from tests.databases import PostgresDatabases, make_app


@pytest.fixture
def served(_postgresql: PostgresDatabases, tmp_path: Path) -> Iterator[Flask]:
    """An application on PostgreSQL that has answered before: its pool holds a connection."""
    url = _postgresql.fresh()
    app = make_app(database_url=url, data_dir=tmp_path)
    app.testing = False  # refusals reach the browser as pages
    assert app.test_client().get("/readyz").status_code == 200
    yield app
    with app.app_context():
        db.engine.dispose()
    _postgresql.discard(url)


def end_connections(app: Flask) -> int:
    """Let the server end every connection the application holds, as a restart does; returns how many."""
    with app.app_context():
        outside = create_engine(db.engine.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    ended = text(
        "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with outside.connect() as connection:
        return int(connection.execute(ended).scalar_one())


def test_d11_a_connection_that_rested_is_asked_first_and_replaced(
    served: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "_TRUSTED", 0.0)
    assert end_connections(served) == 1
    assert served.test_client().get("/readyz").status_code == 200


def test_d11_a_connection_that_died_a_moment_ago_costs_one_answer_and_no_more(
    served: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "_TRUSTED", 60.0)
    assert end_connections(served) == 1
    assert served.test_client().get("/readyz").status_code == 503
    assert served.test_client().get("/readyz").status_code == 200


def test_d12_what_takes_too_long_is_given_up(served: Flask) -> None:
    with served.app_context():
        limits = {name: db.session.scalar(text(f"SHOW {name}")) for name in ("statement_timeout", "lock_timeout")}
        db.session.remove()
    assert limits == {"statement_timeout": "1min", "lock_timeout": "20s"}
