"""The production server: `python -m engage.server`; `flask --app app serve` becomes this (ADR 0012).

A main process holds the address and starts as many workers as `ENGAGE_WORKERS` says; one that dies is replaced. Each
worker reads and writes the network without Python and answers `ENGAGE_THREADS` requests at the same time.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from multiprocessing.connection import wait
from typing import TYPE_CHECKING

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from app import app
from engage.core.database import db

if TYPE_CHECKING:
    from flask import Flask

#: how long a request under way may take when the server is told to stop, in seconds
_GRACE = 5


def main() -> None:
    """Serve until told to stop (SIGINT or SIGTERM)."""
    if sys.platform == "linux":
        # Imported once, shared by the workers: half the memory and half the start-up time.
        multiprocessing.set_start_method("fork")
    host, _, port = os.environ.get("ENGAGE_LISTEN", "0.0.0.0:8000").rpartition(":")  # phones in the hall must reach it
    Granian(
        "app:app",
        address=host,
        port=int(port),
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=int(os.environ.get("ENGAGE_WORKERS", "2")),
        blocking_threads=int(os.environ.get("ENGAGE_THREADS", "64")),
        respawn_failed_workers=True,
        workers_kill_timeout=_GRACE,
        log_level=LogLevels.error,  # the application writes its own line per request, without what must not be logged
    ).serve(target_loader=_in_worker)


def _in_worker(_target: str) -> Flask:
    """Return the application to a worker, with connections of its own: one that two processes share corrupts both."""
    with app.app_context():
        db.engine.dispose(close=False)
    threading.Thread(target=_end_with_main, daemon=True).start()
    return app


def _end_with_main() -> None:
    """End this worker when the main process is gone: orphans would go on answering with the old code."""
    main_process = multiprocessing.parent_process()
    if main_process is not None:
        wait([main_process.sentinel])
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
