"""Who of a workbook is on the roll already, and what a door is called there. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engage.roster.rules.dwellings import Dwelling, door_label, grid_label


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What tells a person apart. `phone` is any stable key of the phone; `unit` an id, 0 for a door not yet there."""

    name: str
    phone: str | None
    unit: int | None
    birth_year: int | None


def match(people: Sequence[Traits], roll: Sequence[tuple[int, Traits]]) -> list[int | None]:
    """Return for each person the id of the same person on the roll, or None.

    Nobody on the roll is taken twice; the surest sign (name and phone) is tried for everybody first.
    """
    by_name: defaultdict[str, list[tuple[int, Traits]]] = defaultdict(list)
    for person_id, known in roll:
        by_name[known.name].append((person_id, known))
    found: list[int | None] = [None] * len(people)
    taken: set[int] = set()
    for sign in (_same_phone, _same_door_and_year, _same_door, _same_as_far_as_known):
        for number, person in enumerate(people):
            if found[number] is None:
                same = (i for i, known in by_name.get(person.name, ()) if i not in taken and sign(person, known))
                found[number] = next(same, None)
                taken.add(found[number] or 0)
    return found


def _same_phone(person: Traits, known: Traits) -> bool:
    return person.phone is not None and person.phone == known.phone


def _same_door_and_year(person: Traits, known: Traits) -> bool:
    return _same_door(person, known) and person.birth_year is not None and person.birth_year == known.birth_year


def _same_door(person: Traits, known: Traits) -> bool:
    if not person.unit or person.unit != known.unit:
        return False
    years = None in (person.birth_year, known.birth_year) or person.birth_year == known.birth_year
    phones = None in (person.phone, known.phone) or person.phone == known.phone
    return years and (phones or person.birth_year is not None)


def _same_as_far_as_known(person: Traits, known: Traits) -> bool:
    """Somebody written down without phone and door is who has the same name (and year of birth, where both say it)."""
    if person.phone or person.unit is not None:
        return False
    return None in (person.birth_year, known.birth_year) or person.birth_year == known.birth_year


def unit_labels(
    doors: Iterable[Dwelling], known: Mapping[str, str | None], grids: Mapping[str, str]
) -> dict[Dwelling, str]:
    """Return each door's label, unique in the community: 3栋2单元501, with the grid before it where two grids have one.

    `known` are the labels the community has and the grid of each; `grids` are grid names by key.
    """
    doors = list(dict.fromkeys(doors))
    plain: defaultdict[str, list[Dwelling]] = defaultdict(list)
    for door in doors:
        plain[door_label(door)[:80]].append(door)
    labels: dict[Dwelling, str] = {}
    for label, same in plain.items():
        for door in same:
            grid = grids.get(door.grid, grid_label(door.grid))
            longer = f"{grid}{label}"[:80]
            mine = label in known and (known[label] in (None, grid) or not door.grid)
            others = label in known and not mine
            alone = len(same) == 1 and not others and longer not in known
            labels[door] = label if mine or alone or not door.grid else longer
    return labels
