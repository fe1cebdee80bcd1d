"""Statements of the rush: made once, run on the driver's own cursor (speed.md, technique 1; ADR 40).

What SQLAlchemy does anew for each execution costs several times what the statement itself costs. Here it is done once:
SQL, the order of the values, how they are written and read. Whoever listens before a statement hears of it, and what the
database refuses is raised as SQLAlchemy raises it.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from engage.core.errors import OutsideTransaction

Process = Callable[[Any], Any]


@dataclass(frozen=True, kw_only=True)
class _Ready:
    """A statement as one kind of database takes it."""

    sql: str
    #: the names of the values in the order of their places; None where the driver takes them by name
    order: tuple[str, ...] | None
    #: values that are part of the statement
    fixed: dict[str, Any]
    written: tuple[tuple[str, Process | None], ...]
    #: makes a row of what the driver read; None when the statement returns none
    row: Callable[[Any], Any] | None
    read: tuple[tuple[int, Process], ...]


class Prepared:
    """A Core statement to be run very often. Its values are bind parameters with names, and there are no defaults to work out.

    Not confined by the fence: it names the community itself, like every Core statement.
    """

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._ready: dict[str, _Ready] = {}

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        """Run it with these values; returns rows with the names of the columns, none for a write that returns none.

        Raises SQLAlchemy's errors for what the database refuses, `KeyError` for a value that is missing, `ValueError`
        for one that cannot be written, and `OutsideTransaction` where nothing has begun: Core would begin by itself.
        """
        if not connection.in_transaction():
            raise OutsideTransaction("a prepared statement belongs inside a transaction")
        dialect = connection.dialect
        ready = self._ready.get(dialect.name)
        if ready is None:
            ready = self._ready[dialect.name] = _made_ready(self._statement, dialect)
        given = ready.fixed | {
            name: values[name] if process is None else process(values[name]) for name, process in ready.written
        }
        parameters: Any = given if ready.order is None else tuple([given[name] for name in ready.order])
        # PostgreSQL is told of the community here, and tests count here.
        connection.dispatch.before_cursor_execute(connection, None, ready.sql, parameters, None, False)  # noqa: FBT003
        found = execute(connection, ready.sql, parameters, fetch=ready.row is not None)
        if ready.row is None:
            return []
        return [ready.row(_read(row, ready.read)) for row in found]

    def first(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """Run it; returns the first row, or None."""
        return next(iter(self.rows(connection, values)), None)


def execute(connection: Connection, sql: str, parameters: Any = None, *, fetch: bool = False) -> Sequence[Any]:
    """Run SQL on the driver's own cursor, heard by nobody; returns what it read, as the driver gives it.

    Raises SQLAlchemy's errors for the driver's. A server that is gone empties the pool, as it does with Core.
    """
    cursor = None
    try:
        cursor = connection.connection.cursor()
        if parameters is None:
            cursor.execute(sql)
        else:
            cursor.execute(sql, parameters)
        return cursor.fetchall() if fetch else ()
    except connection.dialect.loaded_dbapi.Error as error:
        connection._handle_dbapi_exception(error, sql, parameters, cursor, None)  # noqa: SLF001 - never returns
    except Exception:
        raise
    except BaseException:  # cut off in the middle: nobody knows what the connection is at
        connection.invalidate()
        raise
    finally:
        if cursor is not None:
            cursor.close()


def _read(row: Any, processes: tuple[tuple[int, Process], ...]) -> Any:
    if not processes:
        return row
    values = list(row)
    for place, process in processes:
        values[place] = process(values[place])
    return values


def _made_ready(statement: Executable, dialect: Dialect) -> _Ready:
    compiled: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
    _ensure_plain(compiled)
    writers = {name: _writer(bind.type, dialect) for name, bind in compiled.binds.items()}
    needed = {name for name, bind in compiled.binds.items() if bind.required}
    fixed = {name: value for name, value in compiled.params.items() if name not in needed}
    columns = list(statement.exported_columns)  # type: ignore[attr-defined]
    readers = [(place, _reader(column.type, dialect)) for place, column in enumerate(columns)]
    return _Ready(
        sql=compiled.string,
        order=tuple(compiled.positiontup) if compiled.positional else None,
        fixed={name: _processed(writers[name], value) for name, value in fixed.items()},
        written=tuple((name, writers[name]) for name in sorted(needed)),
        row=_row_of([column.name for column in columns]) if columns else None,
        read=tuple((place, process) for place, process in readers if process is not None),
    )


def _row_of(names: list[str]) -> Callable[[Any], Any]:
    row: Any = namedtuple("Row", names)  # type: ignore[misc]  # noqa: PYI024 - the names are known when it is made ready
    made: Callable[[Any], Any] = row._make
    return made


def _ensure_plain(compiled: SQLCompiler) -> None:
    """Refuse what is worked out at each execution: it would silently be left out here."""
    asked_each_time = any(bind.callable for bind in compiled.binds.values())
    if asked_each_time or compiled.insert_prefetch or compiled.update_prefetch or compiled.post_compile_params:
        raise TypeError("a prepared statement has no defaults or moments to work out and no lists of values")


def _writer(kind: TypeEngine[Any], dialect: Dialect) -> Process | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _reader(kind: TypeEngine[Any], dialect: Dialect) -> Process | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)


def _processed(process: Process | None, value: Any) -> Any:
    return value if process is None else process(value)
