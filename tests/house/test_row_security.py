"""L2 and the second fence: what PostgreSQL itself refuses the application's role, and what it shows it.

These run on PostgreSQL always: SQLite has no roles and no policies.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from engage import ledger, people
from engage.core import row_security, tenancy
from engage.core.access import Actor
from engage.core.database import Base, as_owner, db, transaction
from engage.core.errors import ScopeMissing
from engage.people.devices import token_hash
from engage.people.models import Device, Person, Team
from tests import make
from tests.client import CheckingClient
from tests.conftest import World, counted_queries
from tests.databases import PostgresDatabases, at_the_shell, make_app
from tests.postgres import APP, OWNER, as_role

SignIn = Callable[[Actor], CheckingClient]


@pytest.fixture
def database(_postgresql: PostgresDatabases) -> PostgresDatabases:
    return _postgresql


@pytest.fixture
def two(app: Flask, at_seven: None) -> tuple[int, int]:
    """Two communities with one person each; returns their numbers."""
    made = []
    for slug in ("donghu", "liyuan"):
        card = make.make_community(name=slug, slug=slug)
        make.make_person(community=card, name=f"{slug}的人")
        made.append(card.id)
    return made[0], made[1]


def names(statement: str = "SELECT name FROM person ORDER BY id") -> list[str]:
    return list(db.session.connection().execute(text(statement)).scalars())


def faults() -> list[str]:
    with db.engine.connect() as connection:
        return row_security.faults(connection)


def test_plain_sql_sees_one_community_and_without_one_nothing(two: tuple[int, int]) -> None:
    """No word of a community in the statement, no fence of the ORM: the database alone."""
    seen = {}
    for number in two:
        with tenancy.scoped(number):
            seen[number] = names()
    assert list(seen.values()) == [["donghu的人"], ["liyuan的人"]]
    db.session.rollback()
    assert names() == []
    assert names() == [], "nor in the same transaction, after others were asked"


def test_the_community_is_forgotten_with_the_transaction(two: tuple[int, int]) -> None:
    """`SET LOCAL`: a connection that comes back from the pool carries nobody's rows over (trust §3 (d) 3)."""
    with tenancy.scoped(two[0]):
        assert names() == ["donghu的人"]
    db.session.commit()
    setting = "SELECT current_setting('app.community', true)"
    assert names(setting) == [""]
    with tenancy.scoped(two[1]):
        db.session.connection().begin_nested().rollback()
        assert names() == ["liyuan的人"]


def test_reading_everywhere_is_declared_and_writes_nothing(two: tuple[int, int]) -> None:
    with tenancy.everywhere(reason="a test counts everybody"):
        assert names() == ["donghu的人", "liyuan的人"]
        changed = db.session.connection().execute(text("UPDATE person SET name = 'x'"))
        assert changed.rowcount == 0
        with pytest.raises(DBAPIError, match="row-level security"):
            db.session.connection().execute(
                text(f"INSERT INTO team (community_id, name, kind) VALUES ({two[0]}, 'x', 'x')")
            )
    db.session.rollback()
    with tenancy.scoped(two[0]):
        assert names() == ["donghu的人"]


def test_the_fence_of_the_application_refuses_the_same_before_it_is_sent(two: tuple[int, int]) -> None:
    with tenancy.everywhere(reason="a test tries to write"):
        with pytest.raises(ScopeMissing), transaction() as session:
            session.execute(db.update(Person).values(name="x"))
        with pytest.raises(ScopeMissing), transaction() as session:
            session.add(Team(community_id=two[0], name="x", kind="other"))


def test_a_row_of_the_community_next_door_is_neither_changed_nor_written_nor_moved(two: tuple[int, int]) -> None:
    here, there = two
    statements = {
        f"UPDATE person SET name = 'x' WHERE community_id = {there}": 0,
        f"DELETE FROM device WHERE community_id = {there}": 0,
        f"UPDATE person SET community_id = {there}": None,
        f"INSERT INTO team (community_id, name, kind) VALUES ({there}, 'x', 'x')": None,
    }
    for statement, rows in statements.items():
        with tenancy.scoped(here):
            if rows is None:
                with pytest.raises(DBAPIError, match="row-level security"):
                    db.session.connection().execute(text(statement))
            else:
                assert db.session.connection().execute(text(statement)).rowcount == rows
            db.session.rollback()


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


def test_a_page_asks_nothing_more_because_of_the_fence(app: Flask, two: tuple[int, int]) -> None:
    """BEGIN carries the community; only who changes it in mid-transaction pays a statement."""
    with tenancy.scoped(two[0]):
        db.session.rollback()
        with counted_queries() as statements:
            db.session.scalars(select(Person)).all()
            ledger.head()
    assert [one for one in statements if "set_config" in one] == []
    assert len(statements) == 2
    with counted_queries() as statements, tenancy.scoped(two[1]):
        db.session.scalars(select(Person)).all()
    assert len([one for one in statements if "set_config" in one]) == 1


def test_a_signed_in_page_is_served_in_the_scope_its_cookie_names(world: World, sign_in: SignIn) -> None:
    """Who asks is found inside their own community: nothing is read across the fence, nothing said in mid-transaction."""
    client = sign_in(world.volunteer)
    client.get("/me", expect=200)
    with counted_queries() as statements:
        client.get("/me", expect=200)
    assert [one for one in statements if "set_config" in one] == []


def test_a_cookie_opens_nothing_in_a_community_it_was_not_made_for(world: World, client: CheckingClient) -> None:
    own = make.open_device(world.volunteer)
    assert own.startswith(f"{world.donghu.id}.")
    secret = own.partition(".")[2]
    for forged in (
        f"{world.liyuan.id}.{secret}",
        secret,
        f".{secret}",
        f"9999999999999.{secret}",
        f"²{own}",
        "1.",
        ".",
    ):
        client.set_cookie(people.COOKIE, forged)
        client.get("/me", expect=303)
    client.set_cookie(people.COOKIE, own)
    client.get("/me", expect=200)


def test_a_cookie_from_before_cookies_named_their_community_still_opens(world: World, client: CheckingClient) -> None:
    make.open_device(world.volunteer)
    with transaction() as session:
        device = session.scalars(select(Device).where(Device.person_id == world.volunteer.person_id)).one()
        device.token_hash = token_hash("an-old-cookie")
    client.set_cookie(people.COOKIE, "an-old-cookie")
    client.get("/me", expect=200)
