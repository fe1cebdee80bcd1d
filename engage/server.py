"""The production server: `python -m engage.server`; `flask --app app serve` becomes this (ADR 0012).

A main process holds the address and starts as many workers as `ENGAGE_WORKERS` says; one that dies is replaced. Each
worker reads and writes the network without Python and answers `ENGAGE_THREADS` requests at the same time.
"""

from __future__ import annotations

import ctypes
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
#: prctl(2): the signal a process gets when the one that started it is gone
_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Serve until told to stop (SIGINT or SIGTERM)."""
    if sys.platform == "linux":
        # Imported once, shared by the workers: half the memory and half the start-up time.
        multiprocessing.set_start_method("fork")
        _tie_forked_workers(to=os.getpid())
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
    if multiprocessing.get_start_method() != "fork":
        threading.Thread(target=_end_with_main, daemon=True).start()
    return app


def _tie_forked_workers(*, to: int) -> None:
    """Let the kernel end forked workers with the main process: orphans would go on answering with the old code.

    A worker cannot watch for that by itself: the pipe that closes when the main process is gone is held open by every
    worker started later, so one that hangs would keep the others alive.
    """
    prctl = ctypes.CDLL(None).prctl  # loaded before forking: another thread might hold the loader's lock then

    def tie() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != to:  # it was gone before the kernel knew
            os.kill(os.getpid(), signal.SIGKILL)

    os.register_at_fork(after_in_child=tie)


def _end_with_main() -> None:
    """End this spawned worker when the main process is gone; only the main process holds the pipe it waits for."""
    main_process = multiprocessing.parent_process()
    if main_process is not None:
        wait([main_process.sentinel])
        os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
