"""The steps an entry has taken: written with each, shown to the office and to the person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from engage.core.access import Actor
from engage.core.database import db, require_transaction
from engage.people.models import Person
from engage.people.models_history import PersonEvent


def note_step(*, person_id: int, was: str, became: str, reason: str, actor: Actor | None, now: datetime) -> None:
    """Keep one step, inside the caller's transaction. `was` is empty for the first one."""
    require_transaction().add(
        PersonEvent(
            person_id=person_id,
            was=was,
            became=became,
            reason=reason[:120],
            actor_id=actor.person_id if actor else None,
            at=now,
        )
    )


def steps_of(person_id: int, *, limit: int = 50) -> Sequence[PersonEvent]:
    """Return a person's steps, the newest first."""
    statement = select(PersonEvent).where(PersonEvent.person_id == person_id)
    return db.session.scalars(statement.order_by(PersonEvent.id.desc()).limit(limit)).all()


def steps_and_names(person_id: int, *, limit: int = 50) -> list[tuple[PersonEvent, str]]:
    """Return what `steps_of` does, each with the name of who did it ("" for the person alone, or for the clock)."""
    statement = (
        select(PersonEvent, Person.name)
        .outerjoin(Person, (Person.id == PersonEvent.actor_id) & (Person.community_id == PersonEvent.community_id))
        .where(PersonEvent.person_id == person_id)
    )
    rows = db.session.execute(statement.order_by(PersonEvent.id.desc()).limit(limit))
    return [(step, name or "") for step, name in rows]


def forget_reasons(person_id: int) -> None:
    """Empty the reasons of somebody who leaves for good, inside the caller's transaction; the steps stay."""
    require_transaction().execute(update(PersonEvent).where(PersonEvent.person_id == person_id).values(reason=""))
