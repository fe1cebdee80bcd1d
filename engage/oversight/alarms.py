"""Alarms: somebody saw more of people than the work asks for. The line is the log's, so no office can hide it (W16)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select

from engage.core.audit import AuditEvent
from engage.core.database import db

ALARMS: Final = frozenset({"many_phones_seen", "many_pages_turned"})
#: for how long an alarm stands on the street's page: whoever looks once a week misses none
STANDS: Final = timedelta(days=7)


def alarms_by_community(community_ids: Collection[int], *, now: datetime) -> dict[int, int]:
    """Return, for each of these communities, how many persons raised an alarm in the last seven days; none: missing.

    To be read under `tenancy.everywhere`.
    """
    statement = (
        select(AuditEvent.community_id, func.count(AuditEvent.actor_id.distinct()))
        .where(
            AuditEvent.community_id.in_(set(community_ids)), AuditEvent.verb.in_(ALARMS), AuditEvent.at > now - STANDS
        )
        .group_by(AuditEvent.community_id)
    )
    return {row[0]: int(row[1]) for row in db.session.execute(statement)}
