"""What holds for every table: it belongs to a community, counts in whole numbers, and keeps time in UTC."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import DateTime, Float, Numeric, UniqueConstraint, inspect, text
from sqlalchemy.dialects import postgresql

from engage.core.database import Base, UTCDateTime, db
from engage.core.ddl import REGISTERED
from engage.core.references import pointers_to
from tests.house import sources

if TYPE_CHECKING:
    from flask import Flask

# Tables that belong to the installation and not to one community; each with its reason.
PLATFORM_TABLES = {
    "alembic_version": "which migration the database is at",
    "community": "the communities themselves",
    "epoch": "one restore of everybody's books",
    "region": "streets and districts, above the communities",
    "attempt_count": "limits on sign-in, before anybody is known to belong anywhere",
}
# Tables of a few rows for each act of an office: reading them is as quick as an index.
SMALL = {
    "activity",
    "award_rule",
    "assistance",
    "card_batch",
    "delegation",
    "former_membership",
    "grid_change",
    "guardianship",
    "head_count",
    "member_change",
    "motion",
    "not_same_person",
    "person_merge",
    "qualification",
    "resolution",
    "resolution_progress",
    "roll_closure",
    "roster_batch",
    "speaker_entry",
    "talk",
    "talk_note",
    "team_application",
    "team_lead",
    "topic",
    "topic_rule",
}
LEDGER_DOOR = {"engage/ledger", "migrations", "tests"}


@pytest.fixture(autouse=True)
def _every_model_is_loaded(app: Flask) -> None:
    """Building the application imports every room."""


def test_every_table_belongs_to_a_community() -> None:
    """trust.md §3 (d) 1: fails for a new table until it has `community_id` or a reason not to."""
    homeless = [table.name for table in Base.metadata.sorted_tables if "community_id" not in table.c]
    assert set(homeless) <= set(PLATFORM_TABLES)


def test_a_community_is_never_optional() -> None:
    assert [t.name for t in Base.metadata.sorted_tables if "community_id" in t.c and t.c.community_id.nullable] == []


def test_a_reference_to_a_tenant_table_carries_the_community() -> None:
    """So that the database itself refuses a parent of another community."""
    tenants = {table.name for table in Base.metadata.sorted_tables if "community_id" in table.c}
    loose = [
        f"{table.name} -> {constraint.referred_table.name}"
        for table in Base.metadata.sorted_tables
        for constraint in table.foreign_key_constraints
        if constraint.referred_table.name in tenants and "community_id" not in constraint.column_keys
    ]
    assert loose == []


def test_what_refers_to_a_person_or_a_door_in_a_large_table_is_found_without_reading_it() -> None:
    """Before a row goes, the database looks for every row that names it: an import of 20,000 would read each table 20,000 times."""
    for column in (*pointers_to("person"), *pointers_to("unit")):
        indexes = [tuple(index.columns.keys()) for index in column.table.indexes]
        keys = [tuple(one.columns.keys()) for one in column.table.constraints if isinstance(one, UniqueConstraint)]
        begins = {key[:2] for key in (*indexes, *keys)}
        assert column.table.name in SMALL or ("community_id", column.name) in begins, str(column)


def test_a_reference_is_as_wide_as_the_key_it_points_at() -> None:
    """On PostgreSQL an INTEGER that names a BIGINT stops at 2,147,483,647 (ADR 38)."""
    width = postgresql.dialect()  # type: ignore[no-untyped-call]
    narrow = [
        f"{table.name}.{reference.parent.name}"
        for table in Base.metadata.sorted_tables
        for reference in table.foreign_keys
        if reference.parent.type.compile(width) != reference.column.type.compile(width)
    ]
    assert narrow == []


def test_what_names_a_row_without_a_reference_is_as_wide() -> None:
    width = postgresql.dialect()  # type: ignore[no-untyped-call]
    narrow = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith(("_id", "_by", "_of")) and column.type.compile(width) == "INTEGER"
    ]
    assert narrow == []


def test_nothing_is_counted_in_fractions() -> None:
    fractions = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Float | Numeric)
    ]
    assert fractions == []


def test_every_moment_is_kept_in_utc() -> None:
    naive = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, DateTime) and not isinstance(column.type, UTCDateTime)
    ]
    assert naive == []


def test_every_registered_trigger_is_in_the_database(app: Flask) -> None:
    dialect = db.engine.dialect.name
    queries = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    present = set(db.session.execute(text(queries[dialect])).scalars())
    wanted = {
        statement.name
        for statement in REGISTERED
        if statement.dialect == dialect and "TRIGGER" in statement.sql.upper()
    }
    assert wanted - present == set()


def test_only_the_ledger_speaks_of_its_rows() -> None:
    """The sixth lock (house §6): the ledger's table names occur nowhere else, not even in a string."""
    tables = [
        mapper.local_table.name
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.startswith("engage.ledger")
    ]
    elsewhere = [
        f"{sources.name(path)}: {table}"
        for path in sources.python_files("engage")
        if "ledger" not in path.relative_to(sources.ENGAGE).parts[0]
        for table in tables
        if f'"{table}' in sources.text(path) or f"{table}." in sources.text(path) or f" {table} " in sources.text(path)
    ]
    assert elsewhere == []


def test_the_models_and_the_database_agree_on_every_name(app: Flask) -> None:
    present = set(inspect(db.engine).get_table_names())
    assert {table.name for table in Base.metadata.sorted_tables} <= present


# What a restored backup must not let live again, and how it does not (ADR 37); every other name has its reason.
OPENS_DOORS = re.compile(r"(^|_)(hash|secret|seed|token|code|credential)(_|$)")
AFTER_A_RESTORE = {
    "activation.code_hash": "ended", "device.token_hash": "ended", "device.pin_hash": "ended",
    "medium.token_hash": "ended, or as in the replaced books", "passkey.credential_id": "as in the replaced books",
    "credential.password_hash": "as in the replaced books", "redemption.code_hash": "drawn anew",
    "redemption.code_seed": "drawn anew", "reset_request.code_hash": "deleted", "shift.secret": "drawn anew",
    "shift.token": "an address, worth nothing without a live code",
    "entitlement.token_hash": "a form that was sent: again it is the same vote", "receipt_code.code": "a receipt",
    "vote.secret": "a yes or no", "vote.rule_hash": "a fingerprint", "vote.roll_hash": "a fingerprint",
    "award_rule.code": "a name", "place.code": "a name",
    **dict.fromkeys(("audit_event.hash", "audit_event.prev_hash", "audit_head.hash", "ledger_head.hash"), "a chain"),
    **dict.fromkeys(("ledger_entry.hash", "ledger_entry.prev_hash", "ledger_entry.note_hash"), "a chain"),
}  # fmt: skip


def test_every_column_that_may_hold_a_code_has_an_answer_for_restored_books() -> None:
    """trust.md row 60: a new code is ended by `engage.cli.epochs` too, or says here why it need not be."""
    holding = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if OPENS_DOORS.search(column.name)
    }
    assert holding == set(AFTER_A_RESTORE)
