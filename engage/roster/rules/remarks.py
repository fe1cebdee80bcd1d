"""What is seen of a row before its cells are read: formulas, cells that failed, remarks about somebody gone. Pure."""

from __future__ import annotations

from typing import Final

from engage.roster.rules.cells import Cells, Line
from engage.roster.rules.names import gone
from engage.roster.rules.rows import Row
from engage.roster.rules.sheets import PERSONAL, PLACE
from engage.roster.rules.values import is_an_error, is_blank, looks_like_a_formula, text_of
from engage.roster.rules.vocabulary import Field

_UNREAD: Final = (Field.NAME, Field.IGNORED, Field.NOTE, Field.SEQUENCE, Field.ID_NUMBER, Field.SEX)


def look_over(cells: Cells, line: Line, row: Row) -> None:
    """Say what is odd about a row as a whole."""
    fields = cells.plan.headings.fields
    for column, cell in enumerate(row.cells):
        if looks_like_a_formula(cell) and column != cells.columns.get(Field.NAME):
            cells.say(line, "text that looks like a formula", column)
        elif is_an_error(cell) and column < len(fields) and fields[column] not in _UNREAD:
            cells.say(line, "formula without a result", column, {"value": text_of(cell)})
    for name in (Field.NOTE, Field.TENURE):
        if word := gone(cells.raw(row, name)):
            cells.say(line, "remark says gone", name, {"value": word})
            return


def says_only_a_name(cells: Cells, row: Row) -> bool:
    """Tell whether a row of a sheet with more to say has a name and nothing else: it may be a heading between the rows."""
    said = [name for name in (*PERSONAL, *PLACE, Field.AREA, Field.TENURE) if name in cells.columns]
    others = [name for name in said if name is not Field.NAME]
    return len(others) > 1 and all(is_blank(cells.raw(row, name)) for name in others)
