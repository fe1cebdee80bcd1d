"""A command on SQLite ends the reading of its page and writes on the same connection (engage.core.sqlite)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import OperationalError

from engage.core import sqlite
from engage.core.database import db, transaction
from engage.core.errors import OutsideTransaction
from engage.core.limits import AttemptCount
from tests.databases import SqliteDatabases, make_app

COUNTS: Any = AttemptCount.__table__


@pytest.fixture
def other(_sqlite: SqliteDatabases, tmp_path: Path) -> Iterator[Any]:
    """Somebody else's connection to the database of the application this test is in."""
    url = _sqlite.fresh()
    app = make_app(database_url=url, data_dir=tmp_path)
    other = sqlite.module.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    with app.app_context():
        yield other
        db.session.remove()
        db.engine.dispose()
    other.close()
    _sqlite.discard(url)


def write(connection: Connection, name: str) -> None:
    values = {"key": name, "window_start": datetime(2026, 11, 22, tzinfo=UTC), "count": 1}
    connection.execute(insert(COUNTS), values)


def how_many() -> int:
    return db.session.scalar(select(func.count()).select_from(COUNTS)) or 0


def test_a_command_sees_what_was_written_since_its_page_was_read(other: Any) -> None:
    assert how_many() == 0
    other.execute("INSERT INTO attempt_count VALUES ('theirs', '2026-11-22 00:00:00.000000', 1)")
    assert how_many() == 0  # one snapshot for one page
    with transaction() as session:
        assert how_many() == 1
        write(session.connection(), "ours")
    assert other.execute("SELECT count(*) FROM attempt_count").fetchone() == (2,)


def test_a_page_and_its_command_use_one_connection(other: Any) -> None:
    assert how_many() == 0
    reading = db.session.connection().connection.dbapi_connection
    with transaction() as session:
        assert session.connection().connection.dbapi_connection is reading


def test_what_was_read_only_half_keeps_no_command_from_writing(other: Any) -> None:
    with transaction() as session:
        write(session.connection(), "one")
        write(session.connection(), "two")
    half = db.session.connection().execute(select(COUNTS.c.key))
    assert half.fetchone() is not None
    other.execute("INSERT INTO attempt_count VALUES ('theirs', '2026-11-22 00:00:00.000000', 1)")
    with transaction() as session:
        write(session.connection(), "ours")
    assert how_many() == 4


def test_who_cannot_reach_the_pen_has_begun_nothing(other: Any, tmp_path: Path) -> None:
    writers = current_app.extensions["engage_writers"]
    assert how_many() == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writers, "_path", tmp_path / "no such folder" / "lock")
        with pytest.raises(FileNotFoundError), transaction():
            pytest.fail("nobody has the pen")
    assert not db.session().in_transaction()
    with transaction() as session:
        write(session.connection(), "ours")
    assert how_many() == 1


def test_what_was_added_outside_is_nobody_s_to_write(other: Any) -> None:
    db.session.add(AttemptCount(key="stray", window_start=datetime(2026, 11, 22, tzinfo=UTC), count=1))
    with pytest.raises(OutsideTransaction), transaction():
        pytest.fail("it would be written along")
    db.session.rollback()
    assert how_many() == 0


def test_d23_the_log_grows_while_somebody_reads_and_shrinks_after(other: Any) -> None:
    log = Path(str(db.engine.url.database) + "-wal")
    other.execute("CREATE TABLE much (content)")
    other.execute("BEGIN")
    other.execute("SELECT * FROM much").fetchall()
    with transaction() as session:
        session.connection().exec_driver_sql("INSERT INTO much VALUES (zeroblob(80 << 20))")
    assert log.stat().st_size > 80 << 20
    other.execute("COMMIT")
    for name in ("one", "two"):  # the first can empty the log, the next begins it anew
        with transaction() as session:
            write(session.connection(), name)
    assert log.stat().st_size <= 64 << 20


def test_who_cannot_begin_to_write_leaves_nothing_half_begun(other: Any) -> None:
    db.session.connection().exec_driver_sql("PRAGMA busy_timeout=1")
    assert how_many() == 0
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"), transaction():
        pytest.fail("there is one writer at a time")
    other.execute("COMMIT")
    assert how_many() == 0
    with transaction() as session:
        write(session.connection(), "ours")
    assert how_many() == 1
