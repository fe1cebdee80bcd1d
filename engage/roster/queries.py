"""Reading batches: the rows as uploaded, as the rules read them, and beside the community's roll."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import select

from engage import places
from engage.core.clock import local_date
from engage.core.database import db
from engage.core.errors import NotFound
from engage.core.fence import get_in_scope
from engage.roster import rules
from engage.roster.comparison import Comparison, compare
from engage.roster.contents import Contents, unpack
from engage.roster.models import RosterBatch

#: readings kept in one process: as many as fit, and the last one always
KEPT_READINGS: Final = 3
KEPT_ROWS: Final = 25_000


def get_batch(batch_id: int, *, now: datetime, lock: bool = False) -> RosterBatch:
    """Return a batch of this community. Raises `NotFound`, also once its rows have expired without an import."""
    batch = get_in_scope(RosterBatch, batch_id, lock=lock)
    if batch.started_at is None and (batch.content is None or batch.expires_at <= now):
        raise NotFound
    return batch


def recent_batches(*, limit: int = 8) -> Sequence[RosterBatch]:
    """Return the newest batches first."""
    return db.session.scalars(
        select(RosterBatch).order_by(RosterBatch.uploaded_at.desc(), RosterBatch.id.desc()).limit(limit)
    ).all()


def contents_of(batch: RosterBatch) -> Contents:
    """Return what a batch holds. Raises `NotFound` when it was wiped."""
    if batch.content is None:
        raise NotFound
    return unpack(batch.content, community_id=batch.community_id, seal_no=batch.seal_no)


_readings: OrderedDict[tuple[object, ...], rules.Reading] = OrderedDict()


def reading_of(batch: RosterBatch, *, now: datetime) -> rules.Reading:
    """Return the batch read by the rules. The last few are kept: paging through a preview reads a workbook once."""
    known = known_grids()
    today = local_date(now)
    key = (batch.community_id, batch.seal_no, today, tuple(known))
    if key not in _readings:
        while _readings and _rows_kept() > KEPT_ROWS // 5:  # two large ones at once do not fit
            _readings.popitem(last=False)
        _readings[key] = read(contents_of(batch), today=today, known=known)
    _readings.move_to_end(key)
    while len(_readings) > 1 and (len(_readings) > KEPT_READINGS or _rows_kept() > KEPT_ROWS):
        _readings.popitem(last=False)
    return _readings[key]


def _rows_kept() -> int:
    return sum(len(reading.lines) for reading in _readings.values())


def read(contents: Contents, *, today: date, known: Sequence[str]) -> rules.Reading:
    """Read contents by the rules."""
    return rules.read_workbook(contents.sheets, today=today, known_grids=known, chosen=contents.chosen)


def known_grids() -> list[str]:
    """Return the names of the grids the community has."""
    return [grid.name for grid in places.list_grids()]


def comparison_of(batch: RosterBatch, *, now: datetime) -> Comparison:
    """Return a batch read by the rules, beside the roll as it is now, with the choices made."""
    return compare(reading_of(batch, now=now), rules.parsed(batch.choices))
