"""What a row would change about somebody who is on the roll already. Pure.

What the roll lacks is added. Where roll and row differ, the roll stays unless somebody decides for the row: the
workbook may be the older of the two. Nothing is ever taken away because a workbook is silent about it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_AGE_IS_OUT_BY: Final = 1  # a year of birth from an age may be one year late


class Fact(StrEnum):
    """What a workbook can say about somebody on the roll."""

    PHONE = "phone"
    HOME = "home"
    DOOR = "door"
    GRID = "grid"
    BIRTH = "birth"
    VOLUNTEER = "volunteer"
    TEAM = "team"


@dataclass(frozen=True, slots=True)
class Change:
    """One fact of the row against the roll, in words to show. `adds`: the roll says nothing there."""

    fact: Fact
    old: str
    new: str

    @property
    def adds(self) -> bool:
        """Tell whether nothing is overwritten."""
        return not self.old


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the row says. `phones` are the keys of all its numbers, `phone` the one that would be kept, shown masked."""

    phone: str = ""
    phones: frozenset[str] = frozenset()
    is_landline: bool = False
    home: str = ""
    doors: tuple[str, ...] = ()
    grid: str = ""
    birth_year: int | None = None
    is_exact_year: bool = True
    volunteer: bool = False
    teams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the roll says. `phone` is shown masked, `phone_key` its key; `doors` are the labels of every tie."""

    phone: str = ""
    phone_key: str | None = None
    home: str = ""
    doors: Collection[str] = ()
    grid: str = ""
    birth_year: int | None = None
    volunteer: bool = False
    teams: Collection[str] = ()


def changes(said: Said, known: Known) -> list[Change]:
    """Return what would change, the most telling first."""
    found = [
        *_phone(said, known),
        *_homes(said, known),
        *([Change(Fact.GRID, known.grid, said.grid)] if said.grid and said.grid != known.grid else []),
        *_birth(said, known),
        *([Change(Fact.VOLUNTEER, "", "√")] if said.volunteer and not known.volunteer else []),
    ]
    return [*found, *(Change(Fact.TEAM, "", team) for team in said.teams if team not in known.teams)]


def _phone(said: Said, known: Known) -> list[Change]:
    if not said.phone or known.phone_key in said.phones or (said.is_landline and known.phone):
        return []
    return [Change(Fact.PHONE, known.phone, said.phone)]


def _homes(said: Said, known: Known) -> list[Change]:
    """Another home is a move, unless the person is tied to that door already (somebody with two homes)."""
    found = []
    if said.home and said.home != known.home and said.home not in known.doors:
        found.append(Change(Fact.HOME, known.home, said.home))
    tied = {known.home, *known.doors}
    return found + [Change(Fact.DOOR, "", door) for door in said.doors if door not in tied]


def _birth(said: Said, known: Known) -> list[Change]:
    if said.birth_year is None or said.birth_year == known.birth_year:
        return []
    if known.birth_year and not said.is_exact_year and abs(said.birth_year - known.birth_year) <= _AGE_IS_OUT_BY:
        return []
    return [Change(Fact.BIRTH, str(known.birth_year or ""), str(said.birth_year))]
