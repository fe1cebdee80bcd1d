"""Taking a workbook in: staged, corrected, confirmed. Nothing reaches the roll before the confirmation."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from engage import people, places
from engage.core import audit, workbook
from engage.core.access import Actor, Role
from engage.core.database import transaction
from engage.core.errors import N_, Conflict, DomainError
from engage.core.tenancy import current_community_id
from engage.roster import queries, rules
from engage.roster.contents import Contents, pack, without_id_numbers
from engage.roster.mappings import recall_columns, remember_columns
from engage.roster.models import RosterBatch

KEPT: Final = timedelta(days=3)


class NobodyFound(DomainError):
    """No sheet of the workbook has a row of a person."""


class ChangedMeanwhile(Conflict):
    """What is confirmed is not what was looked at."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What an import did, in counts.

    `officers` are grid officers put on the roll besides the roster's people, `posts` the roles given,
    `unchanged` who was on the roll already, `held_back` rows with an error.
    """

    people: int
    volunteers: int
    units: int
    places: int
    officers: int
    posts: int
    unchanged: int
    held_back: int

    @property
    def nothing_new(self) -> bool:
        """Tell whether the import changed nothing at all."""
        return not (self.people or self.units or self.places or self.officers or self.posts)


def open_workbook(content: bytes, *, filename: str) -> Contents:
    """Read an upload; id numbers are thrown away here. Raises `workbook.WorkbookRefused`."""
    return Contents(without_id_numbers(workbook.read(content, filename=filename)))


def stage(*, content: bytes, filename: str, actor: Actor | None, now: datetime) -> int:
    """Keep a workbook until it is confirmed or expires, and return its batch. Old batches lose their rows here."""
    contents = recall_columns(open_workbook(content, filename=filename))
    with transaction() as session:
        for old in session.scalars(
            select(RosterBatch).where(RosterBatch.expires_at <= now, RosterBatch.content.is_not(None))
        ):
            old.content = None
        seal_no = uuid.uuid4().hex
        batch = RosterBatch(
            filename=filename[-120:],
            content=pack(contents, community_id=current_community_id(), seal_no=seal_no),
            seal_no=seal_no,
            uploaded_by=actor.person_id if actor else None,
            uploaded_at=now,
            expires_at=now + KEPT,
            revision=1,
        )
        session.add(batch)
        session.flush()
        return batch.id


def choose_columns(*, batch_id: int, sheet: str, fields: dict[int, rules.Field], now: datetime) -> None:
    """Say what the columns of a sheet hold; the next sheet with the same headings is read the same way."""

    def chosen(contents: Contents) -> Contents:
        remember_columns(contents, sheet=sheet, fields=fields, now=now)
        return contents.with_columns(sheet, fields)

    _change(batch_id, chosen, now=now)


def correct_row(*, batch_id: int, sheet: str, row: int, cells: dict[int, str], now: datetime) -> None:
    """Type some cells of a row anew; the workbook on the secretary's computer stays as it is."""
    _change(batch_id, lambda contents: contents.with_cells(sheet, row, cells), now=now)


def skip_row(*, batch_id: int, sheet: str, row: int, now: datetime) -> None:
    """Leave one row out of the import."""
    _change(batch_id, lambda contents: contents.without_row(sheet, row), now=now)


def _change(batch_id: int, change: Callable[[Contents], Contents], *, now: datetime) -> None:
    with transaction():
        batch = queries.get_batch(batch_id, now=now, lock=True)
        if batch.imported_at is not None:
            raise Conflict(N_("这份名单已经导入过了。还要改，请把改好的表再传一次。"))
        contents = change(queries.contents_of(batch))
        batch.content = pack(contents, community_id=batch.community_id, seal_no=batch.seal_no)
        batch.revision += 1


def confirm(*, batch_id: int, revision: int, actor: Actor | None, now: datetime) -> Outcome:
    """Write the good rows of a batch to the roll, all or nothing. A second confirmation returns the first outcome.

    Raises `ChangedMeanwhile` when the batch is not the revision that was looked at, `NobodyFound` when no row can go in.
    """
    seen = queries.get_batch(batch_id, now=now)
    if seen.imported_at is not None:
        return Outcome(**(seen.outcome or {}))
    reading = queries.reading_of(seen, now=now)  # before the lock: it takes a while
    with transaction():
        # Two imports of one community at the same time would both find the same people missing: one waits.
        people.roll_in_turn()
        batch = queries.get_batch(batch_id, now=now, lock=True)
        if batch.imported_at is not None and batch.outcome is not None:
            return Outcome(**batch.outcome)
        if batch.revision != revision:
            raise ChangedMeanwhile(N_("刚才有人改过这份名单。请再看一遍，再导入。"))
        if not reading.people and not reading.units:
            raise NobodyFound(N_("没有一行可以导入。请先改好，或者换个文件。"))
        may_appoint = actor is None or Role.SECRETARY in actor.roles
        outcome, made = _write(reading, now=now, may_appoint=may_appoint)
        batch.outcome, batch.made, batch.imported_at = asdict(outcome), made, now
        audit.record("roster_imported", actor=actor, subject=f"roster_batch:{batch.id}", now=now, **batch.outcome)
        return outcome


def _write(reading: rules.Reading, *, now: datetime, may_appoint: bool) -> tuple[Outcome, dict[str, Any]]:
    comparison = queries.compare(reading)
    surveyed = places.survey(
        grids={grid.label: grid.key.zfill(2)[:20] for grid in reading.grids.values()},
        doors=[
            places.Door(
                label=comparison.labels[door],
                grid=reading.grids[door.grid].label if door.grid else None,
                building=rules.building_label(door.building)[:60] or None,
                area_centi=area,
            )
            for door, area in reading.units.items()
        ],
    )
    newcomers = comparison.newcomers
    teams_before = set(people.team_names())
    made = people.enrol_many([_newcomer(one, comparison, surveyed) for one in newcomers], now=now)
    person_ids = dict(zip((id(one) for one in newcomers), made, strict=True))
    by_person = {
        id(one): known or person_ids[id(one)] for one, known in zip(reading.people, comparison.on_roll, strict=True)
    }
    officer_ids, posts = _officers(reading, by_person, surveyed, now=now)
    # A role carries powers: only the secretary (or the operator) hands them out, also by a list.
    granted = people.appoint_many(posts, role=Role.GRID_OFFICER, now=now) if may_appoint else []
    outcome = Outcome(
        people=len(made),
        volunteers=sum(1 for one in newcomers if one.volunteer),
        units=len(surveyed.made_units),
        places=len(surveyed.made_places),
        officers=len(officer_ids),
        posts=len(granted),
        unchanged=len(reading.people) - len(made),
        held_back=sum(1 for line in reading.lines if line.held_back),
    )
    return outcome, {
        "persons": made + officer_ids,
        "grants": granted,
        "teams": sorted(set(people.team_names()) - teams_before),
        "units": surveyed.made_units,
        "places": surveyed.made_places,
    }


def _newcomer(person: rules.Person, comparison: queries.Comparison, surveyed: places.Surveyed) -> people.Newcomer:
    role = person.tenure or "member"
    doors = [door for door in (person.dwelling, *person.other_doors) if door]
    grid = comparison.reading.grids.get(person.grid)
    return people.Newcomer(
        name=person.name,
        phone=person.phone or person.landline,
        grid_id=surveyed.grid_ids.get(grid.label) if grid else None,
        birth_year=person.birth.year if person.birth else None,
        is_volunteer=person.volunteer,
        ties=tuple((surveyed.unit_ids[comparison.labels[door]], role) for door in doors),
        teams=person.teams,
    )


def _officers(
    reading: rules.Reading, by_person: dict[int, int], surveyed: places.Surveyed, *, now: datetime
) -> tuple[list[int], list[tuple[int, int | None]]]:
    """Return the ids of officers put on the roll now, and every (officer, grid) the workbook names."""
    here = current_community_id()
    roll = {(one.name, one.phone_index): one.id for one in people.roll() if one.phone_index or not one.unit_id}
    posts: list[tuple[int, int | None]] = [
        (by_person[id(person)], surveyed.grid_ids[reading.grids[person.grid].label])
        for person in reading.people
        if person.grid_officer and person.grid
    ]
    missing: dict[tuple[str, str | None], list[rules.Grid]] = {}
    for grid in reading.grids.values():
        if not grid.officer:
            continue
        index = people.phone_index(grid.phone, community_id=here) if grid.phone else None
        if found := roll.get((grid.officer, index)):
            posts.append((found, surveyed.grid_ids[grid.label]))
        else:
            missing.setdefault((grid.officer, index), []).append(grid)
    newcomers = [
        people.Newcomer(
            name=name,
            phone=grids[0].phone,
            grid_id=surveyed.grid_ids[grids[0].label],
            birth_year=None,
            is_volunteer=False,
            ties=(),
            teams=(),
        )
        for (name, _), grids in missing.items()
    ]
    new_ids = people.enrol_many(newcomers, now=now)
    for new, grids in zip(new_ids, missing.values(), strict=True):
        posts += [(new, surveyed.grid_ids[grid.label]) for grid in grids]
    return new_ids, posts
