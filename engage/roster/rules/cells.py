"""A row being read: its person, its findings, and reading one of its cells by the column's field. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from engage.roster.rules.days import Birth
from engage.roster.rules.dwellings import Dwelling
from engage.roster.rules.findings import Finding, Unreadable
from engage.roster.rules.rows import Row
from engage.roster.rules.sheets import Plan
from engage.roster.rules.values import ID_MARK, Cell, is_an_error, looks_like_a_formula
from engage.roster.rules.vocabulary import Field

T = TypeVar("T")
LONGEST_TEXT: Final = 60


@dataclass(frozen=True, slots=True)
class Person:
    """A person as a roster tells it. `grid` is a key of `dwellings.grid_key`; nothing here is an id number."""

    sheet: str
    row: int
    name: str
    phone: str | None = None
    landline: str | None = None
    sex: str | None = None
    birth: Birth | None = None
    grid: str = ""
    dwelling: Dwelling | None = None
    head: bool = False
    tenure: str | None = None
    volunteer: bool = False
    teams: tuple[str, ...] = ()
    neighbour_lead: bool = False
    grid_officer: bool = False
    #: the number on the member card, where the list came out of this house
    member_no: int | None = None
    #: further doors of the same person (somebody who owns two homes)
    other_doors: tuple[Dwelling, ...] = ()


@dataclass(slots=True)
class Line:
    """A row as read: the person (None when an error holds the row back), the findings, the door it names."""

    sheet: str
    row: int
    cells: Sequence[Cell]
    person: Person | None = None
    findings: list[Finding] = field(default_factory=list)
    dwelling: Dwelling | None = None
    area: int | None = None
    vacant: bool = False
    repeats: int | None = None

    @property
    def held_back(self) -> bool:
        """Say whether some finding is an error, so that nothing of this row is imported."""
        return any(finding.severity == "error" for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Cells:
    """The columns of one sheet by field; says what is wrong with a cell in the place where it stands."""

    plan: Plan
    columns: dict[Field, int]

    @classmethod
    def of(cls, plan: Plan) -> Cells:
        """Index the columns of a sheet once."""
        fields = plan.headings.fields
        return cls(plan, {name: fields.index(name) for name in Field if name in fields})

    def say(self, line: Line, template: str, what: Field | int | None, facts: dict[str, object] | None = None) -> None:
        """Add a finding about the column of a field, or about a column by number."""
        column = self.columns.get(what) if isinstance(what, Field) else what
        line.findings.append(
            Finding(line.sheet, line.row, template, self.plan.headings.heading(column), column, facts or {})
        )

    def raw(self, row: Row, name: Field) -> Cell:
        """Return the cell as it stands."""
        return row.at(self.columns.get(name))

    def cell(self, row: Row, name: Field) -> Cell:
        """Return the cell, or None where it holds something like a formula, or what is left of one that failed."""
        cell = self.raw(row, name)
        return None if looks_like_a_formula(cell) or is_an_error(cell) else cell

    def attempt(self, line: Line, row: Row, name: Field, read: Callable[[Cell], T | None]) -> T | None:
        """Read a cell; what cannot be understood becomes a finding and None."""
        cell = self.cell(row, name)
        if cell == ID_MARK:
            self.say(line, "id number in this column", name)
            return None
        if isinstance(cell, str) and len(cell) > LONGEST_TEXT:
            self.say(line, "text too long", name, {"length": len(cell), "most": LONGEST_TEXT})
            return None
        try:
            return read(cell)
        except Unreadable as trouble:
            self.say(line, trouble.template, name, trouble.facts)
            return None
