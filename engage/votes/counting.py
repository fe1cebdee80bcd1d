"""Counting a closed vote: after the last ballot that landed in time has been committed, and never before the end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import Table, select
from sqlalchemy.engine import Connection

from engage.core import sqlite
from engage.core.database import db
from engage.core.tenancy import current_community_id
from engage.votes import rules
from engage.votes.models import Ballot, NamedBallot, Vote

#: a ballot that was in time may still be committing for this long after the deadline
_LANDING = timedelta(seconds=60)


def count_ballots(vote: Vote, *, now: datetime) -> rules.Count:
    """Count the ballots of a closed vote. A result once shown never changes, because no ballot is under way."""
    deadline = rules.deadline_of(closes_at=vote.closes_at, stopped_at=vote.stopped_at)
    landing = deadline is not None and now <= deadline + _LANDING
    with _after_the_last_ballot(vote.id) if landing else _as_stored() as connection:
        marks = connection.execute(_marks_of(vote)).scalars().all()
    return rules.count(marks, options=len(vote.options))


def _marks_of(vote: Vote) -> Any:
    table: Table = (Ballot if vote.secret else NamedBallot).__table__  # type: ignore[assignment]
    return select(table.c.marks).where(table.c.community_id == vote.community_id, table.c.vote_id == vote.id)


@contextmanager
def _as_stored() -> Iterator[Connection]:
    yield db.session.connection()


@contextmanager
def _after_the_last_ballot(vote_id: int) -> Iterator[Connection]:
    """Read behind every cast that holds the vote: their locks (or, on SQLite, their turn to write) come first."""
    if db.session.info.get("in_command"):
        yield _behind_the_lock(db.session.connection(), vote_id)
        return
    writers: sqlite.WriterQueue | None = current_app.extensions.get("engage_writers")
    with writers.turn() if writers else nullcontext(), db.engine.connect() as connection:
        yield _behind_the_lock(connection, vote_id)
        connection.rollback()


def _behind_the_lock(connection: Connection, vote_id: int) -> Connection:
    table: Table = Vote.__table__  # type: ignore[assignment]
    locked = select(table.c.id).where(table.c.community_id == current_community_id(), table.c.id == vote_id)
    connection.execute(locked.with_for_update())
    return connection
