"""What a workbook says beside what the community has: who is new, who is there, what would change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from engage import people, places
from engage.core.tenancy import current_community_id
from engage.roster import rules
from engage.roster.rules import Change, Choice, Traits

_NOTHING = Choice()


class State(StrEnum):
    """Where a row stands. Only `new` and `changed` rows write anything."""

    FIX = "fix"
    ASK = "ask"
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    LEFT = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One person of the workbook beside the roll.

    `person_id` is who that is on the roll (None: nobody yet), `known_as` the name there, `suspects` who it may be.
    """

    person: rules.Person
    state: State
    choice: Choice = _NOTHING
    person_id: int | None = None
    known_as: str = ""
    changes: list[Change] = field(default_factory=list)
    suspects: list[people.OnRoll] = field(default_factory=list)

    @property
    def applied(self) -> list[Change]:
        """Return what would be written about somebody on the roll."""
        if self.state is not State.CHANGED:
            return []
        return [change for change in self.changes if change.adds or self.choice.replace]

    @property
    def renamed(self) -> bool:
        """Tell whether the roll spells the name otherwise; the roll's name stays."""
        return bool(self.known_as) and self.known_as != self.person.name


@dataclass(frozen=True)
class Comparison:
    """A reading beside the roll: the label of every door, and an entry for everybody of `reading.people`, in order."""

    reading: rules.Reading
    labels: dict[rules.Dwelling, str]
    entries: list[Entry]
    choices: Mapping[str, Choice] = field(default_factory=dict)

    @property
    def on_roll(self) -> list[int | None]:
        """Return who is on the roll already, parallel to `reading.people`."""
        return [entry.person_id for entry in self.entries]

    @property
    def newcomers(self) -> list[rules.Person]:
        """Return who would be put on the roll."""
        return [entry.person for entry in self.entries if entry.state is State.NEW]

    @property
    def amended(self) -> list[Entry]:
        """Return about whom something would be written."""
        return [entry for entry in self.entries if entry.applied]

    @cached_property
    def by_row(self) -> dict[tuple[str, int], Entry]:
        """Return the entries by sheet and row."""
        return {(entry.person.sheet, entry.person.row): entry for entry in self.entries}

    def state_of(self, line: rules.Line) -> State:
        """Return where a row stands."""
        if line.held_back:
            left = self.choices.get(rules.row_key(line.sheet, line.row), _NOTHING).leave
            return State.LEFT if left else State.FIX
        entry = self.by_row.get((line.sheet, line.row))
        return entry.state if entry else State.SAME if line.repeats is not None else State.NEW

    @property
    def left_doors(self) -> set[rules.Dwelling]:
        """Return the doors only rows that are left out (or wait for an answer) name: they are not added either."""
        out = (State.LEFT, State.ASK)
        left = {door for entry in self.entries if entry.state in out for door in _doors_of(entry.person)}
        stay = {door for entry in self.entries if entry.state not in out for door in _doors_of(entry.person)}
        return left - stay - {line.dwelling for line in self.reading.lines if line.vacant and line.dwelling}


def _doors_of(person: rules.Person) -> list[rules.Dwelling]:
    return [door for door in (person.dwelling, *person.other_doors) if door]


@dataclass(frozen=True, slots=True)
class _Roll:
    """What the community has, fetched once."""

    persons: dict[int, people.OnRoll]
    units: dict[str, tuple[int, str | None]]
    unit_labels: dict[int, str]
    grid_names: dict[int, str]
    ties: dict[int, set[int]]
    teams: dict[int, set[str]]


def compare(reading: rules.Reading, choices: Mapping[str, Choice] | None = None) -> Comparison:
    """Compare a reading with the community's roll and doors: a handful of statements, whatever the size."""
    units = places.units_by_label()
    doors = [door for person in reading.people for door in _doors_of(person)]
    labels = rules.unit_labels(
        [*reading.units, *doors],
        {label: grid for label, (_, grid) in units.items()},
        {key: grid.label for key, grid in reading.grids.items()},
    )
    persons = people.roll()
    roll = [(one.id, _traits(one)) for one in persons]
    said = [_said_traits(person, labels, units) for person in reading.people]
    matched = rules.match(said, roll)
    suspects = rules.suspects(said, roll, matched)
    anybody = bool(suspects) or any(found is not None for found in matched)
    known = _Roll(
        persons={one.id: one for one in persons},
        units=units,
        unit_labels={unit_id: label for label, (unit_id, _) in units.items()},
        grid_names={grid.id: grid.name for grid in places.list_grids()},
        ties=people.roll_ties() if anybody else {},
        teams=people.roll_teams() if anybody else {},
    )
    comparison = Comparison(reading, labels, [], dict(choices or {}))
    for number, person in enumerate(reading.people):
        choice = comparison.choices.get(rules.row_key(person.sheet, person.row), _NOTHING)
        comparison.entries.append(
            _entry(person, matched[number], suspects.get(number, []), choice=choice, comparison=comparison, known=known)
        )
    return comparison


def _traits(one: people.OnRoll) -> Traits:
    return Traits(
        name=one.name, phone=one.phone_index, unit=one.unit_id, birth_year=one.birth_year, number=one.member_no
    )


def _said_traits(
    person: rules.Person, labels: Mapping[rules.Dwelling, str], units: Mapping[str, tuple[int, str | None]]
) -> Traits:
    number = person.phone or person.landline
    return Traits(
        name=person.name,
        phone=people.phone_index(number, community_id=current_community_id()) if number else None,
        unit=units.get(labels[person.dwelling], (0, None))[0] if person.dwelling else None,
        birth_year=person.birth.year if person.birth else None,
        number=person.member_no,
    )


def _entry(
    person: rules.Person,
    matched: int | None,
    suspected: list[int],
    *,
    choice: Choice,
    comparison: Comparison,
    known: _Roll,
) -> Entry:
    person_id = choice.same_as if choice.same_as in suspected else matched
    found = [known.persons[one] for one in suspected]
    if person_id is None:
        undecided = bool(found) and not choice.other
        state = State.LEFT if choice.leave else State.ASK if undecided else State.NEW
        return Entry(person=person, state=state, choice=choice, suspects=found)
    changes = rules.changes(
        _said(person, comparison, known.persons[person_id]), _known(known.persons[person_id], known)
    )
    writes = any(change.adds or choice.replace for change in changes)
    return Entry(
        person=person,
        state=State.LEFT if choice.leave and writes else State.CHANGED if changes else State.SAME,
        choice=choice,
        person_id=person_id,
        known_as=known.persons[person_id].name,
        changes=changes,
        suspects=found,
    )


def _said(person: rules.Person, comparison: Comparison, roll: people.OnRoll) -> rules.Said:
    here = current_community_id()
    grid = comparison.reading.grids.get(person.grid)
    # Every number is worth a key only where the roll has one to hold it against.
    numbers = [number for number in (person.phone, person.landline) if number and roll.phone_index]
    return rules.Said(
        phone=masked(person.phone or person.landline),
        phones=frozenset(people.phone_index(number, community_id=here) for number in numbers),
        is_landline=person.phone is None,
        home=comparison.labels[person.dwelling] if person.dwelling else "",
        doors=tuple(comparison.labels[door] for door in person.other_doors),
        grid=grid.label if grid else "",
        birth_year=person.birth.year if person.birth else None,
        is_exact_year=bool(person.birth and person.birth.month),
        volunteer=person.volunteer,
        teams=person.teams,
    )


def _known(one: people.OnRoll, known: _Roll) -> rules.Known:
    return rules.Known(
        phone=people.masked_phone(one.phone_last4),
        phone_key=one.phone_index,
        home=known.unit_labels.get(one.unit_id or 0, ""),
        doors={known.unit_labels.get(unit_id, "") for unit_id in known.ties.get(one.id, ())},
        grid=known.grid_names.get(one.grid_id or 0, ""),
        birth_year=one.birth_year,
        volunteer=one.is_volunteer,
        teams=known.teams.get(one.id, set()),
    )


def masked(phone: str | None) -> str:
    """Return a phone as lists show it (service-points §5.8): 138****1234."""
    return f"{phone[:3]}****{phone[-4:]}" if phone and len(phone) > 7 else ""
