"""L1, L2: going around the door does not work, on the application's own connections."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from engage import ledger
from engage.core.database import db, dialect, transaction
from engage.core.errors import OutsideTransaction
from engage.ledger.models import Transfer
from tests.conftest import World
from tests.ledger.conftest import Points

PROTECTED = ("ledger_entry", "ledger_transfer", "ledger_lot_use", "ledger_note")

TRANSFER = (
    "INTO ledger_transfer (community_id, entry_id, debit_id, credit_id, amount, debit_after, credit_after) "
    "SELECT t.community_id, t.entry_id, {debit}, {credit}, {amount}, {debit_after}, {credit_after} "
    "FROM ledger_transfer t ORDER BY t.id LIMIT 1"
)
PERSON = "(SELECT id FROM ledger_account WHERE kind = 'person' AND person_id IS NOT NULL ORDER BY id LIMIT 1)"
ISSUE = "(SELECT id FROM ledger_account WHERE kind = 'issue' ORDER BY id LIMIT 1)"
SPENT = "(SELECT id FROM ledger_account WHERE kind = 'spent' ORDER BY id LIMIT 1)"
MINT = TRANSFER.format(debit=ISSUE, credit=PERSON, amount=500, debit_after="NULL", credit_after=600)
OVERDRAW = TRANSFER.format(debit=PERSON, credit=SPENT, amount=500, debit_after=-400, credit_after="NULL")
OVERDRAW_QUIETLY = TRANSFER.format(debit=PERSON, credit=SPENT, amount=500, debit_after=100, credit_after="NULL")
FORGED_ENTRY = (
    "INTO ledger_entry (community_id, seq, kind, source, person_id, earned_on, at, note_hash, prev_hash, hash) "
    "SELECT community_id, {seq}, 'award', '{source}', person_id, earned_on, at, note_hash, prev_hash, hash "
    "FROM ledger_entry WHERE seq = 1"
)
BOTH = [
    *(f"UPDATE {table} SET community_id = community_id" for table in PROTECTED),
    *(f"DELETE FROM {table}" for table in (*PROTECTED, "ledger_account", "ledger_lot", "ledger_head")),
    "UPDATE ledger_account SET balance = -1 WHERE kind = 'person'",
    "UPDATE ledger_account SET kind = 'owed' WHERE kind = 'person'",
    "UPDATE ledger_lot SET remaining = amount + 1",
    "UPDATE ledger_lot SET amount = amount + 1, remaining = remaining + 1",
    "UPDATE ledger_lot SET expires_on = '2099-01-01'",
    "UPDATE ledger_head SET seq = seq - 1",
    "UPDATE ledger_head SET hash = 'x'",
    f"INSERT {MINT}",
    f"INSERT {OVERDRAW}",
    f"INSERT {OVERDRAW_QUIETLY}",
    f"INSERT {FORGED_ENTRY.format(seq=7, source='forged')}",
    f"INSERT {FORGED_ENTRY.format(seq=3, source='forged')}",
    f"INSERT {FORGED_ENTRY.format(seq=3, source='test:1')}",
]
SQLITE = [
    f"INSERT OR IGNORE {MINT}",
    f"INSERT OR IGNORE {OVERDRAW}",
    f"INSERT OR IGNORE {OVERDRAW_QUIETLY}",
    f"INSERT OR FAIL {OVERDRAW}",
    f"INSERT OR REPLACE {OVERDRAW}",
    "REPLACE INTO ledger_entry SELECT * FROM ledger_entry",
    "REPLACE INTO ledger_transfer SELECT * FROM ledger_transfer",
    "REPLACE INTO ledger_lot SELECT * FROM ledger_lot",
    "REPLACE INTO ledger_account SELECT * FROM ledger_account",
    "REPLACE INTO ledger_head SELECT * FROM ledger_head",
    "UPDATE OR IGNORE ledger_transfer SET amount = 500",
    "UPDATE OR REPLACE ledger_entry SET seq = 1",
]
POSTGRESQL = [f"TRUNCATE {table} CASCADE" for table in PROTECTED]


def books() -> list[tuple[object, ...]]:
    db.session.rollback()
    rows: list[tuple[object, ...]] = []
    for table in (*PROTECTED, "ledger_account", "ledger_lot", "ledger_head"):
        rows += [(table, *row) for row in db.session.execute(text(f"SELECT * FROM {table} ORDER BY id"))]
    return rows


def test_no_statement_around_the_door_changes_the_book(app: Flask, points: Points) -> None:
    points.award(130)
    points.hold(30, "redemption:1")
    before = books()
    passed = []
    for statement in [*BOTH, *(SQLITE if dialect() == "sqlite" else POSTGRESQL)]:
        try:
            with transaction() as session:
                session.execute(text(statement))
        except DatabaseError:
            pass
        else:
            passed.append(statement)
        assert books() == before, statement
    assert passed == []
    assert ledger.verify() == []


def test_a_balance_moved_by_hand_stops_the_account_and_is_found(points: Points) -> None:
    points.award(100)
    with transaction() as session:
        session.execute(text("UPDATE ledger_account SET balance = 1100 WHERE kind = 'person' AND balance = 100"))
    assert any("balance is not the sum" in problem for problem in ledger.verify())
    with pytest.raises(DatabaseError):
        points.award(1)


def test_rows_of_the_book_written_outside_a_command_are_refused(world: World, points: Points) -> None:
    """Lock 4: the flush guard."""
    receipt = points.award(100)
    db.session.add(Transfer(entry_id=receipt.entry_id, debit_id=1, credit_id=2, amount=5))
    with pytest.raises(OutsideTransaction):
        db.session.flush()
    db.session.rollback()
