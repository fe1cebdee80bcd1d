"""The chain of the audit log: one order of lines for each community, also for two writers at once (ADR 0024)."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from engage.core import audit, audit_verifier, tenancy
from engage.core.audit import AuditEvent
from engage.core.database import db, transaction
from engage.core.errors import DomainError
from tests.conftest import World, counted_queries
from tests.core.make_log import log as log
from tests.core.make_log import note
from tests.make import NOW


def test_each_community_has_a_chain_of_its_own(log: World) -> None:
    assert audit.head().seq == 6
    with tenancy.scoped(log.liyuan.id):
        assert audit.head().seq == 2
        assert audit_verifier.verify() == []


def test_an_act_that_fails_leaves_no_line_and_no_gap(log: World) -> None:
    def fail() -> None:
        with transaction():
            audit.record("changed", actor=log.leader, subject="shift:6", now=NOW)
            raise DomainError("no")

    with pytest.raises(DomainError):
        fail()
    note(log.leader, "shift:6")
    assert audit.head().seq == 7
    assert audit_verifier.verify() == []


def test_two_commands_at_once_make_one_chain(app: Flask, log: World) -> None:
    """No fork, no gap: the second one waits for the first one's line."""
    racers, rounds = 4, 12
    gate, failures = threading.Barrier(racers), []

    def write(number: int) -> None:
        with app.app_context(), tenancy.scoped(log.donghu.id):
            gate.wait(timeout=30)
            try:
                for turn in range(rounds):
                    note(
                        log.leader, *(f"shift:{number * 1000 + turn * 10 + place + 1}" for place in range(1 + turn % 3))
                    )
            except Exception as error:  # noqa: BLE001 - judged below
                failures.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(racers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    db.session.rollback()
    assert failures == []
    assert audit.head().seq == 6 + racers * rounds * 2
    assert audit_verifier.verify() == []


def test_two_first_lines_at_once_make_one_chain(app: Flask, world: World) -> None:
    gate = threading.Barrier(4)
    failures: list[Exception] = []

    def write(number: int) -> None:
        with app.app_context(), tenancy.scoped(world.liyuan.id):
            gate.wait(timeout=30)
            try:
                note(world.outsider, f"shift:{number + 1}")
            except Exception as error:  # noqa: BLE001 - judged below
                failures.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    db.session.rollback()
    with tenancy.scoped(world.liyuan.id):
        assert failures == []
        assert (audit.head().seq, audit_verifier.verify()) == (4, [])


def test_a_line_costs_three_statements_and_many_lines_of_one_command_no_more(log: World) -> None:
    for subjects in (["shift:7"], [f"shift:{number + 1}" for number in range(40)]):
        with counted_queries() as statements:
            note(log.leader, *subjects)
        assert len(statements) <= 3, statements


def test_the_log_of_before_is_chained_by_the_migration(app: Flask, log: World) -> None:
    """Down to the schema without a chain and up again: the same rows, the same hashes, on both databases."""
    before = [(row.seq, row.hash) for row in db.session.query(AuditEvent).order_by(AuditEvent.seq)]
    db.session.rollback()
    db.session.remove()
    downgrade(revision="0015")
    upgrade()
    with tenancy.scoped(log.donghu.id):
        assert [(row.seq, row.hash) for row in db.session.query(AuditEvent).order_by(AuditEvent.seq)] == before
        assert audit_verifier.verify() == []
        note(log.leader, "shift:6")
        assert audit.head().seq == 7
        with pytest.raises(DatabaseError), transaction() as session:
            session.execute(text("DELETE FROM audit_event"))
