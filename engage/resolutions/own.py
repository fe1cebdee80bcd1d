"""What a person has taken on, for the person."""

from __future__ import annotations

from sqlalchemy import select

from engage.resolutions.models import Resolution
from engage.resolutions.queries import ResolutionCard, cards_of


def owned_by(person_id: int, *, limit: int = 500) -> list[ResolutionCard]:
    """Return the resolutions a person was assigned, the newest first."""
    mine = select(Resolution).where(Resolution.owner_id == person_id)
    statement = mine.order_by(Resolution.id.desc()).limit(limit)
    return cards_of(statement)
