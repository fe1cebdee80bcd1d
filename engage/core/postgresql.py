"""What PostgreSQL needs of us: connections that notice a restarted server without a question before every use."""

from __future__ import annotations

from time import monotonic
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError

#: nothing a page asks for takes this long: a statement or a lock that does is given up, and the person told (D12)
_PATIENCE = "-c statement_timeout=60s -c lock_timeout=20s -c idle_in_transaction_session_timeout=120s"

OPTIONS: dict[str, Any] = {
    "pool_size": 20,
    "max_overflow": 40,
    "pool_use_lifo": True,
    "connect_args": {"options": _PATIENCE},
}

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
