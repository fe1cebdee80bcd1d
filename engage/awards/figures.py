"""Sums per community, for the street: numbers, never persons. To be read under `tenancy.everywhere`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import func, select

from engage.awards.models import Award
from engage.core.database import db


def service_by_community(community_ids: Collection[int], *, first: date, until: date) -> dict[int, tuple[int, int]]:
    """Return (approved volunteer minutes, persons who served) per community for the Shanghai days [first, until)."""
    statement = (
        select(Award.community_id, func.sum(Award.minutes), func.count(func.distinct(Award.person_id)))
        .where(
            Award.community_id.in_(set(community_ids)),
            Award.served_on >= first,
            Award.served_on < until,
            Award.minutes > 0,
        )
        .group_by(Award.community_id)
    )
    return {row[0]: (int(row[1] or 0), int(row[2])) for row in db.session.execute(statement)}
