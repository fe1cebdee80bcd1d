"""A person's own service time, for the person."""

from __future__ import annotations

from sqlalchemy import Select, func, select

from engage import people
from engage.attendance.models import Presence, Scan
from engage.attendance.queries import SessionCard, cards_from
from engage.core.database import db


def sessions_of_person(person_id: int, *, limit: int | None = None) -> list[SessionCard]:
    """Return a person's sessions in every state, the newest first, also those of entries merged into theirs."""
    statement = (
        select(Presence)
        .where(Presence.person_id.in_(people.selves(person_id)))
        .order_by(Presence.id.desc())
        .limit(limit)
    )
    return cards_from(db.session.scalars(statement).all())


def counting_own(person_id: int) -> dict[str, Select[int]]:
    """Return the statements for a person's sessions, approved minutes and scans, to be asked together with others."""
    mine = Presence.person_id.in_(people.selves(person_id))
    return {
        "sessions": select(func.count(Presence.id)).where(mine),
        "minutes": select(func.sum(Presence.minutes)).where(mine, Presence.state == "approved"),
        "scans": select(func.count(Scan.id)).where(Scan.person_id.in_(people.selves(person_id))),
    }
