"""When two rows are one person. Pure."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Final

from engage.core.errors import N_
from engage.roster.rules.cells import Line, Person
from engage.roster.rules.findings import Finding

#: of so many namesakes with one phone or one door the first are compared: a list of 20,000 shops may be called 商户
MOST_ALIKE: Final = 50


@dataclass(slots=True)
class Seen:
    """Persons met so far, by what tells people apart."""

    lines: list[Line] = field(default_factory=list)
    by_phone: dict[tuple[str, str], int] = field(default_factory=dict)
    by_sign: defaultdict[tuple[object, ...], list[int]] = field(default_factory=lambda: defaultdict(list))

    def look(self, line: Line, person: Person) -> None:
        """Remember a person, or tie the row to the earlier row of the same person.

        On one sheet that is worth a warning; on another (a list of volunteers beside the residents) it is usual.
        """
        number, why = self._find(person)
        if number is None:
            number = len(self.lines)
            self.lines.append(line)
            self._remember(number, person)
        else:
            first = self.lines[number]
            line.repeats = first.row
            if first.sheet == line.sheet:
                facts: dict[str, object] = {"earlier": first.row, "why": why}
                line.findings.append(Finding(line.sheet, line.row, "same person as an earlier row", facts=facts))
            if first.person:
                first.person = joined(first.person, person)
                self._remember(number, first.person)
        for phone in (person.phone, person.landline):
            if phone:
                self.by_phone.setdefault((person.name, phone), number)

    def _remember(self, number: int, person: Person) -> None:
        for sign in (*_signs(person), (person.name, "any")):
            alike = self.by_sign[sign]
            if len(alike) < MOST_ALIKE and number not in alike:
                alike.append(number)

    def _find(self, person: Person) -> tuple[int | None, str]:
        for phone in (person.phone, person.landline):
            number = self.by_phone.get((person.name, phone)) if phone else None
            first = self.lines[number].person if number is not None else None
            if first and _agree(first.member_no, person.member_no) is not False:
                return number, N_("姓名和电话")
        signs = _signs(person) or [(person.name, "any")]
        for number in sorted({number for sign in signs for number in self.by_sign.get(sign, ())}):
            other = self.lines[number].person
            if other is not None and (why := same_person(other, person)):
                return number, why
        return None, ""


def _signs(person: Person) -> list[tuple[object, ...]]:
    signs = (("phone", person.phone or person.landline), ("door", person.dwelling), ("birth", person.birth))
    return [(person.name, kind, value) for kind, value in signs if value]


def _agree(one: object, other: object) -> bool | None:
    return one == other if one and other else None


def same_person(one: Person, other: Person) -> str:
    """Say why two people of the same name are one (a gettext id), or `` when they may be two."""
    births, doors = _agree(one.birth, other.birth), _agree(one.dwelling, other.dwelling)
    phones = _agree(one.phone or one.landline, other.phone or other.landline)
    if _agree(one.member_no, other.member_no) is False:
        return ""
    if phones:
        return N_("姓名和电话")
    if doors and births is not False and (births or phones is None):
        return N_("姓名和住处")
    if births and one.birth and one.birth.day and doors is None and phones is None:
        return N_("姓名和出生日期")
    nothing_else = not (other.phone or other.landline or other.dwelling or other.birth)
    return N_("姓名") if nothing_else and one.sheet != other.sheet else ""


def joined(first: Person, again: Person) -> Person:
    """Return the first row's person with what only a later row of the same person says. Nothing is overwritten."""
    doors = dict.fromkeys(
        door
        for door in (*first.other_doors, again.dwelling, *again.other_doors)
        if door is not None and door != first.dwelling
    )
    return replace(
        first,
        member_no=first.member_no or again.member_no,
        phone=first.phone or again.phone,
        landline=first.landline or again.landline,
        sex=first.sex or again.sex,
        birth=first.birth or again.birth,
        grid=first.grid or again.grid,
        dwelling=first.dwelling or again.dwelling,
        other_doors=tuple(doors) if first.dwelling else (),
        tenure=first.tenure or again.tenure,
        volunteer=first.volunteer or again.volunteer,
        teams=tuple(dict.fromkeys(first.teams + again.teams)),
        head=first.head or again.head,
        neighbour_lead=first.neighbour_lead or again.neighbour_lead,
        grid_officer=first.grid_officer or again.grid_officer,
    )
