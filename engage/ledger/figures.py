"""Sums per community, for the street: numbers, never persons. To be read under `tenancy.everywhere`."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select

from engage.core.database import db
from engage.ledger.models import Account


def issued_by_community(community_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Return (points ever issued and not reversed, persons with an account) of each community that has a book."""
    statement = (
        select(
            Account.community_id, Account.kind, func.sum(Account.balance), func.count(func.distinct(Account.person_id))
        )
        .where(Account.community_id.in_(set(community_ids)), Account.kind.in_(("issue", "person")))
        .group_by(Account.community_id, Account.kind)
    )
    issued: dict[int, int] = {}
    holders: dict[int, int] = {}
    for community_id, kind, balance, persons in db.session.execute(statement):
        if kind == "issue":
            issued[community_id] = -int(balance or 0)
        else:
            holders[community_id] = int(persons)
    return {community_id: (points, holders.get(community_id, 0)) for community_id, points in issued.items()}
