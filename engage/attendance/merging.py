"""When two entries turn out to be one person: no minute counts twice (service-points §5.2 Overlap)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from sqlalchemy import select

from engage.attendance import approval, rules
from engage.attendance.models import Presence
from engage.attendance.rules import Flag
from engage.core.database import db, require_transaction
from engage.core.fence import get_in_scope


class Shortened(TypedDict):
    """What a session was before it gave way, and what is left: plain values, kept by whoever may undo it."""

    session_id: int
    minutes: int
    flags: str
    left: int


def give_way(*, from_id: int, to_id: int) -> list[Shortened]:
    """Shorten the approved sessions of one entry by what those of the other cover already, inside the caller's transaction.

    Call it while the two are still two. The rows are locked: an approval under way is either seen or sees the alias.
    """
    session = require_transaction()
    both = select(Presence).where(Presence.person_id.in_([from_id, to_id])).order_by(Presence.id).with_for_update()
    shortened: list[Shortened] = []
    for row in session.scalars(both.execution_options(populate_existing=True)).all():
        if row.state != "approved" or row.person_id != from_id:
            continue
        left, overlapped = approval.uncovered_minutes(row, person_id=to_id)
        if overlapped:
            shortened.append(Shortened(session_id=row.id, minutes=row.minutes, flags=row.flags, left=left))
            row.minutes = left
            row.flags = rules.joined_flags(rules.split_flags(row.flags), [Flag.OVERLAP])
    session.flush()
    return shortened


def count_overlaps(*, from_id: int, to_id: int) -> int:
    """Return how many approved sessions of one entry overlap approved ones of the other: shown before anything is done."""
    rows = db.session.execute(
        select(Presence.person_id, Presence.started_at, Presence.ended_at).where(
            Presence.person_id.in_([from_id, to_id]), Presence.state == "approved"
        )
    ).all()
    theirs = [row for row in rows if row.person_id == to_id]
    return sum(
        any(one.started_at < other.ended_at and one.ended_at > other.started_at for other in theirs)
        for one in rows
        if one.person_id == from_id
    )


def take_their_time_back(shortened: Iterable[Shortened]) -> None:
    """Give sessions back the minutes and flags they had before they gave way, inside the caller's transaction."""
    for one in shortened:
        row = get_in_scope(Presence, one["session_id"], lock=True)
        row.minutes, row.flags = one["minutes"], one["flags"]
    require_transaction().flush()
