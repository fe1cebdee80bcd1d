"""Sums per community, for the street: numbers, never persons. To be read under `tenancy.everywhere`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import case, func, select

from engage.core.database import db
from engage.resolutions.models import Resolution
from engage.resolutions.rules import OPEN


def open_by_community(community_ids: Collection[int], *, today: date) -> dict[int, tuple[int, int]]:
    """Return (resolutions not yet done, those among them whose day is over) of each community that has any."""
    late = case((Resolution.due_on < today, 1), else_=0)
    statement = (
        select(Resolution.community_id, func.count(Resolution.id), func.sum(late))
        .where(Resolution.community_id.in_(set(community_ids)), Resolution.state.in_(OPEN))
        .group_by(Resolution.community_id)
    )
    return {row[0]: (int(row[1]), int(row[2] or 0)) for row in db.session.execute(statement)}
