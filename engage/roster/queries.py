"""Reading batches, and comparing what a workbook says with what the community has."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select

from engage import people, places
from engage.core.clock import local_date
from engage.core.database import db
from engage.core.errors import NotFound
from engage.core.fence import get_in_scope
from engage.core.tenancy import current_community_id
from engage.roster import rules
from engage.roster.contents import Contents, unpack
from engage.roster.models import RosterBatch

KEPT_READINGS: Final = 3


@dataclass(frozen=True, slots=True)
class Comparison:
    """A reading beside the roll: the label of every door, and the id of everybody who is on the roll already.

    `on_roll` is parallel to `reading.people`.
    """

    reading: rules.Reading
    labels: dict[rules.Dwelling, str]
    on_roll: list[int | None]

    @property
    def newcomers(self) -> list[rules.Person]:
        """Return who would be put on the roll."""
        return [person for person, known in zip(self.reading.people, self.on_roll, strict=True) if known is None]


def get_batch(batch_id: int, *, now: datetime, lock: bool = False) -> RosterBatch:
    """Return a batch of this community. Raises `NotFound`, also once its rows have expired without an import."""
    batch = get_in_scope(RosterBatch, batch_id, lock=lock)
    if batch.imported_at is None and (batch.content is None or batch.expires_at <= now):
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
    key = (batch.community_id, batch.seal_no, batch.revision, today, tuple(known))
    if key not in _readings:
        _readings[key] = read(contents_of(batch), today=today, known=known)
    _readings.move_to_end(key)
    while len(_readings) > KEPT_READINGS:
        _readings.popitem(last=False)
    return _readings[key]


def read(contents: Contents, *, today: date, known: Sequence[str]) -> rules.Reading:
    """Read contents by the rules."""
    return rules.read_workbook(contents.shown_sheets(), today=today, known_grids=known, chosen=contents.chosen)


def known_grids() -> list[str]:
    """Return the names of the grids the community has."""
    return [grid.name for grid in places.list_grids()]


def compare(reading: rules.Reading) -> Comparison:
    """Compare a reading with the community's roll and doors: three statements, whatever the size."""
    known = places.units_by_label()
    doors = [door for person in reading.people for door in (person.dwelling, *person.other_doors) if door]
    grids = {label: grid for label, (_, grid) in known.items()}
    labels = rules.unit_labels(
        [*reading.units, *doors], grids, {key: grid.label for key, grid in reading.grids.items()}
    )
    here = current_community_id()
    everybody = [
        rules.Traits(
            name=person.name,
            phone=people.phone_index(number, community_id=here)
            if (number := person.phone or person.landline)
            else None,
            unit=known.get(labels[person.dwelling], (0, None))[0] if person.dwelling else None,
            birth_year=person.birth.year if person.birth else None,
        )
        for person in reading.people
    ]
    roll = [
        (one.id, rules.Traits(name=one.name, phone=one.phone_index, unit=one.unit_id, birth_year=one.birth_year))
        for one in people.roll()
    ]
    return Comparison(reading, labels, rules.match(everybody, roll))
