"""When a guardian or a minor leaves for good."""

from __future__ import annotations

from datetime import datetime

from engage.core.access import Actor
from engage.core.database import require_transaction
from engage.guardians import commands, queries


def end_all(*, person_id: int, actor: Actor, now: datetime) -> int:
    """End every tie of a person inside the caller's transaction and empty the reasons; returns how many were open."""
    session = require_transaction()
    ended = 0
    for row in queries.rows_of(person_id):
        ended += commands.end_row(row, reason="", actor=actor, now=now)
        row.reason = ""
    session.flush()
    return ended
