"""What PostgreSQL needs of us on each connection: the community of every transaction, in the words that begin it (ADR 0023).

The rows obey (engage.core.row_security): without these words a transaction sees no row of any community. And a
connection notices a restarted server without a question before every use.
"""

from __future__ import annotations

from time import monotonic
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DisconnectionError

from engage.core.prepared import execute
from engage.core.tenancy import find_scope, is_everywhere

#: nothing a page asks for takes this long: a statement or a lock that does is given up, and the person told (D12)
_PATIENCE = "-c statement_timeout=60s -c lock_timeout=20s -c idle_in_transaction_session_timeout=120s"
#: lets a connection of the owner's read what belongs to all communities: for dumps and counts
READS_EVERYTHING = "-c app.everywhere=on"

OPTIONS: dict[str, Any] = {
    # Few connections, and whoever comes next waits for one: more of them only take turns on the server's cores, and one
    # opened for a rush and closed after it costs more than the wait. No request takes two: ten of those would starve.
    "pool_size": 10,
    "max_overflow": 0,
    "pool_use_lifo": True,
    "hide_parameters": True,  # an error is logged; what was typed and how somebody voted is not
    # we send BEGIN ourselves, so that it carries the community and costs no journey of its own
    "connect_args": {"options": _PATIENCE, "autocommit": True},
}

_TOLD = "engage_told"
#: a connection used so recently (seconds) is taken without asking: a round trip saved where it matters, in a rush.
#: A server that restarts within that time fails one request with 503; its error empties the pool.
_TRUSTED = 1.0


def prepare(engine: Engine) -> None:
    """Ask connections that rested whether they still live; a dead one is replaced before anybody sees it."""

    @event.listens_for(engine, "checkin")
    def _note(_connection: object, record: Any) -> None:
        record.info["resting_since"] = monotonic()

    @event.listens_for(engine, "checkout")
    def _ask(connection: Any, record: Any, _proxy: object) -> None:
        since = record.info.get("resting_since")
        if since is None or monotonic() - since < _TRUSTED:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error


def wire(engine: Engine) -> None:
    """Let each transaction of this engine say whom it works for, first when it begins and again whenever that changes."""
    prepare(engine)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.info[_TOLD] = told = _scope()
        level = " ISOLATION LEVEL REPEATABLE READ" if connection.get_execution_options().get("one_snapshot") else ""
        execute(connection, f"BEGIN{level}" + "".join(f"; {words}" for words in _local(*told)))

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
