"""What PostgreSQL is told on each connection: the community of every transaction, in the words that begin it (ADR 0023).

The rows obey (engage.core.row_security): without these words a transaction sees no row of any community.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection

from engage.core.tenancy import find_scope, is_everywhere

#: we send BEGIN ourselves, so that it carries the community and costs no journey of its own
CONNECTION: dict[str, Any] = {"autocommit": True}
#: lets a connection of the owner's read what belongs to all communities: for dumps and counts
READS_EVERYTHING = "-c app.everywhere=on"

_TOLD = "engage_told"


def wire(engine: Engine) -> None:
    """Let each transaction of this engine say whom it works for, first when it begins and again whenever that changes."""

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.info[_TOLD] = told = _scope()
        level = " ISOLATION LEVEL REPEATABLE READ" if connection.get_execution_options().get("one_snapshot") else ""
        connection.exec_driver_sql(f"BEGIN{level}" + "".join(f"; {words}" for words in _local(*told)))

    @event.listens_for(engine, "before_cursor_execute")
    def _follow(connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        told = _scope()
        if connection.info.get(_TOLD) != told and not statement.startswith("ROLLBACK TO"):
            connection.info[_TOLD] = told
            connection.exec_driver_sql(
                f"SELECT set_config('app.community', '{told[0]}', true), set_config('app.everywhere', '{told[1]}', true)"
            )

    @event.listens_for(engine, "rollback_savepoint")
    def _forget(connection: Connection, *_rest: object) -> None:
        connection.info.pop(_TOLD, None)  # what was told inside the savepoint went with it


def _scope() -> tuple[str, str]:
    """Return (number of the community or nothing, "on" when the work was declared to cross communities)."""
    scope = find_scope()
    return ("" if scope is None else f"{scope:d}", "on" if is_everywhere() else "")


def _local(community: str, everywhere: str) -> list[str]:
    """Return what a new transaction must be told; nothing when it works for no community: then it sees none."""
    words = [f"SET LOCAL app.community = '{community}'"] if community else []
    return [*words, "SET LOCAL app.everywhere = 'on'"] if everywhere else words
