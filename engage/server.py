"""The production server: `python -m engage.server`; `flask --app app serve` becomes this (ADR 0012).

A main process holds the address and starts as many workers as `ENGAGE_WORKERS` says; one that dies is replaced. Each
worker reads and writes the network without Python and works on `ENGAGE_THREADS` requests at a time (ADR 0039).
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import resource
import signal
import sys
import threading
from functools import partial
from multiprocessing.connection import wait

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from app import app
from engage.core.admission import Admission
from engage.core.database import db

#: how long a request under way may take when the server is told to stop, in seconds
_GRACE = 5
#: how many connections a worker holds: a phone keeps some open for half a minute after it was answered
_CONNECTIONS = 4_096
#: how many requests a worker receives at the same time: each occupies a thread until the last byte is here
_RECEIVING = 512
#: prctl(2): the signal a process gets when the one that started it is gone
_PR_SET_PDEATHSIG = 1
#: loaded before anything forks: another thread might hold the loader's lock at that moment
_LIBC = ctypes.CDLL(None)


def main() -> None:
    """Serve until told to stop (SIGINT or SIGTERM)."""
    if sys.platform == "linux":
        # Imported once, shared by the workers: half the memory and half the start-up time.
        multiprocessing.set_start_method("fork")
        os.register_at_fork(after_in_child=partial(_tie_to, os.getpid()))
    files = _files_allowed(2 * _CONNECTIONS)
    host, _, port = os.environ.get("ENGAGE_LISTEN", "0.0.0.0:8000").rpartition(":")  # phones in the hall must reach it
    Granian(
        "app:app",
        address=host,
        port=int(port),
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=int(os.environ.get("ENGAGE_WORKERS", "2")),
        backpressure=min(_CONNECTIONS, files // 2),  # the other half for the database, and for long forms on the disk
        blocking_threads=_RECEIVING,
        respawn_failed_workers=True,
        workers_kill_timeout=_GRACE,
        log_level=LogLevels.error,  # the application writes its own line per request, without what must not be logged
    ).serve(target_loader=_in_worker)


def _files_allowed(number: int) -> int:
    """Let this process and its workers open that many files, or as many as the machine lets us; returns how many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = number if hard == resource.RLIM_INFINITY else min(number, hard)
    if soft == resource.RLIM_INFINITY or soft >= most:
        return most
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return most


def _in_worker(_target: str) -> Admission:
    """Return the application to a worker, with connections of its own: one that two processes share corrupts both."""
    with app.app_context():
        db.engine.dispose(close=False)
    threading.Thread(target=_end_with_main, daemon=True).start()
    at_once = max(1, int(os.environ.get("ENGAGE_THREADS", "6")))
    return Admission(app, at_once=at_once, longest=app.config["MAX_CONTENT_LENGTH"])


def _end_with_main() -> None:
    """End this worker when the main process is gone: orphans would go on answering with the old code."""
    main_process = multiprocessing.parent_process()
    if main_process is not None:
        wait([main_process.sentinel])
        os.kill(os.getpid(), signal.SIGKILL)


def _tie_to(main_process: int) -> None:
    """Let the kernel end a worker just forked with its main process, whatever hangs.

    The pipe that `_end_with_main` watches is held open by every worker forked later, so that one that hangs would keep
    the others alive. What a worker forks itself is not tied: it would end with the thread that forked it.
    """
    if os.getppid() == main_process:
        _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    main()
