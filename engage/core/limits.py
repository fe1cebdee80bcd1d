"""Limits counted in the database, so that they hold across workers and restarts (trust §3 (f), W14)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import String, bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.database import Base, dialect, require_transaction, transaction
from engage.core.errors import N_, TooManyAttempts


class AttemptCount(Base):
    """How often something was tried within one window. Platform-wide: sign-in has no community yet."""

    __tablename__ = "attempt_count"

    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    window_start: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int]


#: made once: a statement built anew for each check-in costs more than running it
_TRIES = select(AttemptCount.count).where(
    AttemptCount.key == bindparam("tries_of"), AttemptCount.window_start == bindparam("tries_since")
)
#: the same as a column of another statement, whose values `named` gives: a round trip saved in a rush
TRIES = func.coalesce(_TRIES.scalar_subquery(), 0).label("tries")


def count_attempt(key: str, *, at_most: int, per: timedelta, now: datetime) -> int:
    """Count one attempt in its own transaction, before the expensive or guessable work; returns how many so far.

    Raises `TooManyAttempts` beyond `at_most` within the fixed window `per`.
    """
    window = window_of(now, per)
    insert = sqlite_insert if dialect() == "sqlite" else postgresql_insert
    statement = (
        insert(AttemptCount)
        .values(key=key[:160], window_start=window, count=1)
        .on_conflict_do_update(
            index_elements=[AttemptCount.key, AttemptCount.window_start], set_={"count": AttemptCount.count + 1}
        )
        .returning(AttemptCount.count)
    )
    with transaction() as session:
        count: int = session.execute(statement).scalar_one()
    if count > at_most:
        raise _too_many(window, per, now)
    return count


def window_of(now: datetime, per: timedelta) -> datetime:
    """Return when the fixed window of this length began that `now` lies in (UTC)."""
    seconds = int(per.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, tz=UTC)


def _too_many(window: datetime, per: timedelta, now: datetime) -> TooManyAttempts:
    wait = int((window + per - now).total_seconds())
    return TooManyAttempts(
        N_("试得太勤了，请过%(minutes)s分钟再来，或者找社区工作人员帮忙。"), retry_after=wait, minutes=-(-wait // 60)
    )


def ensure_tries_left(key: str, *, at_most: int, per: timedelta, now: datetime) -> None:
    """Raise `TooManyAttempts` when `add_try` has counted so many in the window `now` lies in.

    The caller lets only one such question of its key be under way at a time (`in_turn`).
    """
    window = window_of(now, per)
    if tries_so_far(key, since=window) >= at_most:
        raise _too_many(window, per, now)


def named(key: str, *, since: datetime) -> dict[str, Any]:
    """Return the values a statement with the column `TRIES` is run with."""
    return {"tries_of": key[:160], "tries_since": since}


def tries_so_far(key: str, *, since: datetime) -> int:
    """Return how many tries `add_try` counted for a thing whose window is named by its beginning."""
    found = require_transaction().connection().execute(_TRIES, named(key, since=since))
    return found.scalar() or 0


def add_try(key: str, *, since: datetime) -> None:
    """Count one failed try inside the caller's transaction, which must then end well for the count to stay."""
    insert = sqlite_insert if dialect() == "sqlite" else postgresql_insert
    statement = insert(AttemptCount).values(key=key[:160], window_start=since, count=1)
    require_transaction().connection().execute(
        statement.on_conflict_do_update(
            index_elements=[AttemptCount.key, AttemptCount.window_start], set_={"count": AttemptCount.count + 1}
        )
    )


def forget_old_attempts(*, before: datetime) -> int:
    """Delete windows that ended long ago; returns how many."""
    with transaction() as session:
        ended = delete(AttemptCount).where(AttemptCount.window_start < before).returning(AttemptCount.key)
        return len(session.execute(ended).all())
