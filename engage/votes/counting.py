"""Counting a closed vote: after the last ballot that landed in time has been committed, and never before the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

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


def count_closed(votes: Sequence[Vote], *, now: datetime) -> dict[int, rules.Count]:
    """Count closed votes, by id. A result once shown never changes, because no ballot is under way.

    However many votes, the ones that ended more than a minute ago cost two queries.
    """
    counts: dict[int, rules.Count] = {}
    settled = []
    for vote in votes:
        deadline = rules.deadline_of(closes_at=vote.closes_at, stopped_at=vote.stopped_at)
        if deadline is not None and now <= deadline + _LANDING:
            with _after_the_last_ballot(vote.id) as connection:
                counts |= _counted(connection, [vote])
        else:
            settled.append(vote)
    return counts | (_counted(db.session.connection(), settled) if settled else {})


def _counted(connection: Connection, votes: Sequence[Vote]) -> dict[int, rules.Count]:
    marks: dict[int, list[str]] = {vote.id: [] for vote in votes}
    for model in (Ballot, NamedBallot):
        table: Table = model.__table__  # type: ignore[assignment]
        wanted = [vote.id for vote in votes if vote.secret == (model is Ballot)]
        if not wanted:
            continue
        statement = select(table.c.vote_id, table.c.marks).where(
            table.c.community_id == current_community_id(), table.c.vote_id.in_(wanted)
        )
        for vote_id, mark in connection.execute(statement):
            marks[vote_id].append(mark)
    return {vote.id: rules.count(marks[vote.id], options=len(vote.options)) for vote in votes}


@contextmanager
def _after_the_last_ballot(vote_id: int) -> Iterator[Connection]:
    """Read behind every cast that holds the vote: their locks (or, on SQLite, their turn to write) come first."""
    if db.session.info.get("in_command"):
        yield _behind_the_lock(db.session.connection(), vote_id)
        return
    writers: sqlite.WriterQueue | None = current_app.extensions.get("engage_writers")
    if writers is None:  # the page's own connection: if each viewer of a result took a second one, none would be left
        own = db.session.connection()
        with own.begin_nested() as until_counted:
            yield _behind_the_lock(own, vote_id)
            until_counted.rollback()
        return
    with writers.turn(), db.engine.connect() as connection:
        yield _behind_the_lock(connection, vote_id)
        connection.rollback()


def _behind_the_lock(connection: Connection, vote_id: int) -> Connection:
    table: Table = Vote.__table__  # type: ignore[assignment]
    locked = select(table.c.id).where(table.c.community_id == current_community_id(), table.c.id == vote_id)
    connection.execute(locked.with_for_update())
    return connection
