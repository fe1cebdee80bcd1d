"""L2: what PostgreSQL lets the application's role do, and how a table that leaves the fence is named. Always on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import text

from engage.core import row_security
from engage.core.database import Base, as_owner, db
from tests import make
from tests.databases import PostgresDatabases, at_the_shell, make_app
from tests.house.fence import database as database
from tests.house.fence import faults
from tests.house.fence import two as two
from tests.postgres import APP, OWNER, as_role

L2 = [
    *(
        f"{act} {table}"
        for table in (
            "ledger_entry",
            "ledger_transfer",
            "ledger_lot_use",
            "ledger_note",
            "audit_event",
            "ballot",
            "award",
        )
        for act in ("DELETE FROM", "TRUNCATE")
    ),
    "UPDATE ledger_entry SET kind = 'award'",
    "UPDATE ledger_account SET kind = 'owed'",
    "UPDATE ledger_lot SET amount = 1000",
    "UPDATE audit_event SET verb = 'x'",
    "DELETE FROM ledger_account",
    "DELETE FROM ledger_head",
    "TRUNCATE person CASCADE",
    "ALTER TABLE ledger_entry DISABLE TRIGGER ALL",
    "ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_append_only",
    "DROP TRIGGER ledger_entry_append_only ON ledger_entry",
    "CREATE TRIGGER x BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_entry_append_only()",
    "CREATE OR REPLACE FUNCTION ledger_entry_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
    "DROP FUNCTION ledger_entry_append_only() CASCADE",
    "SET session_replication_role = replica",
    f"SET ROLE {OWNER}",
    "SET ROLE postgres",
    f"SET SESSION AUTHORIZATION {OWNER}",
    f"ALTER ROLE {APP} BYPASSRLS",
    f"ALTER ROLE {APP} SUPERUSER",
    f"GRANT {OWNER} TO {APP}",
    "ALTER TABLE ledger_entry DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE ledger_entry NO FORCE ROW LEVEL SECURITY",
    "DROP POLICY own_community ON ledger_entry",
    "CREATE POLICY x ON ledger_entry USING (true)",
    "SET row_security = off; SELECT * FROM ledger_entry",
    "COPY ledger_entry FROM '/tmp/x'",
    "COPY ledger_entry TO '/tmp/x'",
    "COPY ledger_entry TO PROGRAM 'cat'",
    "SELECT pg_read_file('/etc/passwd')",
    "CREATE TABLE x (a int)",
    "CREATE SCHEMA x",
    "CREATE VIEW x AS SELECT * FROM ledger_entry",
    "ALTER TABLE person OWNER TO engage_app",
    "DROP TABLE ledger_entry CASCADE",
    "UPDATE alembic_version SET version_num = '0001'",
    "ALTER SYSTEM SET fsync = off",
    "CREATE EXTENSION file_fdw",
]


def test_l2_the_role_of_the_application_may_do_none_of_this(two: tuple[int, int]) -> None:
    url = db.engine.url
    allowed = []
    with psycopg.connect(host=url.query["host"], user=APP, dbname=url.database, autocommit=True) as connection:  # type: ignore[arg-type]
        connection.execute(f"SET app.community = '{two[0]}'")
        for statement in L2:
            try:
                connection.execute(statement)
            except psycopg.errors.InsufficientPrivilege:
                pass
            else:
                allowed.append(statement)
        # PostgreSQL answers this one with a warning, and grants nothing.
        connection.execute(f"GRANT ALL ON ledger_entry TO {APP}")
    assert allowed == []
    assert faults() == []


def test_the_installation_of_the_tests_is_one_whose_fence_holds(app: Flask) -> None:
    assert faults() == []
    assert app.test_cli_runner().invoke(args=["database", "check"]).output == "The fence holds.\n"


@pytest.mark.parametrize("table", ["person", "ledger_entry", "audit_event", "ballot"])
@pytest.mark.parametrize(
    "fault",
    [
        "DROP POLICY own_community ON {}",
        "ALTER TABLE {} NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE {} DISABLE ROW LEVEL SECURITY",
        "CREATE POLICY generous ON {} USING (true)",
        f"GRANT TRUNCATE ON {{}} TO {APP}",
    ],
)
def test_a_table_that_leaves_the_fence_is_named(app: Flask, table: str, fault: str) -> None:
    """The planted faults of the check."""
    with as_owner() as connection, connection.begin():
        connection.exec_driver_sql(fault.format(table))
    assert [line for line in faults() if table in line]
    assert app.test_cli_runner().invoke(args=["database", "check"]).exit_code == 1


def test_who_owns_the_tables_or_rules_the_server_is_told_that_the_fence_does_not_bind_them(app: Flask) -> None:
    with as_owner() as connection:
        assert "owns" in row_security.faults(connection)[0]
    with at_the_shell(app), db.engine.connect() as connection:
        assert "superuser" in row_security.faults(connection)[0]


def test_the_owner_is_fenced_too_and_migrations_are_let_through(two: tuple[int, int]) -> None:
    """FORCE: an installation with one role only is still behind the fence."""
    db.session.rollback()
    with as_owner() as connection, connection.begin():
        assert connection.scalar(text("SELECT count(*) FROM person")) == 0
        row_security.open_for_owner(connection)
        assert connection.scalar(text("SELECT count(*) FROM person")) == 2
        row_security.close(connection, app_role=APP)
        assert connection.scalar(text("SELECT count(*) FROM person")) == 0


def test_every_table_a_migration_makes_is_behind_the_fence(
    database: PostgresDatabases, tmp_path: Path, two: tuple[int, int]
) -> None:
    """Both ways of building the schema end alike: policies, force and rights."""
    url = database.empty()
    by_models = shape()
    migrated = make_app(database_url=url, data_dir=tmp_path)
    with migrated.app_context():
        upgrade()
        assert shape() == by_models
        assert faults() == []
        db.session.remove()
        db.engine.dispose()
    tenants = {table.name for table in Base.metadata.sorted_tables if "community_id" in table.c}
    assert {table for table, *_ in by_models[0]} == tenants


def shape() -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    policies = "SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies WHERE policyname = 'own_community'"
    rights = (
        "SELECT table_name, column_name, privilege_type FROM information_schema.column_privileges "
        f"WHERE grantee = '{APP}'"
    )
    with db.engine.connect() as connection:
        found = [sorted(tuple(map(str, row)) for row in connection.execute(text(one))) for one in (policies, rights)]
    return found[0], found[1]


def test_what_the_operator_is_told_to_run_makes_an_installation_whose_fence_holds(
    app: Flask, database: PostgresDatabases, tmp_path: Path
) -> None:
    made = {"database": "longma", "owner": "longma_owner", "app": "longma_app"}
    options = [part for name, value in made.items() for part in (f"--{name}", value)]
    printed = app.test_cli_runner().invoke(args=["database", "roles", *options]).output
    server = database.server
    before, _, after = printed.partition("\\connect longma\n")
    for place, statements in (("postgres", before), ("longma", after)):
        with psycopg.connect(server.conninfo(place), autocommit=True) as connection:
            for line in statements.splitlines():
                connection.execute(line)  # type: ignore[call-overload]
    url = server.url("longma", role="longma_app")
    there = make_app(database_url=url, data_dir=tmp_path, owner_url=as_role(url, "longma_owner"))
    with there.app_context():
        upgrade()
        assert faults() == []
        make.make_community()
        db.session.remove()
        db.engine.dispose()
