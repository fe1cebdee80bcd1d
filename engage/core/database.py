"""The one place that commits, and the shape every table shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from flask import Flask, current_app
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    NullPool,
    UniqueConstraint,
    create_engine,
    event,
    func,
    select,
)
from sqlalchemy.engine import URL, Connection, Dialect, make_url
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, registry
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeDecorator

from engage.config import PROJECT
from engage.core import postgresql, sqlite, tenure
from engage.core.errors import NestedTransaction, OutsideTransaction

BigKey = BigInteger().with_variant(Integer, "sqlite")


class UTCDateTime(TypeDecorator[datetime]):
    """Aware UTC in and out. SQLite forgets time zones; this type remembers."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times: nobody knows what they mean."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime reached the database")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Hand back aware UTC from either database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """All tables: constraints get predictable names, so that migrations can speak of them."""

    registry: ClassVar[registry] = registry(
        type_annotation_map={datetime: UTCDateTime},
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
    )


class TenantMixin:
    """A row that belongs to one community. Queries through the ORM are confined to the scope (engage.core.fence)."""

    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), nullable=False, index=False)


class TenantBase(TenantMixin, Base):
    """A tenant table with a plain number as its key. Give it `__table_args__ = tenant_args(…)`."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)


def tenant_args(*items: SchemaItem) -> tuple[SchemaItem, ...]:
    """Return table arguments with the (community_id, id) key that composite foreign keys point at."""
    return (UniqueConstraint("community_id", "id"), *items)


def tenant_fk(column: str, table: str) -> ForeignKeyConstraint:
    """Refer to a row of the same community: a foreign tenant's id is refused by the database itself.

    The column gets the type of the key it points at, whatever `Mapped[int]` alone would mean (ADR 38).
    """
    reference = ForeignKeyConstraint(["community_id", column], [f"{table}.community_id", f"{table}.id"])
    event.listen(reference, "after_parent_attach", lambda _, owner: setattr(owner.c[column], "type", BigKey))
    return reference


_LAST = "engage_last_acts"

db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
migrate = Migrate(directory=str(PROJECT / "migrations"))


def init_app(app: Flask, *, database_url: str) -> None:
    """Open the database: safe SQLite with a fair queue of writers, or PostgreSQL."""
    app.config["SQLALCHEMY_DATABASE_URI"] = database_url
    if database_url.startswith("sqlite"):
        sqlite.ensure_safe(sqlite.module.sqlite_version_info)
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = dict(sqlite.OPTIONS)
        lock = Path(database_url.removeprefix("sqlite:///") + ".lock")
        app.extensions["engage_writers"] = sqlite.WriterQueue(lock)
        wire = sqlite.wire
    else:
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = dict(postgresql.OPTIONS)
        wire = postgresql.wire
    db.init_app(app)
    migrate.init_app(app, db)
    with app.app_context():
        wire(db.engine)


@contextmanager
def transaction() -> Iterator[Session]:
    """Own one write transaction: commit at the end, roll back on any error. Nothing else commits.

    On SQLite the write lock is taken first (a read upgraded to a write fails at once), in a fair queue. PostgreSQL goes
    on in the transaction that loaded the page's data: READ COMMITTED sees what others have written since.
    Raises `NestedTransaction` when a command calls another command, `Forbidden` when the office it needs was just lost.
    """
    session = db.session()
    if session.info.get("in_command"):
        raise NestedTransaction("a command called another command")
    writers: sqlite.WriterQueue | None = current_app.extensions.get("engage_writers")
    if session.new or session.deleted:
        raise OutsideTransaction("rows were added or deleted before the command began")
    session.expire_all()
    if writers and session.in_transaction():
        sqlite.end_reading(session.connection())  # what loaded the page's data: decide and write on one snapshot
    try:
        with writers.turn() if writers else nullcontext():
            session.info["in_command"] = True
            if writers:
                sqlite.begin_writing(session)
            tenure.ensure_held()
            yield session
            _act_last(session)
            session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info["in_command"] = False
        session.info.pop(_LAST, None)


def at_the_end(act: Callable[[Session, list[Any]], None], item: object) -> None:
    """Let `act` have the items of this command together, as the last thing before it commits.

    For what every command does and only one can do at a time: whoever waits then holds nothing others wait for.
    """
    require_transaction().info.setdefault(_LAST, {}).setdefault(act, []).append(item)


def _act_last(session: Session) -> None:
    session.flush()
    for act, items in session.info.pop(_LAST, {}).items():
        act(session, items)


@contextmanager
def one_snapshot() -> Iterator[Session]:
    """Read many rows as they were at one moment, while others write. For checks over whole tables."""
    session = db.session()
    session.rollback()
    session.expire_all()
    session.connection(execution_options={"one_snapshot": True})  # SQLite reads one snapshot anyway
    try:
        yield session
    finally:
        session.rollback()


def require_transaction() -> Session:
    """Return the session of the command under way. Raises `OutsideTransaction` when there is none."""
    session = db.session()
    if not session.info.get("in_command"):
        raise OutsideTransaction("this write belongs inside a command's transaction()")
    return session


def in_turn(what: str, *, community_id: int) -> None:
    """Let only one command at a time do this in this community, until it ends: whoever looks first, writes first.

    For the next number of a series, and for "look whether it is there, else write it": a row lock cannot hold a row that is not there yet.
    On SQLite there is one writer anyway.
    """
    session = require_transaction()
    if dialect() == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(what), community_id)))


def owner_url() -> URL:
    """Return the database as whoever owns its tables: for migrations, backups and restores, never for requests."""
    settings = current_app.extensions["engage_settings"]
    return make_url(settings.owner_database_url or settings.database_url)


@contextmanager
def as_owner(*, autocommit: bool = False) -> Iterator[Connection]:
    """Connect as the tables' owner (PostgreSQL); on SQLite there is only one of us."""
    if dialect() == "sqlite":
        with db.engine.connect() as connection:
            yield connection
        return
    engine = create_engine(
        owner_url(),
        poolclass=NullPool,
        hide_parameters=True,
        **({"isolation_level": "AUTOCOMMIT"} if autocommit else {}),
    )
    with engine.connect() as connection:
        yield connection


def app_role() -> str | None:
    """Return the role requests connect as, or None where it owns the tables itself (and on SQLite)."""
    url = db.engine.url
    return url.username if dialect() == "postgresql" and url.username != owner_url().username else None


def dialect() -> str:
    """Return "sqlite" or "postgresql"."""
    return db.engine.dialect.name
