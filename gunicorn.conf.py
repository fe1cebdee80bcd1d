"""How the production server runs; `flask --app app serve` starts it with this file.

Two processes answer; each request and each live stream holds a thread, which costs little until it is used.
"""

import os
from pathlib import Path

bind = os.environ.get("ENGAGE_LISTEN", "0.0.0.0:8000")  # phones in the hall must reach it
workers = int(os.environ.get("ENGAGE_WORKERS", "2"))
worker_class = "gthread"
threads = int(os.environ.get("ENGAGE_THREADS", "64"))
timeout = 60
graceful_timeout = 5
keepalive = 5
preload_app = True  # imported once, shared by the workers: half the memory and half the start-up time
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - gunicorn's heartbeat file, not ours
loglevel = "warning"
accesslog = None  # the application writes its own line per request, without what must not be logged


def post_fork(_server, _worker):
    """Give each worker connections of its own: one that two processes share corrupts both."""
    from app import app  # noqa: PLC0415 - only now is the application there
    from engage.core.database import db  # noqa: PLC0415

    with app.app_context():
        db.engine.dispose(close=False)
