"""Reading the book: balances, one entry, the head, the totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, literal, select
from sqlalchemy.orm import aliased

from engage.core import chain, clock
from engage.core.database import db
from engage.core.errors import NotFound
from engage.ledger import rules
from engage.ledger.cards import Balance, EntryCard, Expiring, LedgerHead, LedgerTotals
from engage.ledger.models import Account, Entry, Head, Lot, Note, Transfer


def balance_of(*, person_id: int, now: datetime | None = None) -> Balance:
    """Return a person's points. With `now`, those whose last day is over do not count, written off or not."""
    return balances_of(person_ids=[person_id], now=now)[person_id]


def balances_of(*, person_ids: Collection[int], now: datetime | None = None) -> dict[int, Balance]:
    """Return the points of several persons in one query; everybody asked for is in the answer."""
    statement = select(Account.person_id, Account.kind, Account.balance, _lapsed(now).label("lapsed"))
    rows = db.session.execute(statement.where(Account.person_id.in_(set(person_ids)))).all()
    stored = {(row.person_id, row.kind): row.balance for row in rows}
    over: Counter[int] = Counter()
    for row in rows:
        over[row.person_id] += int(row.lapsed or 0)
    return {
        person_id: _balance(
            free=stored.get((person_id, "person"), 0) - over[person_id],
            held=stored.get((person_id, "held"), 0),
            owed=-stored.get((person_id, "owed"), 0),
        )
        for person_id in person_ids
    }


def _lapsed(now: datetime | None) -> ColumnElement[int]:
    """Return the column with what is left in an account of points whose last day is over; 0 without `now`."""
    if now is None:
        return literal(0)
    over = (Lot.account_id == Account.id, Lot.remaining > 0, Lot.expires_on < clock.local_date(now))
    return select(func.sum(Lot.remaining)).where(*over).scalar_subquery()


def _balance(*, free: int, held: int, owed: int) -> Balance:
    return Balance(available=max(free - owed, 0), held=held, owed=owed)


def find_expiring(*, person_id: int, now: datetime, within_days: int = 60) -> Expiring | None:
    """Return the points that expire soonest, if that is within the days given."""
    today = clock.local_date(now)
    row = db.session.execute(
        select(Lot.expires_on, func.sum(Lot.remaining).label("points"))
        .join(Account, Account.id == Lot.account_id)
        .where(Account.person_id == person_id, Lot.remaining > 0, Lot.expires_on >= today)
        .group_by(Lot.expires_on)
        .order_by(Lot.expires_on)
        .limit(1)
    ).first()
    if row is None or (row.expires_on - today).days > within_days:
        return None
    return Expiring(points=int(row.points), on=row.expires_on)


def head() -> LedgerHead:
    """Return the last entry of the chain: its number, its fingerprint for the notice board, and when it was written."""
    row = db.session.scalar(select(Head))
    if row is None:
        return LedgerHead(seq=0, fingerprint=chain.fingerprint_of(chain.GENESIS), at=None)
    return LedgerHead(seq=row.seq, fingerprint=chain.fingerprint_of(row.hash), at=row.at)


def totals() -> LedgerTotals:
    """Return the community's sums. Every point ever issued is spent, expired or still with somebody."""
    debit, credit = aliased(Account), aliased(Account)
    last = select(Head.seq).scalar_subquery()  # an entry without a transfer cannot be: no rows, no entries
    points = func.sum(Transfer.amount).label("points")
    rows = db.session.execute(
        select(debit.kind.label("debit"), credit.kind.label("credit"), points, last.label("entries"))
        .join(debit, debit.id == Transfer.debit_id)
        .join(credit, credit.id == Transfer.credit_id)
        .group_by(debit.kind, credit.kind)
    ).all()
    net: dict[str, int] = {}
    for row in rows:
        net[row.debit] = net.get(row.debit, 0) - int(row.points)
        net[row.credit] = net.get(row.credit, 0) + int(row.points)
    return LedgerTotals(
        issued=-net.get("issue", 0),
        spent=net.get("spent", 0),
        expired=net.get("expired", 0),
        held=net.get("held", 0),
        outstanding=net.get("person", 0) + net.get("held", 0) + net.get("owed", 0),
        entries=rows[0].entries if rows else 0,
    )


def count_holders() -> int:
    """Return how many persons stand behind the totals: figures about very few are not published."""
    return int(db.session.scalar(select(func.count(Account.person_id.distinct()))) or 0)


def entry_of(*, source: str) -> EntryCard | None:
    """Return the entry a cause has in the book, or None."""
    row = db.session.scalar(select(Entry).where(Entry.source == source))
    return cards_of([row])[0] if row else None


def get_entry(*, entry_id: int) -> EntryCard:
    """Return one entry. Raises `NotFound`."""
    row = db.session.scalar(select(Entry).where(Entry.id == entry_id))
    if row is None:
        raise NotFound
    return cards_of([row])[0]


def list_entries(
    *, before: int | None = None, limit: int = 50, person_id: int | None = None, seq: int | None = None
) -> list[EntryCard]:
    """Return entries newest first; `before` is the number of the last one on the page above (keyset paging)."""
    statement = select(Entry).order_by(Entry.seq.desc()).limit(limit)
    if before is not None:
        statement = statement.where(Entry.seq < before)
    if person_id is not None:
        statement = statement.where(Entry.person_id == person_id)
    if seq is not None:
        statement = statement.where(Entry.seq == seq)
    return cards_of(db.session.scalars(statement).all())


def cards_of(rows: Sequence[Entry]) -> list[EntryCard]:
    """Return cards for entries, in their order, with three queries however many there are."""
    ids = [row.id for row in rows]
    if not ids:
        return []
    notes = {note.entry_id: note for note in db.session.scalars(select(Note).where(Note.entry_id.in_(ids)))}
    points = _points_of(ids)
    again = db.session.execute(select(Entry.reverses_id, Entry.id).where(Entry.reverses_id.in_(ids)))
    reversed_by = {reverses_id: entry_id for reverses_id, entry_id in again if reverses_id}
    return [
        EntryCard(
            id=row.id,
            seq=row.seq,
            number=rules.number_of(row.seq),
            kind=row.kind,
            source=row.source,
            person_id=row.person_id,
            points=points.get(row.id, 0),
            memo=notes[row.id].memo if row.id in notes else "",
            basis=notes[row.id].basis if row.id in notes else {},
            earned_on=row.earned_on,
            at=row.at,
            actor_id=row.actor_id,
            approver_id=row.approver_id,
            reverses_id=row.reverses_id,
            reversed_by_id=reversed_by.get(row.id),
            fingerprint=chain.fingerprint_of(row.hash),
            prev_fingerprint=chain.fingerprint_of(row.prev_hash),
        )
        for row in rows
    ]


def _points_of(entry_ids: Sequence[int]) -> dict[int, int]:
    """Return what entries did to free points; a spend shows what was handed out, which was free before the hold."""
    debit, credit = aliased(Account), aliased(Account)
    rows = db.session.execute(
        select(Transfer.entry_id, Transfer.amount, debit.kind.label("debit"), credit.kind.label("credit"))
        .join(debit, debit.id == Transfer.debit_id)
        .join(credit, credit.id == Transfer.credit_id)
        .where(Transfer.entry_id.in_(entry_ids))
    )
    points: dict[int, int] = {}
    for row in rows:
        sign = 1 if row.credit in {"person", "owed"} else -1
        points[row.entry_id] = points.get(row.entry_id, 0) + sign * row.amount
    return points
