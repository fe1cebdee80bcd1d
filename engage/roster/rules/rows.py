"""Which rows of a sheet are people, and which are totals, repeated headings and footers. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from engage.roster.rules.findings import Unreadable
from engage.roster.rules.headings import Headings, find_headings
from engage.roster.rules.names import name_of
from engage.roster.rules.sheets import PLACE, Plan, RawSheet, Role
from engage.roster.rules.values import ID_MARK, NO_RESULT, Cell, is_blank, looks_like_an_id_number, text_of
from engage.roster.rules.vocabulary import Field

_TOTAL: Final = re.compile(
    r"(.{0,8}[栋幢楼座元格页组队区]\s*)?(合|总|小|共|累)\s*计(数|人数|户数)?[::]?\s*(\d+(人|户|名)?)?|总数|总人数|(grand|sub)?\s*totals?:?|sum:?",
    re.IGNORECASE,
)
_FOOT: Final = re.compile(
    r"(制表|填表|填报|审核|负责人|经办|联系人|说明|注|备注|盖章|日期|单位|社区|打印|第?\s*\d+\s*页|note)(人|单位|时间|日期|说明|盖章|\(盖章\))?\s*([::].*)?|第?\s*\d+\s*页.*",
    re.IGNORECASE,
)


_EXAMPLE: Final = re.compile(
    r"[(]?(填写)?(示例|样例|范例|例子|例如|举例|例|example|sample|e\.g\.)(\d|行)?[)]?[::]?", re.IGNORECASE
)
_EXAMPLE_NAME: Final = re.compile(
    r"[(]?(示例|样例|范例|例如|例)[)]?\s*[::].+|.+[(](示例|样例|范例|例)[)]", re.IGNORECASE
)
_NUMBER_OF_GROUP: Final = r"(?:[(]?[一二三四五六七八九十\d]{1,3}[)]?[、.:]\s*)?"
_GROUP: Final = re.compile(
    rf"{_NUMBER_OF_GROUP}[^,。]{{0,12}}?(?:\d+|[一二三四五六七八九十]+|[A-Za-z])(?:号楼|号?网格|栋|幢|座|单元|组|片区|小区)(?:住户|居民|业主|人员|名单|一览表?|花名册|登记表){{0,3}}(?:\s*[(].{{0,30}}[)]|[::].{{0,30}})?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Row:
    """A row that may be a person: its number in the sheet (from 1) and its cells as typed, `filled` from merged cells."""

    number: int
    cells: Sequence[Cell]
    filled: Mapping[int, Cell]

    def at(self, column: int | None) -> Cell:
        """Return a cell, with what a merged cell above it says."""
        if column is None:
            return None
        if column in self.filled:
            return self.filled[column]
        return self.cells[column] if column < len(self.cells) else None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that is no person: `total`, `heading` (repeated on a printed page), `group`, `example` or `footer`.

    `said` is what a group heading says about the rows below it: 3号楼, 第二网格.
    """

    number: int
    why: str
    said: str = ""


def rows_of(plan: Plan) -> Iterator[Row | Skipped]:
    """Yield the rows below the headings: people to be read, and what was skipped and why. Blank rows are left out."""
    headings = plan.headings
    filled = _filled_from_merged(plan)
    across = {top for top, left, _bottom, right in plan.sheet.merged if right > left + 1}
    sequence = headings.column(Field.SEQUENCE)
    for index in range(headings.last + 1, len(plan.sheet.rows)):
        cells = plan.sheet.rows[index]
        texts = [text_of(cell) for cell in cells if cell is not None]
        if all(is_blank(cell) or cell == NO_RESULT for column, cell in enumerate(cells) if column != sequence):
            if _is_total(texts):
                yield Skipped(index + 1, "total")
        elif why := _no_person(plan, cells, texts, is_across=index in across):
            yield Skipped(index + 1, why, texts[0] if why == "group" else "")
        else:
            yield Row(index + 1, cells, filled.get(index, {}))


def _no_person(plan: Plan, cells: Sequence[Cell], texts: Sequence[str], *, is_across: bool) -> str:
    """Return why a row is nobody's, or ``."""
    named = _named(plan, cells)
    if _is_total(texts) and not named:
        return "total"
    if _repeats(plan.headings, cells):
        return "heading"
    if _is_example(plan, cells, texts):
        return "example"
    alone = len(set(texts)) == 1
    if alone and not named and plan.role is not Role.GRIDS and _GROUP.fullmatch(texts[0]):
        return "group"
    stray = alone and (is_across or _is_a_line_of_text(plan, cells, texts[0]))
    return "footer" if stray or (len(texts) <= 3 and not named and _FOOT.fullmatch(texts[0])) else ""


def _is_total(texts: Sequence[str]) -> bool:
    return any(len(text) <= 12 and _TOTAL.fullmatch(text) for text in texts[:4])


def _is_example(plan: Plan, cells: Sequence[Cell], texts: Sequence[str]) -> bool:
    """Tell the row that shows how to fill in a form."""
    column = plan.headings.column(Field.NAME)
    name = text_of(cells[column]) if column is not None and column < len(cells) else ""
    return bool(_EXAMPLE.fullmatch(texts[0]) or _EXAMPLE_NAME.fullmatch(name))


def _is_a_line_of_text(plan: Plan, cells: Sequence[Cell], text: str) -> bool:
    """Tell what stands alone in a row where names stand, or nothing, and is no name."""
    column = next(c for c, cell in enumerate(cells) if text_of(cell))
    fields = plan.headings.fields
    if column < len(fields) and fields[column] not in (Field.NAME, Field.SEQUENCE, Field.NOTE, Field.IGNORED):
        return False
    try:
        return name_of(text) is None
    except Unreadable as refused:
        return refused.template == "name is not a name" and not re.search(r"\d{5}", text)


def _named(plan: Plan, cells: Sequence[Cell]) -> bool:
    column = plan.headings.column(Field.NAME)
    cell = cells[column] if column is not None and column < len(cells) else None
    text = text_of(cell)
    return isinstance(cell, str) and bool(text) and not _TOTAL.fullmatch(text) and not re.search(r"\d|[::]", text)


def _repeats(headings: Headings, cells: Sequence[Cell]) -> bool:
    same = sum(
        1
        for text, cell in zip(headings.printed, cells, strict=False)
        if text and isinstance(cell, str) and " ".join(cell.split()) == text
    )
    return same >= 2 and same >= 0.6 * sum(1 for cell in cells if cell is not None)


def _filled_from_merged(plan: Plan) -> dict[int, dict[int, Cell]]:
    """Return what merged cells say in the rows below their first: only where a door or an area stands."""
    filled: dict[int, dict[int, Cell]] = {}
    columns = {c for c, field in enumerate(plan.headings.fields) if field in (*PLACE, Field.AREA, Field.TENURE)}
    for top, left, bottom, _right in plan.sheet.merged:
        if left in columns and top > plan.headings.last and left < len(plan.sheet.rows[top]):
            for row in range(top + 1, min(bottom, len(plan.sheet.rows) - 1) + 1):
                filled.setdefault(row, {})[left] = plan.sheet.rows[top][left]
    return filled


def without_id_numbers(sheets: Sequence[RawSheet]) -> dict[str, list[list[Cell]]]:
    """Return the rows of every sheet with each id number replaced by a mark: they are never kept (service-points §5.8)."""
    clean: dict[str, list[list[Cell]]] = {}
    for sheet in sheets:
        headings = find_headings(sheet.rows, sheet.merged)
        columns = {c for c, f in enumerate(headings.fields) if f == Field.ID_NUMBER} if headings else set()
        start = headings.last + 1 if headings else 0
        clean[sheet.name] = [
            [
                ID_MARK
                if cell is not None and ((number >= start and column in columns) or looks_like_an_id_number(cell))
                else cell
                for column, cell in enumerate(row)
            ]
            for number, row in enumerate(sheet.rows)
        ]
    return clean
