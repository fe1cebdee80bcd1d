"""Forty workbooks of strangers who mean no good (trust W11), each made in memory; name -> (maker, codes it may be refused by)."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Callable

from engage.core import workbook
from tests.roster.make_workbooks import make_xlsx

MEBI = 1 << 20


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def with_sheet(body: bytes, *, before: bytes = b"") -> bytes:
    parts = parts_of(make_xlsx({"S": [["姓名"], ["张三"]]}))
    name = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts["xl/worksheets/sheet1.xml"] = (
        before + f'<worksheet xmlns="{name}"><sheetData>'.encode() + body + b"</sheetData></worksheet>"
    )
    return packed(parts)


def a_plain_one() -> bytes:
    return make_xlsx({"S": [["姓名"], ["张三"]]})


def lying_about_sizes() -> bytes:
    content = bytearray(with_sheet(b"<row r='1'>" + b"<c r='A1'/>" * 20_000 + b"</row>"))
    at = content.rindex(b"PK\x01\x02", 0, content.rindex(b"sheet1.xml"))
    content[at + 24 : at + 28] = (100).to_bytes(4, "little")
    return bytes(content)


def one_part_many_times() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts_of(a_plain_one()).items():
            archive.writestr(name, content)
        for number in range(500):
            archive.writestr(f"xl/media/{number}.bin", b"0")
    return target.getvalue()


def encrypted() -> bytes:
    """Return the old container around an .xlsx with a password: one FAT sector, one directory sector."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<I", 0) + b"\xff" * 4 * 108

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        letters = name.encode("utf-16-le") + b"\0\0"
        ids = struct.pack("<BBIII", kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
        return (
            letters.ljust(64, b"\0")
            + struct.pack("<H", len(letters))
            + ids
            + b"\0" * 36
            + struct.pack("<IQ", start, size)
        )

    fat = struct.pack("<III", 0xFFFFFFFD, 0xFFFFFFFE, 3) + struct.pack("<I", 0xFFFFFFFE) + b"\xff" * 496
    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry("EncryptedPackage", 2, 0xFFFFFFFF, 2, 1024)
    return header + fat + directory.ljust(512, b"\0") + b"x" * 1024


_DICE = random.Random(1)  # noqa: S311 - a test's dice


def shared_text(length: int, times: int) -> bytes:
    """Return a workbook whose every cell shows the same long text."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    text = "".join(_DICE.choices("0123456789abcdef", k=length))
    parts = parts_of(make_xlsx({"S": [["姓名"], ["张三"]]}))
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{space}" count="1"><si><t>{text}</t></si></sst>'.encode()
    rows = "".join(
        f"<row r='{n}'>" + "".join(f"<c r='{chr(65 + k)}{n}' t='s'><v>0</v></c>" for k in range(20)) + "</row>"
        for n in range(1, times // 20)
    )
    parts["xl/worksheets/sheet1.xml"] = f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'.encode()
    return packed(parts | {"xl/media/noise.bin": _DICE.randbytes(600_000)})


def merged_areas(count: int) -> bytes:
    """Return a workbook whose merged areas lie over each other, so that filling them takes for ever."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    areas = "".join(f'<mergeCell ref="A{n}:A{49_000 + n % 900}"/>' for n in range(2, count))
    body = "<row r='1'><c r='A1' t='inlineStr'><is><t>房号</t></is></c></row><row r='49900'><c r='A49900'><v>1</v></c></row>"
    parts = parts_of(make_xlsx({"S": [["姓名"], ["张三"]]}))
    parts["xl/worksheets/sheet1.xml"] = (
        f'<worksheet xmlns="{space}"><sheetData>{body}</sheetData><mergeCells>{areas}</mergeCells></worksheet>'.encode()
    )
    return packed(parts)


def hidden_sheet_elsewhere() -> bytes:
    """Return a workbook whose sheet lies where no spreadsheet program puts it, past the counting of cells."""
    parts = parts_of(
        with_sheet(b"<row r='1'><c r='A1'><v>1</v></c></row><row r='1048576'><c r='XFD1048576'><v>1</v></c></row>")
    )
    parts["xl/other/sheet1.xml"] = parts.pop("xl/worksheets/sheet1.xml")
    parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace(b"worksheets/", b"other/")
    return packed(parts)


def in_another_part(name: str, content: bytes) -> bytes:
    return packed(parts_of(a_plain_one()) | {name: content})


_LAUGHS = b"<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]>"

HOSTILE: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "ratio bomb": (lambda: with_sheet(b" " * (120 * MEBI)), {"bomb"}),
    "ratio bomb under the cap": (lambda: with_sheet(b" " * (90 * MEBI)), {"bomb"}),
    "bomb in another part": (
        lambda: packed(parts_of(a_plain_one()) | {"xl/media/a.xml": b"0" * (90 * MEBI)}),
        {"bomb"},
    ),
    "a million rows": (
        lambda: with_sheet(
            b"".join(b"<row r='%d'><c r='A%d'><v>1</v></c></row>" % (n, n) for n in range(1, 1_000_001))
        ),
        {"too_many_cells", "too_many_rows", "bomb"},
    ),
    "two cells far apart": (
        lambda: with_sheet(
            b"<row r='1'><c r='A1'><v>1</v></c></row><row r='1048576'><c r='XFD1048576'><v>1</v></c></row>"
        ),
        {"too_many_cells"},
    ),
    "a cell beyond the sheet": (
        lambda: with_sheet(b"<row r='9999999'><c r='ZZZZ9999999'><v>1</v></c></row>"),
        {"too_many_cells"},
    ),
    "a far row by its number alone": (
        lambda: with_sheet(b"<row r='1'><c><v>1</v></c></row><row r='1048576'><c><v>1</v></c></row>" + b"<c/>" * 9),
        {"too_many_cells"},
    ),
    "entities": (
        lambda: with_sheet(
            b"<row r='1'><c r='A1' t='inlineStr'><is><t>&b;</t></is></c></row>",
            before=b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'>]>",
        ),
        {"doctype"},
    ),
    "an external entity": (
        lambda: with_sheet(b"<row r='1'/>", before=b"<!DOCTYPE x [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>"),
        {"doctype"},
    ),
    "a declaration behind a long comment": (
        lambda: with_sheet(b"<row r='1'/>", before=b"<!--" + b"x" * 9000 + b"-->" + _LAUGHS),
        {"doctype"},
    ),
    "a declaration in two bytes a letter": (
        lambda: in_another_part("xl/sharedStrings.xml", (_LAUGHS + b"<sst/>").decode().encode("utf-16")),
        {"doctype"},
    ),
    "a declaration in the links": (
        lambda: in_another_part("xl/_rels/workbook.xml.rels", _LAUGHS + b"<Relationships/>"),
        {"doctype"},
    ),
    "a password": (encrypted, {"password"}),
    "names that climb out": (lambda: in_another_part("xl/../../../etc/cron.d/x", b"x"), {"broken"}),
    "names that climb out backwards": (lambda: in_another_part("..\\..\\autorun.inf", b"x"), {"broken"}),
    "a name from the root": (lambda: in_another_part("/etc/passwd", b"x"), {"broken"}),
    "one text in every cell": (lambda: shared_text(1_900, 300_000), {"too_many_cells", "bomb"}),
    "merged areas over each other": (lambda: merged_areas(30_000), {"too_many_cells", "bomb"}),
    "a sheet where nobody looks": (hidden_sheet_elsewhere, {"bomb", "too_many_cells", "broken"}),
    "a zip in a zip": (lambda: packed({"花名册.xlsx": a_plain_one()}), {"kind"}),
    "no sheet at all": (
        lambda: packed({k: v for k, v in parts_of(a_plain_one()).items() if "sheet1" not in k}),
        {"broken"},
    ),
    "the end cut off": (lambda: a_plain_one()[:-30], {"broken"}),
    "a lying size": (lying_about_sizes, {"broken"}),
    "macros": (lambda: packed(parts_of(a_plain_one()) | {"xl/vbaProject.bin": b"x"}), {"macros"}),
    "five hundred parts": (one_part_many_times, {"bomb"}),
    "a zip that is no workbook": (lambda: packed({"a.txt": b"hello"}), {"kind"}),
    "cut in half": (lambda: a_plain_one()[: len(a_plain_one()) // 2], {"broken"}),
    "an old container with nothing in it": (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 4000,
        {"broken", "kind"},
    ),
    "nothing": (lambda: b"", {"empty"}),
    "zeros": (lambda: b"\0" * 5000, {"empty"}),
    "too large": (lambda: b"a" * (workbook.MAX_UPLOAD + 1), {"too_large"}),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", {"kind", "encoding"}),
    "bytes of no language": (lambda: b"\xff\xff\xfe\x80,\x80\xff", {"encoding"}),
    "too many lines of text": (lambda: b"a,b\n" * 60_000, {"too_many_rows"}),
    "too many cells of text": (
        lambda: b"a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y\n" * 45_000,
        {"too_many_cells"},
    ),
    "one cell of ten million letters": (lambda: b'a,"' + b"x" * 9_000_000 + b'"\n', {"broken"}),
    "a page of the web": (lambda: b"<html><table><tr><td>a</td></tr></table></html>", {"broken"}),
    "sixty-one sheets": (lambda: make_xlsx({f"S{n}": [["a", "b"]] for n in range(61)}), {"too_many_sheets"}),
}
