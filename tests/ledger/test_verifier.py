"""D18, L3: whatever somebody changes with the guards switched off, the verifier finds, and names the first bad entry."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from engage import ledger
from engage.core.database import db, dialect, transaction
from tests.conftest import World
from tests.databases import at_the_shell
from tests.ledger.conftest import Points

INSIDER = [
    ("UPDATE ledger_entry SET person_id = person_id + 1 WHERE seq = 2", "entry 2"),
    ("UPDATE ledger_entry SET source = 'other' WHERE seq = 2", "entry 2"),
    ("UPDATE ledger_entry SET approver_id = 1 WHERE seq = 2 AND approver_id <> 1", "entry 2"),
    ("UPDATE ledger_entry SET approver_id = 7 WHERE seq = 2", "entry 2"),
    ("UPDATE ledger_entry SET earned_on = '2026-06-13' WHERE seq = 2", "entry 2"),
    ("UPDATE ledger_entry SET at = '2026-06-12 11:00:01' WHERE seq = 2", "entry 2"),
    ("UPDATE ledger_entry SET hash = note_hash WHERE seq = 2", "entry 2"),
    ("UPDATE ledger_entry SET prev_hash = hash WHERE seq = 2", "entry 2"),
    ("UPDATE ledger_entry SET note_hash = hash WHERE seq = 2", "entry 2"),
    ("UPDATE ledger_entry SET seq = 9 WHERE seq = 2", "entry 3"),
    ("UPDATE ledger_note SET memo = 'x' WHERE entry_id = (SELECT id FROM ledger_entry WHERE seq = 2)", "entry 2"),
    ("UPDATE ledger_note SET salt = 'x' WHERE entry_id = (SELECT id FROM ledger_entry WHERE seq = 2)", "entry 2"),
    (
        "UPDATE ledger_note SET basis = '{\"minutes\":1}' WHERE entry_id = (SELECT id FROM ledger_entry WHERE seq = 2)",
        "entry 2",
    ),
    ("DELETE FROM ledger_note WHERE entry_id = (SELECT id FROM ledger_entry WHERE seq = 2)", "entry 2"),
    (
        "UPDATE ledger_transfer SET amount = amount + 1 WHERE entry_id = (SELECT id FROM ledger_entry WHERE seq = 2)",
        "entry 2",
    ),
    (
        "UPDATE ledger_transfer SET credit_after = 1000 WHERE entry_id = (SELECT id FROM ledger_entry WHERE seq = 2)",
        "entry 2",
    ),
    (
        "UPDATE ledger_transfer SET credit_id = debit_id, debit_id = credit_id WHERE entry_id = (SELECT id FROM ledger_entry WHERE seq = 2)",
        "entry 2",
    ),
    ("UPDATE ledger_lot SET amount = 1000, remaining = 1000 WHERE amount = 60", "entry 2"),
    ("UPDATE ledger_lot SET expires_on = '2030-01-01' WHERE amount = 60", "entry 2"),
    ("UPDATE ledger_lot SET remaining = remaining - 1 WHERE amount = 60", "lot"),
    ("UPDATE ledger_lot_use SET points = points + 1", "entry 3"),
    ("DELETE FROM ledger_lot_use", "entry 3"),
    ("UPDATE ledger_account SET balance = balance + 1 WHERE kind = 'person' AND balance > 0", "account"),
    ("UPDATE ledger_account SET balance = balance + 1 WHERE kind = 'held' AND balance > 0", "account"),
    ("UPDATE ledger_head SET seq = 3", "head"),
    ("DELETE FROM ledger_head", "head"),
    ("DELETE FROM ledger_entry WHERE seq = 2", "entry 3"),
    ("DELETE FROM ledger_entry WHERE seq = 4", "head"),
]


@contextmanager
def insider() -> Iterator[Session]:
    """Work as somebody with the database's own shell: no triggers, no foreign keys."""
    tables = ("entry", "note", "transfer", "lot", "lot_use", "account", "head")
    with transaction() as session:
        if dialect() == "sqlite":
            triggers = session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
            for name in triggers:
                session.execute(text(f"DROP TRIGGER {name}"))
            session.execute(text("PRAGMA defer_foreign_keys=ON"))
        else:
            for table in tables:
                session.execute(text(f"ALTER TABLE ledger_{table} DISABLE TRIGGER ALL"))
        yield session
        session.flush()
        session.expire_all()
        yielded_problems.clear()
        yielded_problems.extend(ledger.verify())
        raise _Undone


class _Undone(Exception):
    """Nothing of an insider's work is kept."""


yielded_problems: list[str] = []


def test_every_change_by_an_insider_is_found(app: Flask, world: World, points: Points) -> None:
    points.award(40)
    points.award(60)
    points.hold(50, "redemption:1")
    points.award(5)
    assert ledger.verify() == []
    missed = []
    with at_the_shell(app):
        for statement, first in INSIDER:
            with pytest.raises(_Undone), insider() as session:
                session.connection().exec_driver_sql(statement)
            if first.startswith("entry 2") and "approver_id = 1 " in statement:
                continue  # the secretary is person 1: nothing changed
            if not yielded_problems or not yielded_problems[0].startswith(first):
                missed.append((statement, yielded_problems[:1]))
    assert missed == []
    db.session.rollback()
    assert ledger.verify() == []


def test_the_command_line_says_whether_the_book_closes(app: Flask, world: World, points: Points) -> None:
    points.award(40)
    runner = app.test_cli_runner()
    fine = runner.invoke(args=["ledger", "verify"])
    assert fine.exit_code == 0
    assert "东湖社区: entries: 1" in fine.output
    with transaction() as session:
        session.execute(text("UPDATE ledger_account SET balance = 41 WHERE balance = 40"))
    wrong = runner.invoke(args=["ledger", "verify", "--community", "donghu"])
    assert wrong.exit_code == 1
    assert "balance is not the sum of its transfers" in wrong.output
    assert runner.invoke(args=["ledger", "verify", "--community", "nowhere"]).exit_code == 1


CELLS = {
    "ledger_entry": (
        "community_id seq kind source person_id reverses_id settles_id earned_on actor_id approver_id at "
        "note_hash prev_hash hash"
    ),
    "ledger_note": "entry_id salt memo basis",
    "ledger_transfer": "entry_id debit_id credit_id amount debit_after credit_after",
    "ledger_lot": "account_id transfer_id origin_id expires_on amount remaining",
    "ledger_lot_use": "transfer_id lot_id points",
}


def other_value(value: object) -> str:
    """Return another value of the same kind, as SQL."""
    if value is None:
        return "1"
    if isinstance(value, int):
        return str(value ^ 1)
    if isinstance(value, date):
        return f"'{value + (timedelta(microseconds=1) if isinstance(value, datetime) else timedelta(days=1))}'"
    if str(value).startswith("{"):
        return "'{" + '"x"' + ":1}'"
    changed = str(value).replace("0", "2", 1) if "0" in str(value) else str(value)[:-1] + "~"
    return "'" + changed + "'"


def is_noticed(session: Session, statement: str) -> bool:
    """Change one value, ask the verifier or be refused by the database, and take the change back."""
    savepoint = session.connection().begin_nested()
    try:
        session.connection().exec_driver_sql(statement)
        session.expire_all()
        return ledger.verify() != []
    except DatabaseError:
        return True
    finally:
        savepoint.rollback()
        session.expire_all()


def test_d18_every_cell_of_the_book_counts(app: Flask, world: World, points: Points) -> None:
    """Each stored value of each row is changed in turn: refused by the database, or found by the verifier."""
    award = points.award(40)
    points.award(60)
    points.hold(50, "redemption:1")
    points.spend("redemption:1")
    points.reverse(award.entry_id)
    statements = [
        f"UPDATE {table} SET {column} = {other_value(row[column])} WHERE id = {row['id']}"
        for table, columns in CELLS.items()
        for row in db.session.execute(text(f"SELECT * FROM {table}")).mappings().all()
        for column in columns.split()
    ]
    assert len(statements) >= 100
    db.session.rollback()
    with at_the_shell(app), pytest.raises(_Undone), insider() as session:
        unnoticed = [statement for statement in statements if not is_noticed(session, statement)]
    assert unnoticed == []
