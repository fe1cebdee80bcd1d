"""The migrations build exactly what the models and the registered triggers say, up and down, on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import Integer, inspect, text

from engage.core.database import db
from engage.core.ddl import REGISTERED
from tests.databases import make_app
from tests.house import sources

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask

    from tests.databases import Databases

TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
}


@pytest.fixture
def empty_app(database: Databases, tmp_path: Path) -> Iterator[Flask]:
    """Yield the application on a database without a single table."""
    url = database.empty()
    app = make_app(database_url=url, data_dir=tmp_path)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    database.discard(url)


def triggers() -> set[str]:
    with db.engine.connect() as connection:
        return set(connection.execute(text(TRIGGERS[connection.dialect.name])).scalars())


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def differences() -> list[str]:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        return [str(difference) for difference in compare_metadata(context, db.metadata)]


def widths() -> dict[str, str]:
    found = inspect(db.engine)
    return {
        f"{table}.{column['name']}": column["type"].compile(db.engine.dialect)
        for table in tables()
        for column in found.get_columns(table)
        if isinstance(column["type"], Integer)
    }


def test_there_is_one_line_of_migrations() -> None:
    assert len(ScriptDirectory(str(sources.PROJECT / "migrations")).get_heads()) == 1


def test_every_migration_is_named_for_what_it_does() -> None:
    for path in (sources.PROJECT / "migrations" / "versions").glob("*.py"):
        number, _, name = path.stem.partition("_")
        assert number.isdigit(), path.name
        assert name, path.name


def test_the_migrations_build_what_the_models_say(empty_app: Flask) -> None:
    upgrade()
    assert differences() == []
    assert widths() == {
        f"{table.name}.{column.name}": column.type.compile(db.engine.dialect)
        for table in db.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Integer)
    }


def test_the_migrations_build_every_registered_trigger(empty_app: Flask) -> None:
    """SQLite's batch migrations drop triggers in silence; this notices."""
    upgrade()
    by_migrations = triggers()
    wanted = {
        statement.name
        for statement in REGISTERED
        if statement.dialect == db.engine.dialect.name and "TRIGGER" in statement.sql.upper()
    }
    assert wanted - by_migrations == set()


def test_migrations_and_models_put_the_same_triggers_in_place(empty_app: Flask, app: Flask) -> None:
    by_models = triggers()
    with empty_app.app_context():
        upgrade()
        assert triggers() == by_models


def test_every_migration_can_be_taken_back_and_done_again(empty_app: Flask) -> None:
    revisions = [script.revision for script in ScriptDirectory(str(sources.PROJECT / "migrations")).walk_revisions()]
    for revision in reversed(revisions):
        upgrade(revision=revision)
        before = (tables(), triggers())
        downgrade(revision="-1")
        upgrade(revision=revision)
        assert (tables(), triggers()) == before, revision
    downgrade(revision="base")
    assert (tables(), triggers()) == (set(), set())
