"""Whether a household voted, for the household. What it chose is nowhere here: ballots carry no name (talks §5.1)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from engage.core.database import db
from engage.votes.models import Entitlement, Vote


@dataclass(frozen=True, kw_only=True)
class Participation:
    """A vote the household may take part in, and whether its one ballot was used."""

    vote_id: int
    question: str
    used: bool


def participation_of(unit_id: int | None, *, limit: int | None = None) -> list[Participation]:
    """Return the votes on whose roll a household stands, the newest first."""
    if unit_id is None:
        return []
    statement = (
        select(Vote.id, Vote.question, Entitlement.used)
        .join(Entitlement, (Entitlement.vote_id == Vote.id) & (Entitlement.community_id == Vote.community_id))
        .where(Entitlement.unit_id == unit_id)
        .order_by(Vote.id.desc())
        .limit(limit)
    )
    return [Participation(vote_id=row[0], question=row[1], used=row[2]) for row in db.session.execute(statement)]
