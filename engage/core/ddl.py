"""Triggers and other DDL the ORM cannot say. Listed here so that migrations and the house tests can find them all."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import DDL, event

from engage.core.database import Base


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One piece of DDL for one database, belonging to one table."""

    name: str
    table: str
    dialect: str
    sql: str


@dataclass(frozen=True, kw_only=True)
class Restriction:
    """What the application's own role may change in a table (PostgreSQL): these columns (None: all), and whether rows may go."""

    columns: tuple[str, ...] | None
    delete: bool


REGISTERED: list[Statement] = []
#: tables whose rows the application may not freely change; the triggers refuse the same to everybody
RESTRICTED: dict[str, Restriction] = {}


def register_ddl(name: str, *, table: str, sqlite: str = "", postgresql: str = "") -> None:
    """Run this DDL after the table is created. `%` needs no doubling."""
    for dialect, sql in (("sqlite", sqlite), ("postgresql", postgresql)):
        if not sql:
            continue
        REGISTERED.append(Statement(name=name, table=table, dialect=dialect, sql=sql))

        # The table object may not exist yet when a room registers: wait for the whole schema.
        event.listen(
            Base.metadata,
            "after_create",
            DDL(  # type: ignore[no-untyped-call]
                sql.replace("%", "%%")
            ).execute_if(dialect=dialect),
        )


def restrict(table: str, *, columns: tuple[str, ...]) -> None:
    """Let the application's role change only these columns of a table, and delete nothing (trust L2)."""
    RESTRICTED[table] = Restriction(columns=columns, delete=False)


def append_only(table: str) -> None:
    """Refuse UPDATE, DELETE (and TRUNCATE on PostgreSQL) on a table, whoever asks (trust L1, L2)."""
    restrict(table, columns=())
    for action in ("UPDATE", "DELETE"):
        name = f"{table}_no_{action.lower()}"
        register_ddl(
            name,
            table=table,
            sqlite=f"CREATE TRIGGER {name} BEFORE {action} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
        )
    register_ddl(
        f"{table}_append_only",
        table=table,
        postgresql=(
            f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$; "
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only(); "
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()"
        ),
    )


def guard(name: str, *, table: str, event: str, refusals: dict[str, str]) -> None:
    """Refuse `event` on the table when a condition holds; the condition is the same SQL for both databases."""
    lines = " ".join(f"SELECT RAISE(ABORT, '{words}') WHERE {condition};" for words, condition in refusals.items())
    checks = " ".join(
        f"IF {condition} THEN RAISE EXCEPTION '{words}'; END IF;" for words, condition in refusals.items()
    )
    old_or_new = "OLD" if event == "DELETE" else "NEW"
    register_ddl(
        name,
        table=table,
        sqlite=f"CREATE TRIGGER {name} BEFORE {event} ON {table} BEGIN {lines} END",
        postgresql=(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {checks} RETURN {old_or_new}; END $$; "
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
        ),
    )
