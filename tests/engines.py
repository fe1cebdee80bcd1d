"""What SQLAlchemy compiles is kept for a run, not for one test's application: a server compiles a statement once, too.

An engine keeps compiled statements for its dialect, so engines of one kind get the same dialect and the same store.
They are still engines of their own, with connections and listeners of their own.
"""

from __future__ import annotations

from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine, event
from sqlalchemy.util import LRUCache

#: more than the tests ever ask for
_STATEMENTS = 20_000
_first: dict[str, Engine] = {}


def share_compiled() -> None:
    """Let every application of this run use what the first one's engine has compiled."""
    make = SQLAlchemy._make_engine

    def make_sharing(self: SQLAlchemy, *arguments: Any) -> Engine:
        engine = make(self, *arguments)
        _share(engine)
        return engine

    SQLAlchemy._make_engine = make_sharing  # type: ignore[method-assign]


def _share(engine: Engine) -> None:
    """Let this engine use what the first of its kind has compiled, once that one has met its database."""
    first = _first.get(engine.dialect.name)
    if first is None or first.dialect.server_version_info is None:
        engine._compiled_cache = LRUCache(_STATEMENTS)
        _first[engine.dialect.name] = engine
    else:
        engine.dialect = first.dialect
        engine._compiled_cache = first._compiled_cache


def hurry(engine: Engine) -> None:
    """Let SQLite not wait for the disk, as the tests' PostgreSQL does not: only a power cut would tell the difference."""

    @event.listens_for(engine, "connect")
    def _do_not_wait(connection: object, _record: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]
