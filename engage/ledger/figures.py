"""Sums per community, for the street: numbers, never persons. To be read under `tenancy.everywhere`."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import aliased

from engage.core.database import db
from engage.ledger.models import Account, Transfer


def issued_by_community(community_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """Return (points ever issued and not reversed, persons with an account) of each community that has a book."""
    debit, credit = aliased(Account), aliased(Account)
    out_of = case((debit.kind == "issue", Transfer.amount), else_=-Transfer.amount)
    issued = (
        select(Transfer.community_id, func.sum(out_of))
        .join(debit, (debit.id == Transfer.debit_id) & (debit.community_id == Transfer.community_id))
        .join(credit, (credit.id == Transfer.credit_id) & (credit.community_id == Transfer.community_id))
        .where(Transfer.community_id.in_(set(community_ids)), or_(debit.kind == "issue", credit.kind == "issue"))
        .group_by(Transfer.community_id)
    )
    holders = (
        select(Account.community_id, func.count(func.distinct(Account.person_id)))
        .where(Account.community_id.in_(set(community_ids)), Account.kind == "person")
        .group_by(Account.community_id)
    )
    persons = {row[0]: int(row[1]) for row in db.session.execute(holders)}
    return {row[0]: (int(row[1] or 0), persons.get(row[0], 0)) for row in db.session.execute(issued)}
