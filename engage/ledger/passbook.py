"""A person's passbook: one month, a balance on every line, the balance brought forward."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select

from engage.core import clock
from engage.core.database import db
from engage.core.errors import NotFound
from engage.ledger.cards import PassbookLine, PassbookMonth
from engage.ledger.models import Account, Entry, Note, Transfer


def month_from(text: str | None, *, today: date) -> date:
    """Return the first day of a month given as "2026-06", or of today's. Raises `NotFound` for anything else."""
    if not text:
        return today.replace(day=1)
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise NotFound from None
    if not 2000 <= first.year <= 2100:
        raise NotFound
    return first


def next_month(first: date) -> date:
    """Return the first day of the month after."""
    return (first + timedelta(days=32)).replace(day=1)


def previous_month(first: date) -> date:
    """Return the first day of the month before."""
    return (first - timedelta(days=1)).replace(day=1)


def read_month(*, person_id: int, first: date) -> PassbookMonth:
    """Return the lines of one Shanghai month, newest first. Handing out goods moves no free points and has no line."""
    accounts = set(
        db.session.scalars(
            select(Account.id).where(Account.person_id == person_id, Account.kind.in_(("person", "owed")))
        )
    )
    start, _ = clock.day_bounds(first)
    end, _ = clock.day_bounds(next_month(first))
    brought = _sum_before(accounts, start)
    lines: list[PassbookLine] = []
    balance = brought
    for row in _rows(accounts, start, end):
        balance += row.points
        lines.append(
            PassbookLine(
                entry_id=row.id,
                kind=row.kind,
                memo=row.memo,
                detail=str(row.basis.get("reason") or row.basis.get("detail") or ""),
                at=row.at,
                points=row.points,
                balance=balance,
            )
        )
    return PassbookMonth(
        first=first,
        lines=tuple(reversed(lines)),
        brought=brought,
        came=sum(line.points for line in lines if line.points > 0),
        went=-sum(line.points for line in lines if line.points < 0),
    )


def find_first_month(*, person_id: int) -> date | None:
    """Return the month of a person's first entry, or None."""
    first = db.session.scalar(select(func.min(Entry.at)).where(Entry.person_id == person_id))
    return clock.local_date(first).replace(day=1) if first else None


def _sum_before(accounts: set[int], start: datetime) -> int:
    statement = (
        select(Transfer.debit_id, Transfer.credit_id, func.sum(Transfer.amount).label("points"))
        .join(Entry, Entry.id == Transfer.entry_id)
        .where(or_(Transfer.debit_id.in_(accounts), Transfer.credit_id.in_(accounts)), Entry.at < start)
        .group_by(Transfer.debit_id, Transfer.credit_id)
    )
    return sum(_change(accounts, row.debit_id, row.credit_id, int(row.points)) for row in db.session.execute(statement))


def _change(accounts: set[int], debit_id: int, credit_id: int, amount: int) -> int:
    return amount * ((credit_id in accounts) - (debit_id in accounts))


@dataclass(kw_only=True)
class _Row:
    id: int
    kind: str
    at: datetime
    memo: str
    basis: dict[str, Any]
    points: int = 0


def _rows(accounts: set[int], start: datetime, end: datetime) -> list[_Row]:
    statement = (
        select(Entry, Note, Transfer)
        .join(Transfer, Transfer.entry_id == Entry.id)
        .outerjoin(Note, Note.entry_id == Entry.id)
        .where(
            or_(Transfer.debit_id.in_(accounts), Transfer.credit_id.in_(accounts)), Entry.at >= start, Entry.at < end
        )
        .order_by(Entry.seq, Transfer.id)
    )
    rows: dict[int, _Row] = {}
    for entry, note, transfer in db.session.execute(statement):
        basis = note.basis if note else {}
        row = rows.setdefault(
            entry.id, _Row(id=entry.id, kind=entry.kind, at=entry.at, memo=note.memo if note else "", basis=basis)
        )
        row.points += _change(accounts, transfer.debit_id, transfer.credit_id, transfer.amount)
    return list(rows.values())
