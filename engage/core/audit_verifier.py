"""Recomputing the audit log's chain from its rows: what does not fit is named by its number (trust L3, §3 (e))."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select

from engage.core import chain
from engage.core.audit import AuditEvent, head, leaf
from engage.core.database import db

_CHUNK = 500


def verify(*, kept: tuple[int, str] | None = None) -> list[str]:
    """Return what is wrong with this community's log, in order; nothing when every line is the one that was written.

    `kept` is a number and its fingerprint from outside, copied when that line was the last: it shows a log that was
    cut off or written anew from there.
    """
    problems: list[str] = []
    seq, prev_hash, read = 0, chain.GENESIS, 0
    at_kept = chain.fingerprint_of(chain.GENESIS) if kept and kept[0] == 0 else ""
    try:
        for line in _lines():
            problems += _faults(line, seq=seq, prev_hash=prev_hash)
            seq, prev_hash, read = line.seq, line.hash, read + 1
            if kept and seq == kept[0]:
                at_kept = chain.fingerprint_of(line.hash)
    except (ValueError, TypeError) as error:  # a moment or a piece of JSON that is none: somebody wrote into the file
        problems.append(f"line {seq + 1} or a later one: a stored value cannot be read ({error})")
        return problems
    last = head()
    if (last.seq, last.hash) != (seq, prev_hash):
        problems.append(f"head: says line {last.seq}, the last one is {seq}")
    if read != db.session.scalar(select(func.count(AuditEvent.id))):
        problems.append("some rows are in no place of the chain")
    if kept and at_kept != kept[1]:
        problems.append(f"line {kept[0]}: is not the one whose fingerprint was kept")
    return problems


def _faults(line: AuditEvent, *, seq: int, prev_hash: str) -> list[str]:
    where = f"line {line.seq}"
    found = [f"{where}: number {seq + 1} was expected"] if line.seq != seq + 1 else []
    if line.prev_hash != prev_hash:
        found.append(f"{where}: does not continue the line before it")
    elif chain.link(prev_hash=line.prev_hash, leaf=leaf(line.__dict__)) != line.hash:
        found.append(f"{where}: content does not match its hash")
    return found


def _lines() -> Iterator[AuditEvent]:
    after = -(2**31)
    while lines := _chunk(after):
        yield from lines
        after = lines[-1].seq
        db.session.expunge_all()


def _chunk(after: int) -> Sequence[AuditEvent]:
    return db.session.scalars(
        select(AuditEvent).where(AuditEvent.seq > after).order_by(AuditEvent.seq).limit(_CHUNK)
    ).all()
