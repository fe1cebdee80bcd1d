"""Old books come back as a new epoch: nothing that opened a door at that time opens it now (trust row 60, D15, ADR 37).

It happens in a copy, and only a copy in which all of it is done takes the place of the present books.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import Flask, current_app
from flask_migrate import upgrade
from sqlalchemy.engine import URL

from engage import activities, create_app, ledger, people, places, rewards, roster
from engage.core import audit, audit_verifier, epochs, tenancy
from engage.core import backup as copies
from engage.core.container import BackupRefused
from engage.core.database import db, transaction
from engage.core.errors import N_


@dataclass(frozen=True, kw_only=True)
class Present:
    """What the books that are about to be replaced know: communities by address and birth, and what counts in each."""

    founded: dict[int, tuple[str, datetime]]
    ways_in: dict[int, people.WaysIn]


@dataclass(frozen=True, kw_only=True)
class Ended:
    """What counts no more, by kind; and whether the replaced books told which cards were still good."""

    counts: dict[str, int]
    compared: bool


def present_books() -> Present:
    """Read what still counts in the installation as it is. Nothing to read (a new machine) is no error."""
    founded, ways_in = places.founded(), {}
    for community_id in founded:
        with tenancy.scoped(community_id):
            ways_in[community_id] = people.ways_in()
    return Present(founded=founded, ways_in=ways_in)


def begin_epoch(
    plain: Path, *, folder: Path, backup_at: datetime, present: Present, keep_cards: bool, now: datetime
) -> Ended:
    """Bring a snapshot to this version's schema, end what counted in it, and write it back to the same file.

    Raises `BackupRefused` when the snapshot comes from a newer version, or its books do not verify afterwards.
    """
    url = copies.scratch_database(plain, folder=folder)
    try:
        with app_on(url):
            _bring_up_to_date()
            ended = _end_everything(backup_at=backup_at, present=present, keep_cards=keep_cards, now=now)
            wrong = faults_in_books()
        if wrong:
            raise BackupRefused(N_("这份数据核对不过：%(fault)s。先别覆盖旧的备份。"), fault=wrong[0])
        plain.unlink()
        copies.snapshot(plain, url=url)
    finally:
        copies.discard_scratch(url)
    return ended


@contextmanager
def app_on(url: URL) -> Iterator[Flask]:
    """Work on another database as this installation would, as whoever owns it."""
    where = url.render_as_string(hide_password=False)
    settings = replace(current_app.extensions["engage_settings"], database_url=where, owner_database_url=where)
    other = create_app(settings)
    with other.app_context():
        try:
            yield other
        finally:
            db.session.remove()
            db.engine.dispose()


def _bring_up_to_date() -> None:
    steps = ScriptDirectory(str(current_app.extensions["migrate"].directory))
    with db.engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
    try:
        steps.get_revision(revision or "base")
    except CommandError as unknown:
        raise BackupRefused(N_("这份备份来自更新的版本。先把程序升级到那个版本，再恢复。")) from unknown
    if revision != steps.get_current_head():
        upgrade()


def _end_everything(*, backup_at: datetime, present: Present, keep_cards: bool, now: datetime) -> Ended:
    """Community by community, each in one transaction with the line in its log that says so."""
    counts: Counter[str] = Counter()
    known = set(present.founded.items())
    founded = places.founded()
    with transaction():
        epoch = epochs.begin_epoch(backup_at=backup_at, now=now)
    for community_id, birth in founded.items():
        since = present.ways_in[community_id] if (community_id, birth) in known else None
        with tenancy.scoped(community_id), transaction():
            ended = people.end_ways_in(since=since, keep_cards=keep_cards, now=now) | {
                "pick-up codes": rewards.renew_codes(now=now),
                "export links": roster.end_leaves(now=now),
                "check-in screens": activities.renew_secrets(now=now),
            }
            audit.record(
                "books_restored", actor=None, subject="log", now=now, epoch=epoch, backup=backup_at.isoformat()
            )
        counts.update(ended)
    return Ended(counts=dict(counts), compared=bool(founded) and set(founded.items()) <= known)


def faults_in_books() -> list[str]:
    """Return what the verifiers of the ledger and of the audit log find, community by community."""
    wrong = []
    for community in places.list_communities():
        with tenancy.scoped(community.id):
            wrong += [f"{community.slug}: {fault}" for fault in ledger.verify()]
            wrong += [f"{community.slug}: audit log: {fault}" for fault in audit_verifier.verify()]
    return wrong
