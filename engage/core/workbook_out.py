"""Workbooks out: .xlsx, every text written as text, so that nothing in it can become a formula (trust.md W12)."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import xlsxwriter

Cell = str | int | float | bool | dt.date | None


@dataclass(frozen=True, slots=True)
class SheetOut:
    """A sheet to write: one heading row, then rows. `widths` are in characters."""

    name: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    widths: Sequence[int] = ()
    marked: frozenset[tuple[int, int]] = field(default_factory=frozenset)


def write(sheets: Sequence[SheetOut], *, watermark: tuple[str, str] | None = None) -> bytes:
    """Return an .xlsx. Every text is written as text, so nothing in it can become a formula.

    `marked` cells (row and column from 0, the heading row not counted) get a red ground. `watermark` is printed at the
    top and the foot of every page and stands in the file's properties.
    """
    target = io.BytesIO()
    book = xlsxwriter.Workbook(
        target,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    bold = book.add_format({"bold": True, "bottom": 1})
    # Text stays text also when somebody types over the cell or saves the sheet as another kind of file.
    text = book.add_format({"num_format": "@", "quote_prefix": True})
    wrong = book.add_format({"num_format": "@", "quote_prefix": True, "bg_color": "#FBE3E6"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    names: set[str] = set()
    for sheet in sheets:
        page = book.add_worksheet(_sheet_name(sheet.name, taken=names))
        page.freeze_panes(1, 0)
        if watermark:
            _mark_pages(page, *watermark)
        for column, heading in enumerate(sheet.headings):
            page.write_string(0, column, heading, bold)
            page.set_column(column, column, sheet.widths[column] if column < len(sheet.widths) else 14)
        for number, row in enumerate(sheet.rows):
            for column, value in enumerate(row):
                style = wrong if (number, column) in sheet.marked else text
                _write_cell(page, number + 1, column, value, style=style, day=day)
    if watermark:
        book.set_properties({"title": watermark[0], "comments": watermark[1]})
    book.close()
    return target.getvalue()


def _mark_pages(page: Any, top: str, foot: str) -> None:
    """Print who took this out and what for on every page; an ampersand would begin a command there."""
    page.set_header("&C" + top.replace("&", "&&")[:240])
    page.set_footer("&L" + foot.replace("&", "&&")[:230] + "&R&P/&N")
    page.set_landscape()
    page.set_paper(9)  # A4
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def _sheet_name(name: str, *, taken: set[str]) -> str:
    """Return a name a spreadsheet takes: a .csv may be called 名单[1], a sheet may not, and no two are the same."""
    plain = re.sub(r"[\[\]:*?/\\]", " ", name).strip(" '")[:31] or "Sheet"
    ways = (plain, *(f"{plain[:27]} {number}" for number in range(2, 1000)))
    free = next(way for way in ways if way.casefold() not in taken)
    taken.add(free.casefold())
    return free


def _write_cell(page: Any, row: int, column: int, value: Cell, *, style: Any, day: Any) -> None:
    if value is None:
        page.write_blank(row, column, None, style)
    elif isinstance(value, bool):
        page.write_boolean(row, column, value)
    elif isinstance(value, dt.date):
        page.write_datetime(row, column, dt.datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
    elif isinstance(value, int | float) and abs(value) < 1e9:
        page.write_number(row, column, value)
    else:  # text, and long numbers: a phone must not come back as 1.38E+10
        page.write_string(row, column, str(value), style)
