"""From a comparison to what the rooms `places` and `people` write, inside an import's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from engage import people, places
from engage.core.tenancy import current_community_id
from engage.roster import rules
from engage.roster.comparison import Comparison, Entry
from engage.roster.rules import Fact


def survey(comparison: Comparison) -> places.Surveyed:
    """Write the grids, buildings and doors that are missing."""
    reading, left = comparison.reading, comparison.left_doors
    return places.survey(
        grids={grid.label: grid.key.zfill(2)[:20] for grid in reading.grids.values()},
        doors=[
            places.Door(
                label=comparison.labels[door],
                grid=reading.grids[door.grid].label if door.grid else None,
                building=rules.building_label(door.building)[:60] or None,
                area_centi=area,
            )
            for door, area in reading.units.items()
            if door not in left
        ],
    )


def newcomer(person: rules.Person, comparison: Comparison, surveyed: places.Surveyed) -> people.Newcomer:
    """Return somebody new as the roll takes them."""
    doors = [door for door in (person.dwelling, *person.other_doors) if door]
    return people.Newcomer(
        name=person.name,
        phone=person.phone or person.landline,
        grid_id=_grid_id(person, comparison, surveyed),
        birth_year=person.birth.year if person.birth else None,
        is_volunteer=person.volunteer,
        ties=tuple((surveyed.unit_ids[comparison.labels[door]], person.tenure or "member") for door in doors),
        teams=person.teams,
    )


def amendment(entry: Entry, comparison: Comparison, surveyed: places.Surveyed) -> people.Amendment:
    """Return what is written about somebody on the roll: the changes applied, nothing else."""
    person, facts = entry.person, {change.fact for change in entry.applied}
    # A move does not end the tie to the old door: the workbook does not say that it was given up.
    doors = [change.new for change in entry.applied if change.fact in (Fact.HOME, Fact.DOOR)]
    home = comparison.labels[person.dwelling] if person.dwelling and Fact.HOME in facts else None
    return people.Amendment(
        person_id=entry.person_id or 0,
        phone=(person.phone or person.landline) if Fact.PHONE in facts else None,
        birth_year=person.birth.year if person.birth and Fact.BIRTH in facts else None,
        grid_id=_grid_id(person, comparison, surveyed) if Fact.GRID in facts else None,
        unit_id=surveyed.unit_ids[home] if home else None,
        is_volunteer=True if Fact.VOLUNTEER in facts else None,
        ties=tuple((surveyed.unit_ids[label], person.tenure or "member") for label in doors),
        teams=tuple(change.new for change in entry.applied if change.fact is Fact.TEAM),
    )


def _grid_id(person: rules.Person, comparison: Comparison, surveyed: places.Surveyed) -> int | None:
    grid = comparison.reading.grids.get(person.grid)
    return surveyed.grid_ids.get(grid.label) if grid else None


def officers(
    reading: rules.Reading, by_person: Mapping[int, int], surveyed: places.Surveyed, *, now: datetime
) -> tuple[list[int], list[tuple[int, int | None]]]:
    """Put officers on the roll whom only the list of grids names; return their ids and every (officer, grid)."""
    here = current_community_id()
    roll = {(one.name, one.phone_index): one.id for one in people.roll() if one.phone_index or not one.unit_id}
    posts: list[tuple[int, int | None]] = [
        (by_person[id(person)], surveyed.grid_ids[reading.grids[person.grid].label])
        for person in reading.people
        if person.grid_officer and person.grid and id(person) in by_person
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
