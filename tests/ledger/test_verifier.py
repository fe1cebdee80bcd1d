"""D18, L3: whatever somebody changes with the guards switched off, the verifier finds, and names the first bad entry."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from engage import ledger
from engage.core.database import db, dialect, transaction
from tests.conftest import World
from tests.ledger.conftest import Points

INSIDER = [
    ("UPDATE ledger_entry SET person_id = person_id + 1 WHERE seq = 2", "entry 2"),
    ("UPDATE ledger_entry SET source = 'other' WHERE seq = 2", "entry 2"),
    ("UPDATE ledger_entry SET approver_id = 1 WHERE seq = 2 AND approver_id <> 1", "entry 2"),
    ("UPDATE ledger_entry SET approver_id = 7 WHERE seq = 2", "entry 2"),
    ("UPDATE ledger_entry SET earned_on = '2026-06-13' WHERE seq = 2", "entry 2"),
    ("UPDATE ledger_entry SET at = '2026-06-12 11:00:01' WHERE seq = 2", "entry 2"),
    ("UPDATE ledger_entry SET hash = replace(hash, substr(hash, 1, 1), 'f') || '' WHERE seq = 2", "entry 2"),
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
    assert "东湖社区: 1 entries" in fine.output
    with transaction() as session:
        session.execute(text("UPDATE ledger_account SET balance = 41 WHERE balance = 40"))
    wrong = runner.invoke(args=["ledger", "verify", "--community", "donghu"])
    assert wrong.exit_code == 1
    assert "balance is not the sum of its transfers" in wrong.output
    assert runner.invoke(args=["ledger", "verify", "--community", "nowhere"]).exit_code == 1
