"""Sums per community, for the street: numbers, never persons. To be read under `tenancy.everywhere`."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import case, func, select

from engage.core.database import db
from engage.people.models import Person


def members_by_community(community_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Return (active members, volunteers among them) of each of these communities that has any."""
    statement = (
        select(Person.community_id, func.count(Person.id), func.sum(case((Person.is_volunteer, 1), else_=0)))
        .where(Person.community_id.in_(set(community_ids)), Person.status == "active")
        .group_by(Person.community_id)
    )
    return {row[0]: (int(row[1]), int(row[2] or 0)) for row in db.session.execute(statement)}
