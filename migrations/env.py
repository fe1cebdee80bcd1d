"""How Alembic reaches the database: always through the application, so that pragmas and drivers are the real ones."""

from __future__ import annotations

from alembic import context
from sqlalchemy import DateTime
from sqlalchemy.types import TypeDecorator

from engage.core import row_security
from engage.core.database import UTCDateTime, app_role, as_owner, db


def render_item(kind: str, item: object, _autogen_context: object) -> str | bool:
    """Write plain SQL types into migrations: they must not change when the application's code does."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def compare_type(
    _context: object, _column: object, _metadata_column: object, inspected: object, ours: object
) -> bool | None:
    """Treat our UTC type as the DateTime it is stored as."""
    if isinstance(ours, TypeDecorator) and isinstance(inspected, DateTime):
        return False
    return None


def run() -> None:
    """Run the migrations in one transaction, holding SQLite's write lock from the start.

    On PostgreSQL they run as the tables' owner, and whatever they made is behind the fence before anybody can see it.
    """
    with as_owner() as bare:
        connection = bare.execution_options(begin="IMMEDIATE")
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            render_item=render_item,
            compare_type=compare_type,
            transactional_ddl=True,  # Alembic thinks SQLite has none, and would commit after each migration
        )
        fenced = connection.dialect.name == "postgresql"
        with context.begin_transaction():
            if fenced:
                row_security.open_for_owner(connection)
            context.run_migrations()
            if fenced:
                row_security.close(connection, app_role=app_role())


run()
