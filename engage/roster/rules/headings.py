"""Find the heading rows of a sheet and guess what each column holds. Pure.

People head their columns in many ways, in one line or in two with merged cells above, below a title
and a line of instructions. What is guessed here can be changed on the mapping page.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from engage.roster.rules.dwellings import split_address
from engage.roster.rules.owners import of_others
from engage.roster.rules.values import Cell, text_of
from engage.roster.rules.vocabulary import TEAM_NAME, Field, guess

SEARCHED_ROWS: Final = 40
DEEPEST: Final = 3


@dataclass(frozen=True, slots=True)
class Headings:
    """Where the headings are (rows from 0, `last` included) and what each column says, as printed."""

    first: int
    last: int
    printed: tuple[str, ...]
    above: tuple[str, ...]
    fields: tuple[Field, ...]

    def heading(self, column: int | None) -> str:
        """Return what is printed over a column, or nothing."""
        return self.printed[column] if column is not None and column < len(self.printed) else ""

    def column(self, wanted: Field) -> int | None:
        """Return the index of the first column with this field."""
        return self.fields.index(wanted) if wanted in self.fields else None


NO_HEADINGS: Final = Headings(0, -1, (), (), ())


def find_headings(rows: Sequence[Sequence[Cell]], merged: Sequence[tuple[int, int, int, int]] = ()) -> Headings | None:
    """Return the block of one to three rows that reads most like headings, or None.

    More recognised columns win; among equals the shorter block, then the earlier.
    """
    best: tuple[tuple[int, int, int], Headings] | None = None
    begin = next((number for number, row in enumerate(rows) if any(cell is not None for cell in row)), 0)
    for last in range(begin, min(len(rows), begin + SEARCHED_ROWS)):
        if not _could_be_headings(rows[last]):
            continue
        for depth in range(1, min(DEEPEST, last + 1) + 1):
            block = _read_block(rows, merged, first=last - depth + 1, last=last)
            known = set(block.fields) - {Field.IGNORED}
            if not _enough(known, block):
                continue
            score = (len(known), -depth, -last)
            if best is None or score > best[0]:
                best = (score, block)
    return best[1] if best else None


def _could_be_headings(row: Sequence[Cell]) -> bool:
    filled = [cell for cell in row if cell is not None]
    words = [cell for cell in filled if isinstance(cell, str) and len(cell) <= 40 and not _is_said_of_one(cell)]
    return len(words) >= 2 and len(words) >= 0.8 * len(filled)


def _is_said_of_one(text: str) -> bool:
    """Tell what stands in a row about a person, never in a heading: a long number, a door."""
    return bool(re.search(r"\d{5}", text)) or (bool(re.search(r"\d{3}", text)) and split_address(text) is not None)


def _enough(known: set[Field], block: Headings) -> bool:
    if Field.NAME in known:
        return len(known) >= 2 or sum(1 for text in block.printed if text) <= 2
    lists_doors = Field.AREA in known and bool(known & {Field.ROOM, Field.ADDRESS})
    return lists_doors or {Field.GRID, Field.GRID_OFFICER} <= known


def _read_block(
    rows: Sequence[Sequence[Cell]], merged: Sequence[tuple[int, int, int, int]], *, first: int, last: int
) -> Headings:
    width = max(len(row) for row in rows[first : last + 1])
    lines = [
        _spread(rows[number], merged, number=number, width=width, parent=number < last)
        for number in range(first, last + 1)
    ]
    printed, above = [], []
    for column in range(width):
        stack = list(dict.fromkeys(line[column] for line in lines if line[column]))
        own = lines[-1][column] or (stack[-1] if stack else "")
        printed.append(own)
        above.append("".join(text for text in stack if text != own))
    return Headings(first, last, tuple(printed), tuple(above), assign(printed, above))


def _spread(
    row: Sequence[Cell], merged: Sequence[tuple[int, int, int, int]], *, number: int, width: int, parent: bool
) -> list[str]:
    texts = ["" if cell is None else " ".join(str(cell).split()) for cell in row] + [""] * (width - len(row))
    spans = [(left, right) for top, left, bottom, right in merged if top <= number <= bottom and right > left]
    for left, right in spans:
        if texts[left]:
            texts[left : min(right, width - 1) + 1] = [texts[left]] * (min(right, width - 1) - left + 1)
    if parent and not merged:  # a .csv has lost its merged cells: a blank beside a group heading belongs to it
        for column in range(1, width):
            if not texts[column] and guess(texts[column - 1]) is None:
                texts[column] = texts[column - 1]
    return texts


def assign(printed: Sequence[str], above: Sequence[str]) -> tuple[Field, ...]:
    """Give every column a field; where two columns want the same one, the surer and then the left one gets it."""
    guesses = [guess(own, over) for own, over in zip(printed, above, strict=True)]
    by_sureness = sorted(range(len(printed)), key=lambda c: (-(guesses[c][1] if guesses[c] else 0), c))  # type: ignore[index]
    others = of_others(printed, [found[0] if found else None for found in guesses], by_sureness)
    fields = [Field.IGNORED] * len(printed)
    taken: set[Field] = set()
    for column in by_sureness:
        found = guesses[column]
        if found is None:
            if TEAM_NAME.fullmatch(text_of(printed[column]).lower()):
                fields[column] = Field.TEAM_TICK
            continue
        wanted = Field.IGNORED if column in others else _second(found[0], taken)
        if wanted in (Field.IGNORED, Field.ID_NUMBER, Field.SEQUENCE) or wanted not in taken:
            fields[column] = wanted
            taken.add(wanted)
    if not {Field.BUILDING, Field.ENTRANCE} & taken or Field.ADDRESS in taken:
        return tuple(Field.IGNORED if _is_household_number(printed[c], f) else f for c, f in enumerate(fields))
    return tuple(fields)


def _second(wanted: Field, taken: Collection[Field]) -> Field:
    """Return what a column is when another one was surer of the same."""
    if wanted is Field.PHONE and Field.PHONE in taken and Field.PHONE_OTHER not in taken:
        return Field.PHONE_OTHER
    if wanted is Field.BIRTH and Field.BIRTH in taken and Field.BIRTH_MONTH in taken:
        return Field.BIRTH_DAY  # 出生年, 出生月, 出生日
    return wanted


def _is_household_number(printed: str, what: Field) -> bool:
    """Tell 户号, which counts households and is no door, unless building and entrance stand beside it."""
    return what is Field.ROOM and bool(
        re.fullmatch(r"户(编号|号|码)|household(no|number|id)?", re.sub(r"\W", "", printed.lower()))
    )


def likely_headings(rows: Sequence[Sequence[Cell]]) -> Headings:
    """Return the first row that could be headings, for somebody to say what its columns are; perhaps none."""
    for number, row in enumerate(rows[:SEARCHED_ROWS]):
        if _could_be_headings(row):
            block = _read_block(rows, (), first=number, last=number)
            return Headings(number, number, block.printed, block.above, block.fields)
    width = max((len(row) for row in rows), default=0)
    return Headings(-1, -1, ("",) * width, ("",) * width, (Field.IGNORED,) * width)
