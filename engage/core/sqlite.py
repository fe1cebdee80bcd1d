"""Which SQLite we run on and why some are refused (ADR 0002, trust §0.1); how its transactions begin and take turns.

One SQLite library per process: whoever opens the database file takes it from here.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from engage.core.errors import N_, DomainError
from engage.core.prepared import execute
from engage.core.turns import Turns

try:
    import pysqlite3 as _library
except ImportError:  # no wheel for this platform: the gate below decides whether the standard one will do
    import sqlite3 as _library

module: ModuleType = _library

#: The connection used last is taken first: its pages and statements are still at hand. More than are ever worked on at
#: once (ADR 0039): whoever counts a vote holds a second one while others wait for their turn.
OPTIONS: dict[str, Any] = {
    "module": module,
    "pool_size": 20,
    "max_overflow": 60,
    "pool_use_lifo": True,
    "hide_parameters": True,
}

PRAGMAS = (
    "PRAGMA busy_timeout=10000",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA recursive_triggers=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA secure_delete=ON",
    "PRAGMA cache_size=-16000",
    # What is written while somebody reads for minutes makes the log long; it need not stay so (D23).
    "PRAGMA journal_size_limit=67108864",
)


class UnsafeSqlite(DomainError):
    """This SQLite can corrupt a database in WAL mode."""


def ensure_safe(version: tuple[int, ...]) -> None:
    """Refuse the versions with the WAL-reset bug: 3.7.0 to 3.51.2, but for the repaired 3.44.6+ and 3.50.7+ (D22).

    Raises `UnsafeSqlite`.
    """
    repaired = version >= (3, 51, 3) or (3, 44, 6) <= version < (3, 45) or (3, 50, 7) <= version < (3, 51)
    if not repaired and version >= (3, 7, 0):
        raise UnsafeSqlite(
            N_("这个SQLite（%(version)s）在断电或并发时可能损坏数据库。请安装pysqlite3 0.6.1以上，或换PostgreSQL。"),
            version=".".join(map(str, version)),
        )


def prepare(connection: Any) -> None:
    """Set what SQLite forgets between connections. We emit BEGIN ourselves, so the driver must not."""
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(pragma)


def wire(engine: Engine) -> None:
    """Let each connection of this engine be prepared, and each transaction say how it begins."""

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        prepare(connection)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # Reads must not queue behind writers: only transaction() asks for IMMEDIATE.
        execute(connection, "BEGIN " + connection.get_execution_options().get("begin", "DEFERRED"))


def end_reading(connection: Connection) -> None:
    """Let go of the snapshot this connection reads, and keep the connection: giving it back and taking it costs more.

    By the driver's own rollback, which also ends what was read only half.
    """
    connection.connection.rollback()


def begin_writing(session: Session) -> None:
    """Take the write lock, on the connection whose reading was ended or on a new one."""
    if session.in_transaction():
        execute(session.connection(), "BEGIN IMMEDIATE")
    else:
        session.connection(execution_options={"begin": "IMMEDIATE"})


class WriterQueue:
    """First come, first served: SQLite's own busy waiting lets some writers starve (speed.md, technique 2).

    Threads of one process queue here; processes take turns on a lock file beside the database.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._pen = Turns(1)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the only pen of this database file."""
        self._pen.take()
        try:
            with self._path.open("ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        finally:
            self._pen.give_back()
