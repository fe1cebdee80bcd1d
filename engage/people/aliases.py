"""One person who stands on the roll twice: the other entry is an alias of the one that lives (room merging).

What was recorded under the alias stays there, so that scans, sessions and the book say for ever what happened; whoever
adds up a person's service asks for all their selves.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import CompoundSelect, delete, literal, select, update

from engage.core.database import db, require_transaction
from engage.core.tenancy import current_community_id
from engage.people.models_history import PersonAlias


def selves(person_id: int) -> CompoundSelect[int]:
    """Return a subquery of this person's id and those of the entries merged into it: `column.in_(selves(id))`."""
    merged = select(PersonAlias.person_id).where(
        PersonAlias.survivor_id == person_id, PersonAlias.community_id == current_community_id()
    )
    return select(literal(person_id)).union_all(merged)


def selves_of(person_id: int) -> list[int]:
    """Return this person's id, then those of the entries merged into it."""
    merged = select(PersonAlias.person_id).where(PersonAlias.survivor_id == person_id)
    return [person_id, *db.session.scalars(merged.order_by(PersonAlias.person_id))]


def find_survivor(person_id: int) -> int | None:
    """Return the entry this one was merged into, or None."""
    return db.session.scalar(select(PersonAlias.survivor_id).where(PersonAlias.person_id == person_id))


def become_alias(*, person_id: int, survivor_id: int, now: datetime) -> list[int]:
    """Let one entry stand for another from now on, inside the caller's transaction.

    Entries merged into it earlier follow; their ids are returned, for `end_alias`.
    """
    session = require_transaction()
    earlier = selves_of(person_id)[1:]
    if earlier:
        session.execute(update(PersonAlias).where(PersonAlias.survivor_id == person_id).values(survivor_id=survivor_id))
    session.add(PersonAlias(person_id=person_id, survivor_id=survivor_id, since=now))
    session.flush()
    return earlier


def end_alias(*, person_id: int, earlier: Sequence[int]) -> None:
    """Make an alias an entry of its own again, with those that had been merged into it (caller's transaction)."""
    session = require_transaction()
    session.execute(delete(PersonAlias).where(PersonAlias.person_id == person_id))
    if earlier:
        session.execute(update(PersonAlias).where(PersonAlias.person_id.in_(earlier)).values(survivor_id=person_id))
    session.flush()
