"""The sheet that lists the grids and their officers. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from engage.roster.rules.cells import Cells, Line
from engage.roster.rules.dwellings import grid_key, grid_label
from engage.roster.rules.findings import Finding
from engage.roster.rules.names import name_of
from engage.roster.rules.phones import phone_of
from engage.roster.rules.rows import Row, rows_of
from engage.roster.rules.sheets import Plan
from engage.roster.rules.values import is_blank, text_of
from engage.roster.rules.vocabulary import Field


@dataclass(frozen=True, slots=True)
class Grid:
    """A grid the workbook names: its key, its name for people, its officer if a list says so."""

    key: str
    label: str
    officer: str | None = None
    phone: str | None = None


def read_grids(plan: Plan) -> tuple[list[Grid], list[Finding]]:
    """Return the grids of a sheet in their order, and what is wrong with their officers' cells."""
    cells = Cells.of(plan)
    named = Field.GRID_OFFICER if Field.GRID_OFFICER in cells.columns else Field.NAME
    grids: dict[str, Grid] = {}
    findings: list[Finding] = []
    for row in rows_of(plan):
        if not isinstance(row, Row) or is_blank(cells.raw(row, Field.GRID)):
            continue
        line = Line(plan.sheet.name, row.number, row.cells)
        text = text_of(cells.raw(row, Field.GRID))
        key = grid_key(text)
        officer = cells.attempt(line, row, named, name_of)
        phone = cells.attempt(line, row, Field.PHONE, phone_of) if officer else None
        findings.extend(line.findings)
        label = grid_label(key) if text.isdigit() else text
        if key not in grids:
            grids[key] = Grid(key, label, officer, phone.digits if phone else None)
    return list(grids.values()), findings
