"""A fresh database for each test, in milliseconds: one template per run, copied per test. Real commits, real triggers.

SQLite: the template file is copied. PostgreSQL: the template database is cloned, one test ahead, by a thread.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from flask import Flask
from flask_migrate import stamp
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from engage import create_app
from engage.config import Settings
from engage.core.database import as_owner, db
from tests import engines, postgres
from tests.addresses import SharedMap

if TYPE_CHECKING:
    from pathlib import Path

    from tests.postgres import Server


class CompiledTemplates(BytecodeCache):
    """Templates are compiled once a run, not once for each test's application."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Hand out what was compiled of the same text of the same template."""
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        self._kept[bucket.key, bucket.checksum] = bucket.code


_TEMPLATES = CompiledTemplates()
Flask.url_map_class = SharedMap
engines.share_compiled()


class Databases(Protocol):
    """Where fresh databases of one kind come from."""

    name: str

    def fresh(self, *, like: str | None = None) -> str:
        """Return the URL of a database with the whole schema; with no rows, or with those of `like`, the URL of another."""

    def empty(self) -> str:
        """Return the URL of a database without a single table."""

    def copy(self, url: str) -> str:
        """Return the URL of a database that begins as a copy of another; nobody is connected to that one."""

    def discard(self, url: str) -> None:
        """Take a database back that a test is done with; nobody is connected any more."""


def settings_for(*, database_url: str, data_dir: Path, owner_url: str | None = None) -> Settings:
    """Return what an installation would have that was set up for the tests."""
    return Settings(
        data_dir=data_dir,
        database_url=database_url,
        secret_key=b"a key for tests only, 32 bytes long",
        base_url=None,
        trusted_hosts=(),
        proxies=0,
        secure_cookies=False,
        upload_limit=12 * 1024 * 1024,
        owner_database_url=owner_url or owner_of(database_url),
    )


def owner_of(database_url: str) -> str | None:
    """Return the same database as its tables' owner sees it; on SQLite there is only one of us."""
    return None if database_url.startswith("sqlite") else postgres.as_role(database_url, postgres.OWNER)


def make_app(*, database_url: str, data_dir: Path, owner_url: str | None = None) -> Flask:
    """Build the application for tests: CSRF stays on, errors reach the test."""
    app = create_app(settings_for(database_url=database_url, data_dir=data_dir, owner_url=owner_url))
    app.testing = True
    app.jinja_env.bytecode_cache = _TEMPLATES
    if database_url.startswith("sqlite"):
        with app.app_context():
            engines.hurry(db.engine)
    return app


@contextmanager
def at_the_shell(app: Flask) -> Iterator[None]:
    """Work on the same database as somebody with its own shell: an administrator, whom rights and policies do not bind."""
    settings = app.extensions["engage_settings"]
    if settings.database_url.startswith("sqlite"):
        yield
        return
    url = postgres.as_role(settings.database_url, postgres.ADMINISTRATOR)
    with make_app(database_url=url, data_dir=settings.data_dir).app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()


def build_schema(*, database_url: str, data_dir: Path) -> None:
    """Give an empty database the whole schema, as the migrations would."""
    app = make_app(database_url=database_url, data_dir=data_dir)
    with app.app_context():
        with as_owner() as connection, connection.begin():
            db.metadata.create_all(connection)
        stamp()
        if database_url.startswith("sqlite"):
            with db.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()


class SqliteDatabases:
    """Copies of one template file."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.sqlite"
        self._made = 0
        build_schema(database_url=f"sqlite:///{self._template}", data_dir=folder)

    def fresh(self, *, like: str | None = None) -> str:
        """Return the URL of a new copy."""
        return self.copy(like or f"sqlite:///{self._template}")

    def copy(self, url: str) -> str:
        """Return the URL of a copy of a file that was closed properly."""
        self._made += 1
        copy = self._folder / f"{self._made}.sqlite"
        shutil.copyfile(url.removeprefix("sqlite:///"), copy)
        return f"sqlite:///{copy}"

    def empty(self) -> str:
        """Return the URL of a file that is not there yet."""
        self._made += 1
        return f"sqlite:///{self._folder / f'{self._made}.sqlite'}"

    def discard(self, url: str) -> None:
        """Delete the copy and the files SQLite keeps beside it."""
        name = url.rpartition("/")[2]
        for path in self._folder.glob(f"{name}*"):
            path.unlink()


class PostgresDatabases:
    """Clones of one template database of a private server."""

    name = "postgresql"

    def __init__(self, *, server: Server, folder: Path) -> None:
        self.server = server
        self._empty = 0
        build_schema(database_url=server.create("template"), data_dir=folder)
        self._aside = ThreadPoolExecutor(max_workers=1)
        self._next: dict[str, Future[str]] = {}

    def fresh(self, *, like: str | None = None) -> str:
        """Return the URL of the clone made meanwhile, and begin the next."""
        template = _name_in(like) if like else "template"
        made = self._next.pop(template, None) or self._aside.submit(self.server.clone, template)
        self._next[template] = self._aside.submit(self.server.clone, template)
        return self.server.url(made.result())

    def empty(self) -> str:
        """Return the URL of a new database."""
        self._empty += 1
        return self.server.create(f"empty_{self._empty}")

    def copy(self, url: str) -> str:
        """Return the URL of a clone of another database."""
        return self.server.url(self.server.clone(_name_in(url)))

    def discard(self, url: str) -> None:
        """Drop the clone when there is time."""
        self._aside.submit(self.server.drop, _name_in(url))

    def close(self) -> None:
        """Wait for what is still being made, so that the server may stop."""
        self._aside.shutdown(wait=True)


def _name_in(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]
