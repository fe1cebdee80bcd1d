"""Which sheets hold people, which list the grids, and which of their rows are rows of people. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Protocol

from engage.roster.rules.headings import NO_HEADINGS, Headings, find_headings, likely_headings
from engage.roster.rules.values import Cell, text_of
from engage.roster.rules.vocabulary import Field

PLACE: Final = (Field.GRID, Field.ESTATE, Field.BUILDING, Field.ENTRANCE, Field.ROOM, Field.ADDRESS)
PERSONAL: Final = (
    Field.NAME,
    Field.PHONE,
    Field.PHONE_OTHER,
    Field.SEX,
    Field.BIRTH,
    Field.AGE,
    Field.RELATION,
    Field.VOLUNTEER,
    Field.TEAM,
)
_GRID_SAID: Final = re.compile(r"(第?(?:\d+|[一二三四五六七八九十]+)号?网格|网格\d+|grid \d+)", re.IGNORECASE)
_BUILDING_SAID: Final = re.compile(
    r"(?<![\d一二三四五六七八九十])((?:\d+|[一二三四五六七八九十]+|[A-Za-z])(?:号楼|栋|幢|座|#)|(?:building|block|bldg) \w+)",
    re.IGNORECASE,
)
_SEVERAL_SAID: Final = re.compile(  # 一、3号楼 is the first, 3号楼
    r"\d(?:号楼|栋|幢|座|#)?\s*[-~—–至到、,/和及]\s*\d+(?:号楼|栋|幢|座|#)"
    r"|[一二三四五六七八九十](?:号楼|栋|幢|座)?\s*[-~—–至到、,/和及]\s*[一二三四五六七八九十]+(?:号楼|栋|幢|座)"
)
_ENTRANCE_SAID: Final = re.compile(
    r"(?<![\d一二三四五六七八九十~—–至到、,/和及-])(\d{1,2}|[一二三四五六七八九十]+)单元"
)
_EXAMPLE_SHEET: Final = re.compile(
    r"(填写|填表|填报|操作|使用)?(说明|须知|示例|样例|范例|样表|例子|模板说明|example|sample|instructions?)",
    re.IGNORECASE,
)


class RawSheet(Protocol):
    """What is asked of a sheet; `engage.core.workbook.Sheet` is one."""

    @property
    def name(self) -> str:
        """The sheet's name."""

    @property
    def rows(self) -> Sequence[Sequence[Cell]]:
        """Its rows; the first is row 1."""

    @property
    def merged(self) -> Sequence[tuple[int, int, int, int]]:
        """Merged areas: first row, first column, last row, last column, from 0."""

    @property
    def hidden_columns(self) -> frozenset[int]:
        """Columns nobody sees, from 0."""

    @property
    def hidden(self) -> bool:
        """Whether the whole sheet is hidden."""

    @property
    def hidden_rows(self) -> int:
        """How many rows nobody sees."""


class Role(StrEnum):
    """What a sheet is for."""

    PEOPLE = "people"
    GRIDS = "grids"
    DOORS = "doors"
    EMPTY = "empty"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Plan:
    """A sheet, what it is for, and where its headings are.

    `grid` and `building` are what the sheet's name or title says where no column does.
    """

    sheet: RawSheet
    role: Role
    headings: Headings = NO_HEADINGS
    grid: str = ""
    building: str = ""
    entrance: str = ""
    all_volunteers: bool = False


Chosen = Mapping[str, Mapping[int, Field]]
"""Sheet name -> column -> what the person importing said it holds."""


def plan_sheets(sheets: Sequence[RawSheet], chosen: Chosen | None = None) -> list[Plan]:
    """Find out what each sheet is for. `chosen` overrides the guessed columns."""
    plans = [_plan(sheet, (chosen or {}).get(sheet.name, {})) for sheet in sheets]
    examples = [
        plan for plan in plans if plan.role is Role.PEOPLE and _EXAMPLE_SHEET.fullmatch(text_of(plan.sheet.name))
    ]
    if len(examples) == sum(1 for plan in plans if plan.role is Role.PEOPLE):
        return plans
    return [
        replace(plan, role=Role.OTHER) if plan in examples and plan.sheet.name not in (chosen or {}) else plan
        for plan in plans
    ]


def _plan(sheet: RawSheet, chosen: Mapping[int, Field]) -> Plan:
    if sum(1 for row in sheet.rows for cell in row if cell is not None) <= 1:
        return Plan(sheet, Role.EMPTY)
    headings = find_headings(sheet.rows, sheet.merged) or likely_headings(sheet.rows)
    if chosen:
        fields = tuple(chosen.get(column, field) for column, field in enumerate(headings.fields))
        headings = replace(headings, fields=fields)
    titles = [text_of(cell) for row in sheet.rows[: max(headings.first, 0)] for cell in row if cell is not None]
    said = [text_of(sheet.name), *titles]
    if not chosen and _lists_grids(headings.fields, " ".join(said)) and _names_each_grid_once(sheet, headings):
        return Plan(sheet, Role.GRIDS, headings)
    if not sheet.hidden and _lists_doors(headings.fields):
        return Plan(sheet, Role.DOORS, headings)
    if Field.NAME not in headings.fields or (sheet.hidden and not chosen):
        return Plan(sheet, Role.OTHER, headings)
    no_grid = Field.GRID not in headings.fields
    no_building = Field.BUILDING not in headings.fields
    return Plan(
        sheet,
        Role.PEOPLE,
        headings,
        grid=_first_match(_GRID_SAID, said) if no_grid else "",
        building=(_building_said(said) or "") if no_building else "",
        entrance=_first_match(_ENTRANCE_SAID, said) if Field.ENTRANCE not in headings.fields else "",
        all_volunteers=Field.VOLUNTEER not in headings.fields and _is_list_of_volunteers(" ".join(said)),
    )


def under_heading(plan: Plan, said: str) -> Plan:
    """Return the plan for the rows below a group heading: what it says counts where no column says it.

    3号楼 begins anew, 2单元 below it stays in the building.
    """
    grid = _first_match(_GRID_SAID, [said]) if Field.GRID not in plan.headings.fields else ""
    building = _building_said([said]) if Field.BUILDING not in plan.headings.fields else None
    entrance = _first_match(_ENTRANCE_SAID, [said]) if Field.ENTRANCE not in plan.headings.fields else ""
    return replace(
        plan,
        grid=grid or plan.grid,
        building=plan.building if building is None else building,
        entrance=entrance if entrance or building is not None else plan.entrance,
    )


def _building_said(said: Sequence[str]) -> str | None:
    """Return the one building a name or a title speaks of, or None; of several (1-3栋) nobody can say which: ``."""
    for text in said:
        if _SEVERAL_SAID.search(text):
            return ""
        if match := _BUILDING_SAID.search(text):
            return match[1]
    return None


def _lists_grids(fields: Sequence[Field], said: str) -> bool:
    if Field.GRID not in fields or {Field.BIRTH, Field.ROOM, Field.ADDRESS, Field.SEX} & set(fields):
        return False
    if Field.NAME not in fields:
        return Field.GRID_OFFICER in fields
    return bool(re.search(r"网格(员|长|表|名单|一览|划分|设置)|grid (officer|list)|^grids?$", said, re.IGNORECASE))


def _names_each_grid_once(sheet: RawSheet, headings: Headings) -> bool:
    """Tell a list of grids from a list of those who live in one: 网格名单 may be either."""
    column = headings.column(Field.GRID)
    below = sheet.rows[headings.last + 1 :]
    named = [
        text_of(row[column]) for row in below if column is not None and column < len(row) and row[column] is not None
    ]
    return Field.GRID_OFFICER in headings.fields or len(named) <= 1.5 * len(set(named))


def _lists_doors(fields: Sequence[Field]) -> bool:
    """Tell whether a sheet lists homes and their areas, and nobody who lives there."""
    return Field.NAME not in fields and Field.AREA in fields and bool({Field.ROOM, Field.ADDRESS} & set(fields))


def _is_list_of_volunteers(said: str) -> bool:
    if not re.search(r"志愿者|义工|volunteer", said, re.IGNORECASE):
        return False
    return not re.search(r"居民|住户|花名册|填|resident|roster", said, re.IGNORECASE)


def _first_match(pattern: re.Pattern[str], texts: Sequence[str]) -> str:
    return next((match[1] for text in texts if (match := pattern.search(text))), "")
