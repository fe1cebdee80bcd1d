"""The last entries of an account that closes: what is left goes back, the book keeps every line (trust §3 (h))."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, func, select

from engage.core.database import require_transaction
from engage.ledger import book, posting
from engage.ledger.models import Entry


def give_up_balance(*, person_id: int, actor_id: int, now: datetime) -> int:
    """Write off a person's free points inside the caller's transaction, one entry per lot; returns how many points.

    Release holds first: held points are not free. Doing it twice writes nothing more.
    """
    session = require_transaction()
    head = book.lock_head(session)
    account = book.accounts_of(session, person_id)["person"]
    lots = book.lots_of(session, account)
    return sum(posting.expire_lot(session, head, lot, account=account, actor_id=actor_id, now=now) for lot in lots)


def counting_entries(person_ids: Collection[int]) -> Select[int]:
    """Return the statement for how many lines of the book are about these entries, to be asked together with others."""
    return select(func.count(Entry.id)).where(Entry.person_id.in_(set(person_ids)))
