"""The real server, as `make run` starts it, on a database of the test's own: for journeys, faults and load."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from engage import create_app, people, places
from engage.core import clock, tenancy
from engage.core.access import Role
from engage.core.database import db
from tests import make
from tests.databases import owner_of, settings_for

PROJECT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    """Return a port nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(kw_only=True)
class Installation:
    """A data folder, a database, and a server that can be started, stopped and killed."""

    database_url: str
    data_dir: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    #: how far the clock of everything this installation runs is ahead of ours
    ahead: timedelta = timedelta()

    @property
    def now(self) -> datetime:
        """Return what time it is for this installation, in UTC."""
        return clock.now() + self.ahead

    def travel(self, to: datetime) -> None:
        """Let time pass: stop the server, and start it again at that moment."""
        self.stop()
        self.ahead = to - clock.now()
        self.start()

    @property
    def address(self) -> str:
        """Return where the server answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """Return the settings every command of this installation runs with."""
        return os.environ | {
            "DATABASE_URL": self.database_url,
            "ENGAGE_OWNER_DATABASE_URL": owner_of(self.database_url) or "",
            "ENGAGE_DATA_DIR": str(self.data_dir),
            "ENGAGE_LISTEN": f"127.0.0.1:{self.port}",
            "PYTHONUNBUFFERED": "1",
        }

    def flask(self, *arguments: str) -> str:
        """Run one of the operator's commands; returns what it printed, fails with what it complained of."""
        done = subprocess.run(
            self._python("flask", "--app", "app", *arguments),
            cwd=PROJECT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"flask {' '.join(arguments)}: {done.stdout}\n{done.stderr}"
        return done.stdout

    def _python(self, module: str, *arguments: str) -> list[str]:
        seconds = int(self.ahead.total_seconds())
        start = ["tests.later", str(seconds), module] if seconds else [module]
        return [sys.executable, "-m", *start, *arguments]

    def cookie_of(self, role: Role | None) -> dict[str, str]:
        """Sign the first holder of a role in (None: the first volunteer without any); returns a browser's cookie."""
        settings = settings_for(database_url=self.database_url, data_dir=self.data_dir)
        app = create_app(replace(settings, secret_key=(self.data_dir / "secret.key").read_bytes()))
        with app.app_context():
            home = min(places.list_communities(), key=lambda card: card.id)
            with tenancy.scoped(home.id):
                holders = [people.get_person(person_id) for person_id in people.holders_of(role)] if role else []
                person = holders[0] if holders else _plain_volunteer()
                token = make.open_device(people.actor_of(person), now=clock.now())
            db.session.remove()
            db.engine.dispose()
        return {"name": people.COOKIE, "value": token, "url": self.address}

    def start(self) -> None:
        """Start the production server and wait until it answers."""
        log = (self.data_dir / "server.log").open("ab")
        self.process = subprocess.Popen(
            self._python("engage.server"),
            cwd=PROJECT,
            env=self.environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        log.close()
        self.wait()

    def wait(self, *, seconds: float = 30) -> None:
        """Wait until the server answers. Raises TimeoutError with the end of its log."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with suppress(urllib.error.URLError, ConnectionError), urllib.request.urlopen(f"{self.address}/healthz"):
                return
            time.sleep(0.05)
        raise TimeoutError((self.data_dir / "server.log").read_text()[-3000:])

    def stop(self, *, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop the whole group of processes, politely or with SIGKILL."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, how)
        self.process.wait(timeout=20)
        self.process = None


def _plain_volunteer() -> people.Person:
    granted = {person_id for role in Role for person_id in people.holders_of(role)}
    statement = select(people.Person).where(people.Person.is_volunteer).order_by(people.Person.id)
    return next(person for person in db.session.scalars(statement) if person.id not in granted)


@contextmanager
def serving(installation: Installation) -> Iterator[Installation]:
    """Start the server, and stop it at the end whatever happened."""
    installation.start()
    try:
        yield installation
    finally:
        installation.stop()
