"""When two entries turn out to be one person: one place on each shift."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update

from engage.activities import commands, leaving
from engage.activities.models import Shift, SignUp
from engage.core.access import Actor
from engage.core.database import require_transaction
from engage.core.fence import get_in_scope


def move_sign_ups(*, from_id: int, to_id: int, actor: Actor, now: datetime) -> list[int]:
    """Let one entry take over what the other is down for, inside the caller's transaction; returns the rows that moved.

    Where both spoke about a shift the survivor's word stays and the other's place is free for the next in line.
    """
    session = require_transaction()
    moved: list[int] = []
    for row in leaving.ahead_of(from_id, now=now):
        shift = get_in_scope(Shift, row.shift_id, lock=True)
        spoke = select(SignUp.id).where(SignUp.shift_id == row.shift_id, SignUp.person_id == to_id)
        if session.scalar(spoke) is None:
            row.person_id = to_id
            moved.append(row.id)
        else:
            commands.leave_shift(session, shift, row, actor=actor, now=now)
    session.flush()
    return moved


def move_sign_ups_back(row_ids: Collection[int], *, from_id: int, to_id: int) -> None:
    """Give sign-ups back, inside the caller's transaction, as far as they are still the survivor's."""
    require_transaction().execute(
        update(SignUp).where(SignUp.id.in_(set(row_ids)), SignUp.person_id == to_id).values(person_id=from_id)
    )
