"""What a batch holds between upload and confirmation: packed, sealed, and opened again."""

from __future__ import annotations

import datetime as dt
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from engage.core import sealed
from engage.core.workbook import Cell, Sheet
from engage.roster import rules


@dataclass(frozen=True, slots=True)
class Contents:
    """The sheets as uploaded (without id numbers) and the columns chosen by hand."""

    sheets: list[Sheet]
    chosen: dict[str, dict[int, rules.Field]] = field(default_factory=dict)

    def with_columns(self, sheet: str, fields: dict[int, rules.Field]) -> Contents:
        """Return the contents with other columns chosen for one sheet."""
        return replace(self, chosen=self.chosen | {sheet: fields})

    def with_cells(self, sheet: str, row: int, cells: dict[int, str], *, alike: int | None = None) -> Contents:
        """Return the contents with some cells of a row (from 1) typed anew.

        `alike` is one of their columns: every other row with the same in it is typed anew there too.
        """
        changed = [_typed(one, row, cells, alike) if one.name == sheet else one for one in self.sheets]
        return replace(self, sheets=without_id_numbers(changed))


def _typed(sheet: Sheet, row: int, cells: dict[int, str], alike: int | None) -> Sheet:
    if not 1 <= row <= len(sheet.rows):
        return sheet
    if alike is not None and alike in cells and alike < len(sheet.rows[row - 1]):
        said, anew = sheet.rows[row - 1][alike], cells[alike].strip() or None
        rows = [_with(one, alike, anew) if len(one) > alike and one[alike] == said else one for one in sheet.rows]
        sheet = replace(sheet, rows=rows)
    width = max(len(sheet.rows[row - 1]), *(column + 1 for column in cells)) if cells else len(sheet.rows[row - 1])
    changed: list[Cell] = [*sheet.rows[row - 1], *[None] * (width - len(sheet.rows[row - 1]))]
    for column, text in cells.items():
        changed[column] = text.strip() or None
    return replace(sheet, rows=[*sheet.rows[: row - 1], changed, *sheet.rows[row:]])


def _with(row: Sequence[Cell], column: int, cell: Cell) -> list[Cell]:
    return [*row[:column], cell, *row[column + 1 :]]


def tables_of(sheets: Sequence[Sheet]) -> list[Sheet]:
    """Return the sheets with each table a sheet of its own, where several stand on one; row numbers stay."""
    return [replace(sheet, name=name, rows=rows) for sheet in sheets for name, rows in rules.split_tables(sheet)]


def without_id_numbers(sheets: Sequence[Sheet]) -> list[Sheet]:
    """Return the sheets with id numbers thrown away."""
    clean = rules.without_id_numbers(sheets)
    return [replace(sheet, rows=clean[sheet.name]) for sheet in sheets]


def pack(contents: Contents, *, community_id: int, seal_no: str) -> bytes:
    """Return the contents sealed."""
    text = json.dumps(
        {
            "sheets": [
                {
                    "name": sheet.name,
                    "rows": sheet.rows,
                    "merged": sheet.merged,
                    "hidden_columns": sorted(sheet.hidden_columns),
                    "hidden": sheet.hidden,
                    "hidden_rows": sheet.hidden_rows,
                }
                for sheet in contents.sheets
            ],
            "chosen": contents.chosen,
        },
        default=_day,
    )
    packed = zlib.compress(text.encode(), level=1).hex()
    return sealed.seal(packed, place=_place(community_id, seal_no))


def unpack(content: bytes, *, community_id: int, seal_no: str) -> Contents:
    """Return what `pack` sealed."""
    packed = sealed.unseal(content, place=_place(community_id, seal_no))
    found: dict[str, Any] = json.loads(zlib.decompress(bytes.fromhex(packed)))
    sheets = [
        Sheet(
            name=sheet["name"],
            rows=[[_cell(cell) for cell in row] for row in sheet["rows"]],
            merged=tuple((a, b, c, d) for a, b, c, d in sheet["merged"]),
            hidden_columns=frozenset(sheet["hidden_columns"]),
            hidden=sheet["hidden"],
            hidden_rows=sheet.get("hidden_rows", 0),
        )
        for sheet in found["sheets"]
    ]
    chosen = {name: {int(c): rules.Field(f) for c, f in fields.items()} for name, fields in found["chosen"].items()}
    return Contents(sheets, chosen)


def _place(community_id: int, seal_no: str) -> str:
    return f"roster.batch|{community_id}|{seal_no}"


def _day(value: object) -> dict[str, str]:
    if isinstance(value, dt.date):
        return {"d": value.isoformat()}
    raise TypeError(type(value).__name__)


def _cell(value: Any) -> Cell:
    return dt.date.fromisoformat(value["d"]) if isinstance(value, dict) else value
