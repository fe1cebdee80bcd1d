"""Who of a workbook is on the roll already, and what a door is called there. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from engage.roster.rules.dwellings import Dwelling, door_label, grid_label, split_address

#: more of the same name are for a look at the roll, not for a row of buttons
MOST_SUSPECTS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What tells a person apart.

    `phone` is any stable key of the phone; `unit` an id, 0 for a door not yet there; `number` the member number.
    """

    name: str
    phone: str | None
    unit: int | None
    birth_year: int | None
    number: int | None = None


def match(people: Sequence[Traits], roll: Sequence[tuple[int, Traits]]) -> list[int | None]:
    """Return for each person the id of the same person on the roll, or None.

    Nobody on the roll is taken twice; the surest sign (name and phone) is tried for everybody first.
    """
    by_name: defaultdict[str, list[tuple[int, Traits]]] = defaultdict(list)
    for person_id, known in roll:
        by_name[known.name].append((person_id, known))
    found: list[int | None] = [None] * len(people)
    taken: set[int] = set()
    for sign in (_same_number, _same_phone, _same_door_and_year, _same_door, _same_as_far_as_known):
        for number, person in enumerate(people):
            if found[number] is None:
                same = (i for i, known in by_name.get(person.name, ()) if i not in taken and sign(person, known))
                found[number] = next(same, None)
                taken.add(found[number] or 0)
    return found


def _same_number(person: Traits, known: Traits) -> bool:
    """Tell whether the list came out of this house: another house has a person of this number, but hardly so named."""
    if person.number is None or person.number != known.number:
        return False
    return not (_differ(person.phone, known.phone) or _differ(person.birth_year, known.birth_year))


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


def suspects(
    people: Sequence[Traits], roll: Sequence[tuple[int, Traits]], matched: Sequence[int | None]
) -> dict[int, list[int]]:
    """Return, for each number of a person without a match, the ids on the roll it may be after all; most have none.

    Somebody of the same name, or of nearly the same name (one character apart) with the same phone or door. Who was
    matched by another row is nobody's suspect, and what speaks against it (another year of birth) ends the suspicion.
    """
    taken = {found for found in matched if found is not None}
    free = [(person_id, known) for person_id, known in roll if person_id not in taken]
    by_name: defaultdict[str, list[tuple[int, Traits]]] = defaultdict(list)
    by_sign: defaultdict[tuple[str, object], list[tuple[int, Traits]]] = defaultdict(list)
    for person_id, known in free:
        by_name[known.name].append((person_id, known))
        for sign in _signs(known):
            by_sign[sign].append((person_id, known))
    found: dict[int, list[int]] = {}
    for number, person in enumerate(people):
        if matched[number] is not None:
            continue
        near = [one for sign in _signs(person) for one in by_sign.get(sign, ())]
        ids = [i for i, known in by_name.get(person.name, ()) if _may_be(person, known)]
        ids += [i for i, known in near if _one_character_apart(person.name, known.name) and _near(person, known)]
        if ids:
            found[number] = list(dict.fromkeys(ids))[:MOST_SUSPECTS]
    return found


def _signs(person: Traits) -> list[tuple[str, object]]:
    return [(kind, value) for kind, value in (("phone", person.phone), ("door", person.unit)) if value not in (None, 0)]


def _differ(one: object, other: object) -> bool:
    return None not in (one, other) and one != other


def _may_be(person: Traits, known: Traits) -> bool:
    """Tell whether two of the same name may be one: some sign more speaks for it, or nothing tells them apart."""
    if person.unit and person.unit == known.unit:
        return True
    if person.birth_year is not None and person.birth_year == known.birth_year:
        return True
    pairs = ((person.phone, known.phone), (person.unit, known.unit), (person.birth_year, known.birth_year))
    return not any(_differ(one, other) for one, other in pairs)


def _near(person: Traits, known: Traits) -> bool:
    """Tell whether two of nearly the same name may be one: brothers and sisters share a door, so more must speak for it."""
    if _differ(person.birth_year, known.birth_year) or _differ(person.phone, known.phone):
        return False
    same_phone = person.phone is not None and person.phone == known.phone
    return same_phone or (person.birth_year is not None and person.birth_year == known.birth_year)


def _one_character_apart(one: str, other: str) -> bool:
    return len(one) == len(other) > 1 and sum(a != b for a, b in zip(one, other, strict=True)) == 1


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
    written = _other_spellings(known)
    for spelt, same in plain.items():
        label = written.get(spelt, spelt)
        for door in same:
            grid = grids.get(door.grid, grid_label(door.grid))
            longer = f"{grid}{label}"[:80]
            mine = label in known and (known[label] in (None, grid) or not door.grid)
            others = label in known and not mine
            alone = len(same) == 1 and not others and longer not in known
            labels[door] = label if mine or alone or not door.grid else longer
    return labels


def _other_spellings(known: Mapping[str, str | None]) -> dict[str, str]:
    """Return the community's own spelling of doors it writes otherwise: 3栋2单元501 -> 3号楼2单元501室."""
    found: dict[str, str] = {}
    for label in known:
        if parts := split_address(label):
            spelt = door_label(Dwelling("", *parts))[:80]
            if spelt != label and spelt not in known:
                found.setdefault(spelt, label)
    return found
