"""Several tables on one sheet are read as several sheets. Pure.

To save paper people print two or three columns of residents beside each other, write the head of a household and the
spouse into one row, or put one table below another with its columns in another order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from engage.roster.rules.headings import Headings, find_headings
from engage.roster.rules.sheets import RawSheet
from engage.roster.rules.values import Cell, is_blank
from engage.roster.rules.vocabulary import Field, guess

MOST_TABLES: Final = 30
MOST_BESIDE: Final = 12
_SAYS_NAME: Final = re.compile(r"姓\s*名|名\s*字|name", re.IGNORECASE)
_OF_ONE_HOUSEHOLD: Final = re.compile(r"(户主|业主|产权人|共有人|配偶|妻子|丈夫|子女|家人|同住人|(家庭)?成员).{0,2}")
Rows = list[list[Cell]]


def split_tables(sheet: RawSheet) -> list[tuple[str, Rows]]:
    """Return the tables of a sheet with their names, each with its cells where they stood; mostly one, as it was."""
    found: list[tuple[str, Rows]] = []
    for first, rows in _below_each_other([list(row) for row in sheet.rows], sheet.merged):
        name = sheet.name if first == 0 else f"{sheet.name}·第{first + 1}行起"
        for number, table in enumerate(_beside_each_other(rows, sheet.merged), start=1):
            found.append((name if number == 1 else f"{name}·右{number - 1}", table))
    return found


def _below_each_other(rows: Rows, merged: Sequence[tuple[int, int, int, int]]) -> list[tuple[int, Rows]]:
    headings = find_headings(rows, merged)
    if headings is None or Field.NAME not in headings.fields:
        return [(0, rows)]
    starts = [0]
    for number in range(headings.last + 1, len(rows)):
        if len(starts) == MOST_TABLES:
            break
        again = _other_headings(rows[number], headings)
        if again is None:
            continue
        title = number - 1 > headings.last and len({str(cell) for cell in rows[number - 1] if not is_blank(cell)}) == 1
        starts.append(number - 1 if title else number)
        headings = again
    return [
        (start, [[] for _ in range(start)] + rows[start:end])
        for start, end in zip(starts, [*starts[1:], len(rows)], strict=True)
    ]


def _other_headings(row: Sequence[Cell], headings: Headings) -> Headings | None:
    """Return the headings in a row, when they put the columns in another order than those above."""
    texts = [cell for cell in row if isinstance(cell, str)]
    if not any(len(text) <= 12 and _SAYS_NAME.search(text) for text in texts):
        return None
    again = find_headings([row])
    if again is None or not _SAYS_NAME.search(again.heading(again.column(Field.NAME))):
        return None
    known = set(again.fields) - {Field.IGNORED, Field.TEAM_TICK, Field.SEQUENCE}
    moved = [name for name in known if again.column(name) != headings.column(name)]
    return again if moved and len(known) >= 2 and len(known) >= 0.5 * len(texts) else None


def _beside_each_other(rows: Rows, merged: Sequence[tuple[int, int, int, int]]) -> list[Rows]:
    headings = find_headings(rows, merged)
    blocks = _blocks(headings) if headings else []
    if headings is None or len(blocks) < 2:
        return [rows]
    return [
        [
            row
            if number < headings.first or _is_group(row)
            else _only(row, block, blocks, heading=number <= headings.last)
            for number, row in enumerate(rows)
        ]
        for block in blocks
    ]


def _blocks(headings: Headings) -> list[range]:
    """Return the columns of each table, when the same headings stand there twice or more."""
    printed = headings.printed
    names = [c for c, text in enumerate(printed) if (found := guess(text)) and found[0] is Field.NAME]
    names = [c for c in names if printed[c] == printed[names[0]]] if names else []
    if not 2 <= len(names) <= MOST_BESIDE or not _may_stand_together([headings.above[c] for c in names]):
        return []
    width = names[1] - names[0]
    if width < 2 or any(right - left != width for left, right in pairwise(names)):
        return []
    for start in range(max(0, names[0] - width + 1), names[0] + 1):
        blocks = [range(start + width * n, start + width * (n + 1)) for n in range(len(names))]
        if all(_headed(printed, block) == _headed(printed, blocks[0]) for block in blocks):
            return blocks
    return []


def _headed(printed: Sequence[str], block: range) -> list[str]:
    return [printed[column] if column < len(printed) else "" for column in block]


def _may_stand_together(above: Sequence[str]) -> bool:
    return len(set(above)) == 1 or all(_OF_ONE_HOUSEHOLD.fullmatch(text) for text in above)


def _is_group(row: Sequence[Cell]) -> bool:
    """Tell a line like 3号楼 between the people: it speaks for all tables beside each other."""
    texts = {str(cell) for cell in row if not is_blank(cell)}
    return len(texts) == 1 and bool(re.search(r"[楼栋幢]|单元|网格", min(texts)))


def _only(row: Sequence[Cell], block: range, blocks: Sequence[range], *, heading: bool) -> list[Cell]:
    """Return a row with one table's cells, and what stands outside of all tables: the door of the two who live there."""
    of_others = {column for other in blocks if other != block for column in other}
    cells = [None if column in of_others else cell for column, cell in enumerate(row)]
    nobody = block != blocks[0] and not heading and all(is_blank(cell) for cell in cells[block.start : block.stop])
    return [] if nobody else cells
