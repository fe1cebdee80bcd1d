"""Workbooks in and out: .xlsx, .xls and .csv are read as plain rows, .xlsx is written.

Reading happens in a process of its own with limits (`workbook_child.py`), because an upload is
somebody else's file (trust.md W11). Writing is `workbook_out.py`, entered from here.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from engage.core.errors import N_, DomainError
from engage.core.workbook_out import Cell, SheetOut, write

__all__ = ["MAX_UPLOAD", "Cell", "Sheet", "SheetOut", "WorkbookRefused", "read", "write"]

MAX_UPLOAD: Final = 10 * 1024 * 1024
MAX_ROWS: Final = 50_000
MAX_COLUMNS: Final = 200
MAX_CELLS: Final = 1_000_000
_CHILD = Path(__file__).with_name("workbook_child.py")
_SECONDS: Final = 15

_REFUSALS: Final = {
    "too_large": N_("这个文件超过10MB。请只留花名册，另存一份再传。"),
    "empty": N_("这个文件是空的。请换一个文件。"),
    "kind": N_("这不是能读的表格。请另存为.xlsx、.xls或.csv再传。"),
    "broken": N_("这个文件打不开，可能没存完整。请用Excel或WPS打开，另存为.xlsx再传。"),
    "password": N_("这个文件有密码。请去掉密码，另存一份再传。"),
    "macros": N_("这个文件带着宏。请另存为不带宏的.xlsx再传。"),
    "doctype": N_("这个文件里有不该有的声明，没有打开。请用Excel或WPS另存为.xlsx再传。"),
    "bomb": N_("这个文件解开后太大，没有打开。请把花名册复制到新表格里再传。"),
    "too_many_cells": N_("表里用到的格子太多，可能有内容落在很远的行或列。请把花名册复制到新表格里再传。"),
    "too_many_sheets": N_("工作表太多，最多60张。请分几个文件传。"),
    "too_many_rows": N_("行太多，一个文件最多5万行。请分几个文件传。"),
    "encoding": N_("这个文件的文字认不出来。请用Excel或WPS另存为.xlsx再传。"),
}


class WorkbookRefused(DomainError):
    """The file cannot be read; `code` names the reason, the text says what to do."""

    def __init__(self, code: str) -> None:
        super().__init__(_REFUSALS[code])
        self.code = code


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: `rows[0]` is the sheet's row 1, whatever is empty at its top or left is kept.

    `merged` holds (first row, first column, last row, last column), all from 0.
    """

    name: str
    rows: list[list[Cell]]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden_columns: frozenset[int] = field(default_factory=frozenset)
    hidden: bool = False
    #: how many rows with cells nobody sees, left over from a filter
    hidden_rows: int = 0


def read(content: bytes, *, filename: str) -> list[Sheet]:
    """All sheets of a workbook; a .csv is one sheet named after the file.

    Raises WorkbookRefused with plain words for every file that is too large, broken, protected or hostile.
    """
    if not content.strip(b"\0 \r\n\t"):
        raise WorkbookRefused("empty")
    if len(content) > MAX_UPLOAD:
        raise WorkbookRefused("too_large")
    if content[:2] == b"PK" or content[:4] == b"\xd0\xcf\x11\xe0":
        return _read_binary(content)
    if filename.lower().endswith((".xlsx", ".xlsm")) or (b"\0" in content[:512] and filename.lower().endswith(".xls")):
        raise WorkbookRefused("broken")
    return [_read_csv(content, name=Path(filename).stem)]


def _read_binary(content: bytes) -> list[Sheet]:
    try:
        child = subprocess.run(  # noqa: S603 - our own file, no shell, the upload only on standard input
            [sys.executable, "-I", str(_CHILD)],
            input=content,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
        answer: dict[str, Any] = json.loads(child.stdout)
    except (subprocess.TimeoutExpired, json.JSONDecodeError) as error:
        raise WorkbookRefused("bomb") from error
    if "refused" in answer:
        raise WorkbookRefused(answer["refused"])
    return [
        Sheet(
            name=sheet["name"],
            rows=_capped(
                _with_failures([[_cell(v) for v in row[:MAX_COLUMNS]] for row in sheet["rows"]], sheet["failed"])
            ),
            merged=tuple(tuple(area) for area in sheet["merged"]),
            hidden_columns=frozenset(sheet["hidden_columns"]),
            hidden_rows=sheet["hidden_rows"],
            hidden=sheet["hidden"],
        )
        for sheet in answer["sheets"]
    ]


def _cell(value: Any) -> Cell:
    return dt.date.fromisoformat(value["d"]) if isinstance(value, dict) else value


def _with_failures(rows: list[list[Cell]], failed: list[tuple[int, int, str]]) -> list[list[Cell]]:
    """Put #N/A and the like where the reader saw nothing: a formula that failed is not an empty cell."""
    for row, column, text in failed:
        if 0 <= row < len(rows) and 0 <= column < len(rows[row]) and rows[row][column] is None:
            rows[row][column] = text
    return rows


def _capped(rows: list[list[Cell]]) -> list[list[Cell]]:
    if len(rows) > MAX_ROWS:
        raise WorkbookRefused("too_many_rows")
    return rows


def _read_csv(content: bytes, *, name: str) -> Sheet:
    """UTF-8 first (with or without its mark), then what Excel and WPS write in China; UTF-16 by its mark only."""
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise WorkbookRefused("encoding")
    if "\0" in text or _looks_like_a_program(text):
        raise WorkbookRefused("kind")
    rows: list[list[Cell]] = []
    cells = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)):
            rows.append([_typed(value) if value.strip() else None for value in row[:MAX_COLUMNS]])
            cells += len(row)
            if len(rows) > MAX_ROWS:
                raise WorkbookRefused("too_many_rows")
            if cells > MAX_CELLS:
                raise WorkbookRefused("too_many_cells")
    except csv.Error as error:
        raise WorkbookRefused("broken") from error
    return Sheet(name=name, rows=rows)


def _typed(value: str) -> str:
    """Return what a cell holds: ="13800138000" is how programs keep a spreadsheet from rounding a number."""
    kept = re.fullmatch(r'\s*="([^"]*)"\s*', value)
    return kept[1] if kept else value


def _delimiter(text: str) -> str:
    """Return what separates most of the first lines; what stands between quotation marks separates nothing."""
    head = re.sub(r'"[^"]*"', "", text[:8192])
    return max(",;\t|", key=head.count)


def _looks_like_a_program(text: str) -> bool:
    """Tell a page, a script or a document from a table: many programs save a .xls that is a web page."""
    head = text[:512].lstrip().lower()
    return head.startswith(("<", "%pdf", "{\\rtf", "#!"))
