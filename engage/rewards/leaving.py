"""What waits at the desk for somebody whose account closes goes back on the shelf."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from engage.core import audit
from engage.core.access import Actor
from engage.core.database import require_transaction
from engage.rewards import reservations, rules
from engage.rewards.models import Redemption
from engage.rewards.rules import State


def release_all(*, person_id: int, actor: Actor, now: datetime) -> int:
    """Cancel a person's open reservations inside the caller's transaction: goods and points go back. Returns how many.

    One that lapsed meanwhile is written down as lapsed. Items are locked in one order, as everywhere.
    """
    session = require_transaction()
    rows = session.scalars(
        select(Redemption)
        .where(Redemption.person_id == person_id, Redemption.state == State.RESERVED)
        .order_by(Redemption.id)
    ).all()
    reservations.lock_items(session, [row.item_id for row in rows])
    released = 0
    for row in rows:
        lapsed = rules.state_at(state=row.state, expires_at=row.expires_at, now=now) is State.LAPSED
        state = State.LAPSED if lapsed else State.CANCELLED
        if reservations.end(session, row, state=state, by=None if lapsed else actor.person_id, now=now):
            reservations.put_back(session, row, actor_id=actor.person_id, now=now)
            audit.record("cancelled", actor=actor, subject=f"redemption:{row.id}", now=now)
            released += 1
    return released
