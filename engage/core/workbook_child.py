"""Open one untrusted workbook in a process of its own and print its cells as JSON.

Run as a file, never imported: `python -I workbook_child.py NAME < upload`. Standard library and python-calamine only, so
that it starts in some tens of milliseconds and has nothing of the application in it. A file that tries to fill the memory
takes this process down, not the server (trust.md W11: five seconds, 300 MiB, a named refusal).
"""

from __future__ import annotations

import datetime as dt
import functools
import html
import io
import json
import math
import re
import resource
import struct
import sys
import zipfile
import zlib
from contextlib import suppress
from typing import Any, NoReturn

import python_calamine

MEBI = 1 << 20
MAX_UNPACKED = 96 * MEBI
MAX_RATIO = 120  # real workbooks reach 15 to 40; text repeated in every cell about 60
MAX_PARTS, MAX_SHEETS = 400, 60
MAX_ROWS, MAX_CELLS = 50_000, 1_000_000
MAX_AREA = 2_000_000  # the reader fills the whole rectangle between the first and the last cell
MAX_CHARACTERS = 24 * MEBI  # of all cells together: one long text may stand in every cell
MAX_MERGED_ROWS = 500_000  # the rows of all merged areas together
MAX_HIDDEN, MAX_FAILED = 2_000, 20_000
MEMORY = 296 * MEBI  # of addresses, so that what is really used stays below 300
TAG = re.compile(rb"<(?:\w+:)?(row|c)\b([^>]*)>")
FORMULA = rb"<f\b[^<>]*(?:/>|>[^<]*</f>)"
FAILED = re.compile(rb"""<c\b([^<>]*\bt=["']e["'][^<>]*)>\s*(?:%b)?\s*<v>([^<"']{2,15})</v>""" % FORMULA)
UNSOLVED = re.compile(rb"<c\b((?:(?!\bt=)[^<>])*)>\s*%b\s*(?:<v\s*/>|<v></v>)?\s*</c>" % FORMULA)
HIDDEN_ROW = re.compile(rb"""<row\b[^<>]*\bhidden=["'](?:1|true)["'][^<>]*(?<!/)>""")
NOTHING: dict[str, Any] = {"failed": [], "hidden_rows": 0, "hidden_columns": []}
REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,4})(\d{1,9})["']""")


def refuse(code: str) -> NoReturn:
    """Print the code of the refusal (words are chosen by the parent) and stop."""
    sys.stdout.write(json.dumps({"refused": code}))
    sys.exit(0)


def limit_this_process() -> None:
    """Memory and processor time; where the system does not know a limit it is left out."""
    for kind, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, 5)):
        with suppress(ValueError, OSError):  # macOS has no working RLIMIT_AS; the checks below still hold
            resource.setrlimit(kind, (most, most))


def part_bytes(raw: bytes, info: zipfile.ZipInfo, room: int) -> bytes:
    """One part, unpacked here with a cap: the sizes a zip declares may lie."""
    at = info.header_offset
    if raw[at : at + 4] != b"PK\x03\x04" or info.compress_type not in (0, 8):
        refuse("broken")
    name_length, extra_length = struct.unpack("<HH", raw[at + 26 : at + 30])
    begin = at + 30 + name_length + extra_length
    packed = raw[begin : begin + info.compress_size]
    if len(packed) != info.compress_size:
        refuse("broken")
    if info.compress_type == 0:
        return packed
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    content = unpacker.decompress(packed, room + 1)
    if len(content) > room or unpacker.unconsumed_tail:
        refuse("bomb")
    if len(content) != info.file_size:
        refuse("broken")
    return content


def check_sheet(xml: bytes, cells_before: int) -> int:
    """Count the filled cells of a sheet and measure how far they reach, before anything builds the rectangle."""
    row = column = cells = rows = last_row = last_column = 0
    for tag in TAG.finditer(xml):
        said = REFERENCE.search(tag[2])
        if tag[1] == b"row":
            row, column = int(said[2]) if said and not said[1] else row + 1, 0
            rows += 1
            continue
        column = column_of(said[1]) if said and said[1] else column + 1
        if tag[2].endswith(b"/"):
            continue  # only formatted: whole columns are often painted to the last row
        cells += 1
        last_row, last_column = max(last_row, int(said[2]) if said and said[1] else row), max(last_column, column)
        if last_row > MAX_ROWS:
            refuse("too_many_rows" if rows > MAX_ROWS else "too_many_cells")
        if cells_before + cells > MAX_CELLS or last_row * last_column > MAX_AREA:
            refuse("too_many_cells")
    return cells


def marks(xml: bytes) -> dict[str, Any]:
    """Return the cells whose formula failed or was never worked out (from 0), and how many rows and columns are hidden."""
    found = FAILED.findall(xml) if b"<v>#" in xml else []
    found += [(tag, b"#CALC!") for tag in UNSOLVED.findall(xml)] if b"<f" in xml else []
    places = [(at, text.decode()) for tag, text in found[:MAX_FAILED] if (at := REFERENCE.search(tag)) and at[1]]
    failed = [(int(at[2]) - 1, column_of(at[1]) - 1, text) for at, text in places]
    columns = hidden_columns(xml.partition(b"<sheetData")[0])
    return {"failed": failed, "hidden_rows": len(HIDDEN_ROW.findall(xml)), "hidden_columns": columns}


def column_of(letters: bytes) -> int:
    """Return 1 for A, 27 for AA."""
    return functools.reduce(lambda number, letter: number * 26 + letter - 64, letters.upper(), 0)


def open_zip(raw: bytes) -> list[zipfile.ZipInfo]:
    """Read the table of contents; refuse what no spreadsheet program writes."""
    try:
        infos = zipfile.ZipFile(io.BytesIO(raw)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        refuse("broken")
    names = [info.filename for info in infos]
    for code, wrong in (
        ("bomb", len(names) > MAX_PARTS or sum(info.compress_size for info in infos) > len(raw)),
        ("broken", len(set(names)) != len(names)),
        ("broken", any(name.startswith("/") or ".." in re.split(r"[/\\\\]", name) for name in names)),
        ("password", any(info.flag_bits & 1 for info in infos)),
        ("macros", any(name.lower().endswith("vbaproject.bin") for name in names)),
        ("kind", "xl/workbook.xml" not in names),
        ("bomb", sum(info.file_size for info in infos) > MAX_UNPACKED),
    ):
        if wrong:
            refuse(code)
    return [info for info in infos if not info.is_dir()]


def check_zip(raw: bytes) -> dict[str, dict[str, Any]]:
    """Refuse bombs, lies and macros; hand back what a look at the cells does not show, by sheet."""
    kept: dict[str, bytes] = {}
    found: dict[str, dict[str, Any]] = {}
    room, cells = min(MAX_UNPACKED, MAX_RATIO * len(raw) + MEBI), 0
    for info in open_zip(raw):
        name, content = info.filename, part_bytes(raw, info, room)
        room -= len(content)
        if name.endswith((".xml", ".rels")) and declares_a_type(content):
            refuse("doctype")
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            cells += check_sheet(content, cells)
            found[name] = marks(content)
        elif name in {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"}:
            kept[name] = content
    return unseen(kept, found)


def declares_a_type(xml: bytes) -> bool:
    """Tell whether a part has a DOCTYPE anywhere, in UTF-8 or UTF-16; behind a long comment too."""
    return b"<!DOCTYPE" in (xml.replace(b"\0", b"") if b"\0" in xml[:64] else xml)


def unseen(parts: dict[str, bytes], found: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return what was found in each sheet by the sheet's name. Left empty where the file is odd."""
    rels = tags(parts.get("xl/_rels/workbook.xml.rels", b""), "Relationship")
    targets = {rel.get("Id"): "xl/" + rel.get("Target", "").removeprefix("/xl/") for rel in rels}
    told = {}
    for sheet in tags(parts["xl/workbook.xml"], "sheet"):
        target = targets.get(next((v for k, v in sheet.items() if k.endswith(":id")), ""), "")
        told[html.unescape(sheet.get("name", ""))] = found.get(target, NOTHING)
    return told


def tags(xml: bytes, name: str) -> list[dict[str, str]]:
    """Return the attributes of every tag of a name."""
    found = re.findall(rf"<(?:\w+:)?{name}\b[^<>]*>", xml.decode("utf-8", "replace"))
    return [dict(re.findall(r"""([\w:]+)\s*=\s*["']([^"']*)["']""", tag)) for tag in found]


def hidden_columns(head: bytes) -> list[int]:
    """Return the numbers of the columns that are hidden, from what stands before the cells."""
    columns = [col for col in tags(head, "col") if col.get("hidden") in ("1", "true")]
    spans = [(int(col.get("min", "1")), int(col.get("max", "0"))) for col in columns]
    return [number - 1 for first, last in spans for number in range(first, min(last, first + 255) + 1)][:MAX_HIDDEN]


def plain(value: Any) -> Any:
    """Return a cell as JSON: text and numbers as they are, days as {"d": ISO text}, empty ones as null."""
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if isinstance(value, dt.date):  # a moment is a date too: the day is what a roster means
        return {"d": value.isoformat()[:10]}
    if isinstance(value, str):
        return value[:2_000] or None
    return str(value) if isinstance(value, dt.time | dt.timedelta) else value


def ensure_container(raw: bytes) -> dict[str, dict[str, Any]]:
    """Refuse what is neither a zip nor the old container, and an .xlsx with a password; nothing is known unseen."""
    if raw[:8] != b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        refuse("kind")
    if "EncryptedPackage".encode("utf-16-le") in raw:
        refuse("password")
    return {}


def read(raw: bytes) -> list[dict[str, Any]]:
    """Return the worksheets with their rows, merged areas and hidden columns."""
    odd = check_zip(raw) if raw[:2] == b"PK" else ensure_container(raw)
    book = python_calamine.load_workbook(io.BytesIO(raw))
    if len(book.sheets_metadata) > MAX_SHEETS:
        refuse("too_many_sheets")
    sheets, room = [], MAX_CHARACTERS
    for index, meta in enumerate(book.sheets_metadata):
        if meta.typ is not python_calamine.SheetTypeEnum.WorkSheet:
            continue
        rows, merged = cells_of(book.get_sheet_by_index(index))
        room -= sum(len(value) for row in rows for value in row if isinstance(value, str))
        if room < 0:
            refuse("too_many_cells")
        hidden = meta.visible is not python_calamine.SheetVisibleEnum.Visible
        head = {"name": meta.name, "hidden": hidden, "merged": merged, "rows": rows}
        sheets.append({**head, **odd.get(meta.name, NOTHING)})
    return sheets


def cells_of(sheet: python_calamine.CalamineSheet) -> tuple[list[list[Any]], list[list[int]]]:
    """Return the rows and the merged areas of a sheet, neither larger than somebody can want."""
    if sheet.total_height > MAX_ROWS or sheet.total_height * max(sheet.total_width, 1) > MAX_AREA:
        refuse("too_many_cells")
    merged = [[*first, *last] for first, last in sheet.merged_cell_ranges or []]
    if sum(bottom - top + 1 for top, _left, bottom, _right in merged) > MAX_MERGED_ROWS:
        refuse("too_many_cells")
    return [[plain(value) for value in row] for row in sheet.to_python(skip_empty_area=False)], merged


def main() -> None:
    """Read the upload from standard input, print {"sheets": […]} or {"refused": code}."""
    limit_this_process()
    try:
        sys.stdout.write(json.dumps({"sheets": read(sys.stdin.buffer.read())}))
    except python_calamine.PasswordError:
        refuse("password")
    except MemoryError:
        refuse("bomb")
    except (python_calamine.CalamineError, OSError, ValueError, struct.error, zlib.error):
        refuse("broken")


if __name__ == "__main__":
    main()
