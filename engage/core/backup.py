"""Copies of a living database: taken online, put back in one step, examined without trusting them (trust §3 (g)).

Never `cp`: a copied SQLite file without its log is a file that opens and lacks the last minutes.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import create_engine, func, inspect, select, table
from sqlalchemy.engine import URL, make_url

from engage.core import postgresql, row_security, sqlite
from engage.core.container import BackupRefused
from engage.core.database import app_role, as_owner, dialect, owner_url
from engage.core.errors import N_

_LONGEST_DUMP = 4 * 3600


def database_url() -> URL:
    """Return where this installation's rows are, as whoever owns them."""
    return owner_url()


def snapshot(target: Path, *, url: URL | None = None) -> None:
    """Write a consistent copy of the living database (or the one at `url`): an SQLite file, or a dump of PostgreSQL's own format.

    Raises `BackupRefused` when PostgreSQL's programs are missing or answer with an error.
    """
    if dialect() == "sqlite":
        copy_sqlite(Path(str((url or database_url()).database)), target)
    else:
        # The owner stands behind the fence too: the dump says outright that it reads all communities.
        options = ("--format=custom", "--no-owner", "--no-privileges", "--enable-row-security")
        _run("pg_dump", *options, f"--file={target}", url=url or database_url(), options=postgresql.READS_EVERYTHING)


def put_back(source: Path) -> None:
    """Replace the content of the living database by a snapshot, in one step.

    SQLite: through the library, so that open connections see either the old books or the new ones.
    PostgreSQL: one transaction.
    """
    if dialect() == "sqlite":
        with current_app.extensions["engage_writers"].turn():
            copy_sqlite(source, Path(str(database_url().database)))
    else:
        options = ("--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error")
        _run("pg_restore", *options, str(source), url=database_url())
        with as_owner() as connection, connection.begin():
            row_security.close(connection, app_role=app_role())


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy one SQLite database over another while both may be in use."""
    with (
        closing(sqlite.module.connect(f"file:{source}?mode=ro", uri=True, timeout=60)) as reader,
        closing(sqlite.module.connect(str(target), timeout=60)) as writer,
    ):
        reader.backup(writer)


def scratch_database(snapshot_file: Path, *, folder: Path) -> URL:
    """Return a database of its own that holds the snapshot, for examining it. Give it back to `discard_scratch`."""
    if dialect() == "sqlite":
        copy = folder / "scratch.sqlite"
        shutil.copy(snapshot_file, copy)
        return make_url(f"sqlite:///{copy}")
    name = f"engage_check_{os.getpid()}"
    _administer(f"CREATE DATABASE {name} TEMPLATE template0")
    url = database_url().set(database=name)
    _run("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", str(snapshot_file), url=url)
    return url


def discard_scratch(url: URL) -> None:
    """Drop the database that `scratch_database` made (an SQLite one goes with its folder)."""
    if url.get_backend_name() == "postgresql":
        _administer(f"DROP DATABASE IF EXISTS {url.database}")


def structural_faults(url: URL) -> list[str]:
    """Return what the database itself finds wrong: damaged pages, references to rows that are not there."""
    if url.get_backend_name() != "sqlite":
        return []  # pg_restore checked every key and constraint while it loaded
    with closing(sqlite.module.connect(str(url.database))) as connection:
        faults = [str(row[0]) for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        return faults + [f"foreign key: {row}" for row in connection.execute("PRAGMA foreign_key_check")]


def count_rows(url: URL) -> dict[str, int]:
    """Return the number of rows of every table of the database at `url`."""
    options: dict[str, Any] = (
        {"module": sqlite.module}
        if url.get_backend_name() == "sqlite"
        else {"connect_args": {"options": postgresql.READS_EVERYTHING}}
    )
    engine = create_engine(url, **options)
    try:
        with engine.connect() as connection:
            return {
                name: int(connection.scalar(select(func.count()).select_from(table(name))) or 0)
                for name in sorted(inspect(connection).get_table_names())
            }
    finally:
        engine.dispose()


def _administer(statement: str) -> None:
    with as_owner(autocommit=True) as connection:
        connection.exec_driver_sql(statement)


def _run(program: str, *arguments: str, url: URL, options: str = "") -> None:
    """Run one of PostgreSQL's programs against a database; the password travels in the environment, not in the list."""
    path = shutil.which(program)
    if path is None:
        raise BackupRefused(
            N_("没找到%(program)s。请安装PostgreSQL的客户端程序（Debian：postgresql-client），再来一次。"),
            program=program,
        )
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL, arguments of our own
        [path, f"--dbname={_without_password(url)}", *arguments],
        env=os.environ
        | ({"PGPASSWORD": str(url.password)} if url.password else {})
        | ({"PGOPTIONS": options} if options else {}),
        capture_output=True,
        text=True,
        check=False,
        timeout=_LONGEST_DUMP,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()
        # Whoever was killed says nothing: no room, no memory.
        killed = signal.strsignal(-done.returncode) if done.returncode < 0 else None
        raise BackupRefused(
            N_("%(program)s没有做成：%(reason)s"),
            program=program,
            reason=said[-1] if said else killed or str(done.returncode),
        )


def _without_password(url: URL) -> str:
    plain = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    return plain.render_as_string(hide_password=False)
