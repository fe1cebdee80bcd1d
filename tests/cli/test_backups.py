"""A backup is taken while people write, and counts only after it was restored (trust §3 (g))."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from engage import ledger, places
from engage.cli import backups
from engage.core import tenancy
from engage.core.container import BackupRefused
from engage.core.database import db, transaction
from engage.people import count_persons, enrol
from tests.conftest import World
from tests.make import NOW


def pay(world: World, *, points: int, source: str) -> None:
    with transaction():
        ledger.post_award(
            person_id=world.volunteer.person_id,
            points=points,
            source=source,
            memo="夜巡",
            basis={},
            earned_on=date(2026, 6, 12),
            actor_id=world.leader.person_id,
            approver_id=world.clerk.person_id,
            now=NOW,
        )


def test_a_restored_backup_brings_back_exactly_what_was_there(world: World, tmp_path: Path) -> None:
    pay(world, points=10, source="test:1")
    path, manifest = backups.take_backup(tmp_path / "kept", now=NOW)
    before = ledger.head()
    pay(world, points=5, source="test:2")
    assert backups.entries_lost(manifest) == {"donghu": 1}

    kept, _ = backups.restore_backup(path, now=NOW)

    tenancy.enter(world.donghu.id)
    assert ledger.head() == before
    assert ledger.balance_of(person_id=world.volunteer.person_id).available == 10
    assert ledger.verify() == []
    # What was replaced is not gone.
    backups.restore_backup(kept, now=NOW)
    tenancy.enter(world.donghu.id)
    assert ledger.balance_of(person_id=world.volunteer.person_id).available == 15


def test_d14_every_backup_taken_under_writes_is_sound(app: Flask, world: World, tmp_path: Path) -> None:
    db.session.rollback()  # this thread only waits, for minutes on a busy machine
    stop = threading.Event()
    written: list[int] = []

    def write() -> None:
        with app.app_context(), tenancy.scoped(world.donghu.id):
            while not stop.is_set():
                with transaction():
                    enrol(name=f"新人{len(written)}", now=NOW)
                written.append(len(written))
            db.session.remove()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        taken = [backups.take_backup(tmp_path, now=NOW) for _ in range(10)]
    finally:
        stop.set()
        writer.join()
    db.session.rollback()  # leave the snapshot this thread read from
    counts = [manifest["rows"]["person"] for _, manifest in taken]
    assert len({path for path, _ in taken}) == 10
    assert counts == sorted(counts)
    assert counts[-1] > counts[0], "nobody wrote meanwhile, so nothing was tried"
    with tenancy.scoped(world.donghu.id):
        assert count_persons() >= counts[-1] - 1  # one of them lives next door


def test_d16_a_cut_backup_is_refused_and_nothing_is_touched(world: World, tmp_path: Path) -> None:
    pay(world, points=10, source="test:1")
    path, _ = backups.take_backup(tmp_path, now=NOW)
    pay(world, points=5, source="test:2")
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(BackupRefused, match="长度"):
        backups.restore_backup(path, now=NOW)
    assert ledger.balance_of(person_id=world.volunteer.person_id).available == 15


def test_a_backup_of_unsound_books_is_not_kept(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "verify", lambda: ["entry 3 does not fit"])
    with pytest.raises(BackupRefused, match="entry 3"):
        backups.take_backup(tmp_path, now=NOW)
    assert list(tmp_path.glob("*.backup")) == []


def test_the_operator_is_asked_before_the_books_are_replaced(app: Flask, world: World, tmp_path: Path) -> None:
    path, _ = backups.take_backup(tmp_path, now=NOW)
    with transaction():
        enrol(name="后来的人", now=NOW)
    asked = app.test_cli_runner().invoke(args=["restore", str(path)], input="n\n")
    assert asked.exit_code == 1
    assert "Replace everything" in asked.output
    tenancy.enter(world.donghu.id)
    assert count_persons() == 9
    done = app.test_cli_runner().invoke(args=["restore", "--yes", str(path)])
    assert done.exit_code == 0, done.output
    tenancy.enter(world.donghu.id)
    assert count_persons() == 8


def test_while_the_operator_thinks_no_transaction_idles(
    app: Flask, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL would end it after two minutes, and the restore with it."""
    path, _ = backups.take_backup(tmp_path, now=NOW)
    idling: list[bool] = []
    monkeypatch.setattr(
        backups.click, "confirm", lambda *_args, **_options: idling.append(db.session().in_transaction())
    )
    assert app.test_cli_runner().invoke(args=["restore", str(path)]).exit_code == 0
    assert idling == [False]


def test_the_command_says_where_the_backup_is_and_that_it_was_checked(app: Flask, world: World, tmp_path: Path) -> None:
    done = app.test_cli_runner().invoke(args=["backup", "--to", str(tmp_path)])
    assert done.exit_code == 0, done.output
    [path] = tmp_path.glob("*.backup")
    assert str(path) in done.output
    assert "checked" in done.output


def test_a_refusal_is_one_readable_line(app: Flask, world: World, tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("hello")
    done = app.test_cli_runner().invoke(args=["restore", str(tmp_path / "letter")])
    assert done.exit_code == 1
    assert "Traceback" not in done.output
    assert len(places.list_communities()) == 2
