"""D13 (trust §4): an upgrade killed anywhere leaves the old schema with all its rows, and simply runs again."""

from __future__ import annotations

import signal
import subprocess
import sys

import flask_migrate
from flask import Flask
from sqlalchemy import inspect, text

from engage import ledger
from engage.core import tenancy
from engage.core.database import as_owner, db
from tests.conftest import World
from tests.live import PROJECT, Installation

#: at how many points an upgrade is killed: before its first statement, before its last, and between
_POINTS = 6
#: how many migrations it makes
_SINCE = "-8"


def run(installation: Installation, *, deadly: int) -> tuple[int, int]:
    """Upgrade, killed before its `deadly`th statement (0: not at all); returns (exit code, statements sent)."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.dying", str(deadly), "db", "upgrade"],
        cwd=PROJECT,
        env=installation.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout.split()
    return done.returncode, int(said[-1]) if done.returncode == 0 else 0


def shape() -> dict[str, object]:
    """Return the schema and how many rows each table has, as its owner sees them."""
    with as_owner() as connection:
        found = inspect(connection)
        tables = sorted(found.get_table_names())
        shape: dict[str, object] = {
            table: (
                sorted(
                    (column["name"], str(column["type"]), column["nullable"]) for column in found.get_columns(table)
                ),
                sorted(str(index["name"]) for index in found.get_indexes(table)),
                sorted(str(key) for key in found.get_foreign_keys(table)),
                connection.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one(),
            )
            for table in tables
        }
        if connection.dialect.name == "sqlite":
            written = "SELECT sql FROM sqlite_master ORDER BY type, name"
        else:
            written = "SELECT tgname || ' on ' || tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"
        shape["written"] = connection.execute(text(written)).scalars().all()
        shape["version"] = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    return shape


def heads(world: World) -> list[str]:
    with tenancy.scoped(world.donghu.id):
        found = [str(ledger.head()), *ledger.verify()]
    db.session.remove()
    return found


def test_d13_an_upgrade_killed_anywhere_left_everything_as_it_was_and_runs_again(app: Flask, world: World) -> None:
    settings = app.extensions["engage_settings"]
    installation = Installation(database_url=settings.database_url, data_dir=settings.data_dir)
    books = heads(world)
    flask_migrate.downgrade(revision=_SINCE)
    _, statements = run(installation, deadly=0)
    newer = shape()
    flask_migrate.downgrade(revision=_SINCE)
    older = shape()
    assert older["version"] != newer["version"]
    for point in range(_POINTS):
        code, _ = run(installation, deadly=1 + (statements - 2) * point // (_POINTS - 1))
        assert code == -signal.SIGKILL
        assert shape() == older
    assert run(installation, deadly=0)[0] == 0
    assert (shape(), heads(world)) == (newer, books)
