"""What a person has taken on, for the person."""

from __future__ import annotations

from sqlalchemy import Select, func, select

from engage.resolutions.models import Resolution
from engage.resolutions.queries import ResolutionCard, cards_of


def counting_owned(person_id: int) -> Select[int]:
    """Return the statement for how many of them are not reported done, to be asked together with others."""
    return select(func.count(Resolution.id)).where(
        Resolution.owner_id == person_id, Resolution.state != "reported_done"
    )


def owned_by(person_id: int, *, limit: int | None = None) -> list[ResolutionCard]:
    """Return the resolutions a person was assigned, the newest first."""
    mine = select(Resolution).where(Resolution.owner_id == person_id)
    statement = mine.order_by(Resolution.id.desc()).limit(limit)
    return cards_of(statement)
