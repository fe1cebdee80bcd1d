"""The rows held back as a workbook: to be put right and uploaded again, saying everything that was known about them.

What a title, a heading between the rows, a merged cell or a choice on the page said is written into the row itself:
none of that is there any more when the rows stand alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flask_babel import gettext

from engage.core.workbook import Cell, SheetOut
from engage.roster import rules
from engage.roster.comparison import Comparison, State
from engage.roster.preview import cell_text, words
from engage.roster.rules import LABELS, Field

_ADDED: Final = (Field.GRID, Field.BUILDING, Field.ENTRANCE, Field.VOLUNTEER)


def rows_to_fix(comparison: Comparison) -> list[SheetOut]:
    """Return the rows held back as sheets: own headings, why, and what to do."""
    sheets = []
    for plan in comparison.reading.plans:
        lines = [
            line
            for line in comparison.reading.lines
            if line.sheet == plan.sheet.name and comparison.state_of(line) is State.FIX
        ]
        if lines:
            sheets.append(_sheet(plan, lines, comparison))
    return sheets


def _sheet(plan: rules.Plan, lines: Sequence[rules.Line], comparison: Comparison) -> SheetOut:
    known = [_known(line, plan, comparison) for line in lines]
    fields = plan.headings.fields
    added = [name for name in _ADDED if name not in fields and any(name in one for one in known)]
    rows: list[list[Cell]] = []
    marked = set()
    for number, (line, said) in enumerate(zip(lines, known, strict=True)):
        wrong = [finding for finding in line.findings if finding.severity == "error"]
        cells = [
            said.get(name) or (line.cells[column] if column < len(line.cells) else None)
            for column, name in enumerate(fields)
        ]
        texts = [str(cell) if isinstance(cell, int | float) else cell for cell in cells]
        reasons = " ".join(words(finding) for finding in wrong)
        rows.append([*texts, *(said.get(name) for name in added), reasons, line.row])
        marked |= {(number, finding.column) for finding in wrong if finding.column is not None}
    headings = [*_headings(plan), *(LABELS[name] for name in added), gettext("要改什么"), gettext("原来的行号")]
    widths = [*[14] * (len(fields) + len(added)), 60, 10]
    return SheetOut(plan.sheet.name, headings, rows, widths, frozenset(marked))


def _headings(plan: rules.Plan) -> list[str]:
    """Return the headings as printed; where they would be read otherwise without the line above, the plain ones."""
    printed, fields = plan.headings.printed, plan.headings.fields
    alone = rules.assign(printed, [""] * len(printed))
    said = []
    for text, meant, read in zip(printed, fields, alone, strict=True):
        if meant is read or (meant is Field.TEAM_TICK and text):
            said.append(text)
        else:
            said.append(f"不导入：{text}" if meant is Field.IGNORED else LABELS[meant])
    return said


def _known(line: rules.Line, plan: rules.Plan, comparison: Comparison) -> dict[Field, str]:
    """Return what is to stand in the row's cells instead of what stands there: only where that says less."""
    known: dict[Field, str] = {Field.VOLUNTEER: "是"} if plan.all_volunteers else {}
    door = line.dwelling
    if door is None:
        return known
    typed = {name: cell_text(line.cells, plan.headings.column(name)) for name in Field}
    grid = comparison.reading.grids.get(door.grid)
    if grid and not typed[Field.GRID]:
        known[Field.GRID] = grid.label
    parts = (door.building, door.entrance, door.room)
    if Field.ADDRESS in plan.headings.fields:
        return known if rules.split_address(typed[Field.ADDRESS]) == parts else known | _address(door, plan)
    if rules.building_key(typed[Field.BUILDING]) != door.building:
        known[Field.BUILDING] = rules.building_label(door.building)
    if rules.entrance_key(typed[Field.ENTRANCE]) != door.entrance:
        known[Field.ENTRANCE] = door.entrance
    if rules.room_key(typed[Field.ROOM]) != door.room:
        known[Field.ROOM] = door.room
    return {name: text for name, text in known.items() if text}


def _address(door: rules.Dwelling, plan: rules.Plan) -> dict[Field, str]:
    """Return the whole door in the column of addresses, and the same in those of its parts."""
    parts = {
        Field.BUILDING: rules.building_label(door.building),
        Field.ENTRANCE: door.entrance,
        Field.ROOM: door.room,
    }
    there = {name: text for name, text in parts.items() if text and name in plan.headings.fields}
    return there | ({Field.ADDRESS: rules.door_label(door)} if door.building else {})
