"""Sums per community, for the street: numbers, never persons. To be read under `tenancy.everywhere`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select

from engage.core.database import db
from engage.talks.models import Talk


def held_by_community(community_ids: Collection[int], *, since: datetime, until: datetime) -> dict[int, int]:
    """Return how many talks of each community began within [since, until) and were not called off."""
    statement = (
        select(Talk.community_id, func.count(Talk.id))
        .where(
            Talk.community_id.in_(set(community_ids)),
            Talk.started_at >= since,
            Talk.started_at < until,
            Talk.state != "cancelled",
        )
        .group_by(Talk.community_id)
    )
    return {community_id: int(number) for community_id, number in db.session.execute(statement)}
