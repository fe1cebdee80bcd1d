"""L3 for the audit log: fifty ways of going back on it, each found and named; L1 and L2: the database refuses them first."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from engage.core import audit, audit_verifier, chain
from engage.core.database import as_owner, db, dialect, transaction
from tests.conftest import World
from tests.core.make_log import log as log
from tests.databases import at_the_shell


def found_after(*statements: str, kept: tuple[int, str] | None = None) -> list[str]:
    """Do this as somebody with the database's own shell, no triggers, no keys; return what is found, and undo it."""
    session = db.session()
    session.rollback()
    run = session.connection(execution_options={"begin": "IMMEDIATE"}).exec_driver_sql
    try:
        if dialect() == "sqlite":
            for name in run("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all():
                run(f"DROP TRIGGER {name}")
            run("PRAGMA defer_foreign_keys=ON")
        else:
            for table in ("audit_event", "audit_head"):
                run(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        run("DROP INDEX uq_audit_event_seq")
        for statement in statements:
            run(statement)
        return audit_verifier.verify(kept=kept)
    finally:
        session.rollback()


CHANGES = {
    "seq": "seq + 20",
    "at": "'2026-06-12 11:00:01'",
    "actor_id": "COALESCE(actor_id, 0) + 1",
    "on_behalf_of": "COALESCE(on_behalf_of, 0) + 1",
    "verb": "verb || 'x'",
    "subject": "'shift:77'",
    "facts": '\'{"reason": "x"}\'',
    "prev_hash": "hash",
    "hash": "substr(hash, 2) || CASE WHEN substr(hash, 1, 1) = '0' THEN '1' ELSE '0' END",
}


COPIED = "at, actor_id, on_behalf_of, verb, subject, facts"


SWAP = "UPDATE audit_event SET {column} = (SELECT o.{column} FROM audit_event o WHERE o.seq = {first} + {second} - audit_event.seq AND o.community_id = audit_event.community_id) WHERE seq IN ({first}, {second}) AND community_id = 1"


def inserted(seq: int, *, like: int, prev: str = "prev_hash", own: str = "hash") -> str:
    return (
        f"INSERT INTO audit_event (community_id, {COPIED}, seq, prev_hash, hash) "
        f"SELECT community_id, {COPIED}, {seq}, {prev}, {own} FROM audit_event WHERE community_id = 1 AND seq = {like}"
    )


#: what an insider does, and the line the verifier must name first
L3 = [
    *(
        (f"UPDATE audit_event SET {column} = {value} WHERE seq = {seq} AND community_id = 1", f"line {seq}")
        for column, value in CHANGES.items()
        for seq in (1, 3, 6)
        if column != "seq"
    ),
    ("UPDATE audit_event SET seq = seq + 20 WHERE seq = 6 AND community_id = 1", "line 26"),
    ("UPDATE audit_event SET seq = 20 WHERE seq = 1 AND community_id = 1", "line 2"),
    ("UPDATE audit_event SET seq = seq + 1 WHERE community_id = 1", "line 2"),
    ("UPDATE audit_event SET community_id = 2 WHERE seq = 6 AND community_id = 1", "head"),
    ("UPDATE audit_event SET community_id = 2 WHERE seq = 2 AND community_id = 1", "line 3"),
    ("UPDATE audit_event SET community_id = 1 WHERE seq = 2 AND community_id = 2", "line 2"),
    *(
        (f"DELETE FROM audit_event WHERE seq = {seq} AND community_id = 1", "head" if seq == 6 else f"line {seq + 1}")
        for seq in (1, 2, 3, 5, 6)
    ),
    ("DELETE FROM audit_event WHERE seq > 3 AND community_id = 1", "head"),
    ("DELETE FROM audit_event WHERE community_id = 1", "head"),
    (inserted(7, like=6), "line 7"),
    (inserted(7, like=6, prev="hash"), "line 7"),
    (inserted(3, like=3), "line 3"),
    (inserted(0, like=1), "line 0"),
    (inserted(-1, like=1), "line -1"),
    (inserted(2, like=5), "line 2"),
    *((SWAP.format(column="facts", first=a, second=b), f"line {a}") for a, b in ((1, 2), (2, 6))),
    *((SWAP.format(column="actor_id", first=a, second=b), f"line {a}") for a, b in ((1, 2), (4, 5))),
    ("UPDATE audit_event SET seq = 5 - seq WHERE seq IN (2, 3) AND community_id = 1", "line 2"),
    (SWAP.format(column="hash", first=2, second=3), "line 2"),
    (SWAP.format(column="subject", first=2, second=3), "line 2"),
    ("UPDATE audit_head SET seq = 5 WHERE community_id = 1", "head"),
    ("UPDATE audit_head SET hash = 'x' WHERE community_id = 1", "head"),
    ("DELETE FROM audit_head WHERE community_id = 1", "head"),
]


def test_l3_whatever_an_insider_does_to_the_log_is_found_and_named(app: Flask, log: World) -> None:
    assert audit_verifier.verify() == []
    assert len(L3) >= 50
    assert log.donghu.id == 1
    db.session.rollback()
    missed = []
    with at_the_shell(app):
        for statement, first in L3:
            problems = found_after(statement)
            if not problems or not problems[0].startswith(f"{first}:"):
                missed.append((statement, first, problems[:1]))
    assert missed == []
    assert audit_verifier.verify() == []


def test_a_tail_cut_off_with_its_head_shows_against_a_fingerprint_kept_outside(app: Flask, log: World) -> None:
    kept = audit.head()
    db.session.rollback()
    fourth = "(SELECT hash FROM audit_event WHERE seq = 4 AND community_id = 1)"
    cut = (
        "DELETE FROM audit_event WHERE seq > 4 AND community_id = 1",
        f"UPDATE audit_head SET seq = 4, hash = {fourth} WHERE community_id = 1",
    )
    with at_the_shell(app):
        assert found_after(*cut) == [], "nothing inside tells"
        assert found_after(*cut, kept=(kept.seq, kept.fingerprint)) != []
    assert audit_verifier.verify(kept=(kept.seq, kept.fingerprint)) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET verb = 'x'",
        "DELETE FROM audit_event",
        inserted(7, like=6),
        inserted(3, like=2, prev="hash"),
        inserted(9, like=6, prev="hash"),
        inserted(1, like=1),
        "UPDATE audit_head SET seq = 3",
        "UPDATE audit_head SET hash = 'x'",
        "UPDATE audit_head SET seq = 7",
        "DELETE FROM audit_head",
    ],
)
def test_the_database_refuses_it_on_the_application_s_own_connections(log: World, statement: str) -> None:
    """L1, L2."""
    with pytest.raises(DatabaseError), transaction() as session:
        session.execute(text(statement.replace("{", "\\{")))
    assert audit_verifier.verify() == []


def test_the_command_line_names_the_first_bad_line(app: Flask, log: World) -> None:
    runner = app.test_cli_runner()
    head = audit.head()
    db.session.rollback()
    fine = runner.invoke(args=["audit", "verify"])
    assert fine.exit_code == 0
    assert f"东湖社区: lines: 6, head {head.fingerprint}: unbroken" in fine.output
    assert "梨园社区: lines: 2," in fine.output
    kept = f"{head.seq}:{head.fingerprint.lower()}"
    assert runner.invoke(args=["audit", "verify", "--community", "donghu", "--kept", kept]).exit_code == 0
    other = f"{head.seq}:{chain.fingerprint_of(chain.GENESIS)}"
    assert runner.invoke(args=["audit", "verify", "--community", "donghu", "--kept", other]).exit_code == 1
    for wrong in (["--kept", kept], ["--community", "donghu", "--kept", "x"], ["--community", "nowhere"]):
        assert runner.invoke(args=["audit", "verify", *wrong]).exit_code == 1
    with as_owner() as connection, connection.begin():
        _switch_off(connection)
        connection.exec_driver_sql("UPDATE audit_event SET verb = 'x' WHERE seq = 3 AND community_id = 1")
    wrong_one = runner.invoke(args=["audit", "verify"])
    assert wrong_one.exit_code == 1
    assert "first: line 3: content does not match its hash" in wrong_one.output


def _switch_off(connection: object) -> None:
    run: Callable[[str], object] = connection.exec_driver_sql  # type: ignore[attr-defined]
    if dialect() == "sqlite":
        run("DROP TRIGGER audit_event_no_update")
    else:
        run("ALTER TABLE audit_event DISABLE TRIGGER USER")
        run("ALTER TABLE audit_event NO FORCE ROW LEVEL SECURITY")
