"""Workbooks of strangers (trust W11): refused by name, quickly, in little memory; what we write holds no formula (W12)."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from engage.core import workbook
from engage.core.workbook import SheetOut, WorkbookRefused, read, write
from tests.roster.make_workbooks import make_csv, make_xlsx, processor_seconds

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
    "sixty-one sheets": (lambda: make_xlsx({f"S{n}": [["a", "b"]] for n in range(61)}), {"too_many_sheets"}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_by_name(name: str) -> None:
    make, codes = HOSTILE[name]
    content = make()
    started = processor_seconds()
    with pytest.raises(WorkbookRefused) as refused:
        read(content, filename="x.csv" if content[:1] in (b"a", b"\xff", b"\x89") else "x.xlsx")
    assert refused.value.code in codes
    assert processor_seconds() - started < 5


def test_reading_stays_within_its_memory() -> None:
    rows = [
        [f"张{n % 997}", 13800000000 + n, "桂园6栋1单元301", "治安巡逻队", "备注" * 10, n / 100] for n in range(20_000)
    ]
    child = Path(workbook.__file__).with_name("workbook_child.py")
    script = (
        "import resource, subprocess, sys\n"
        f"done = subprocess.run([sys.executable, '-I', {str(child)!r}], stdin=sys.stdin.buffer, capture_output=True)\n"
        "assert b'sheets' in done.stdout[:20], done.stdout[:200]\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], input=make_xlsx({"S": rows}), capture_output=True, check=True)
    unit = 1 if sys.platform == "darwin" else 1024
    assert int(done.stdout) * unit < 300 * MEBI


def test_links_to_other_workbooks_and_live_formulas_are_only_values() -> None:
    content = with_sheet(
        b"<row r='1'><c r='A1' t='str'><f>[1]Sheet1!A1</f><v>cached</v></c><c r='B1'><f>1+1</f><v>2</v></c></row>"
    )
    assert read(content, filename="x.xlsx")[0].rows == [["cached", 2]]


def test_a_column_painted_to_the_last_row_is_no_content() -> None:
    body = b"<row r='1'><c r='A1'><v>1</v></c></row><row r='1048576'><c r='A1048576' s='1'/></row>"
    assert read(with_sheet(body), filename="x.xlsx")[0].rows == [[1]]


def test_what_is_empty_at_the_top_and_left_keeps_its_place() -> None:
    sheet = read(make_xlsx({"S": [[], [], [None, None, "姓名"], [None, None, "张三"]]}), filename="x.xlsx")[0]
    assert sheet.rows[2][2] == "姓名"
    assert len(sheet.rows) == 4


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
def test_text_files_in_the_encodings_people_have(encoding: str) -> None:
    content = make_csv([["姓名", "手机"], ["李淑芬", "13800138000"]], encoding)
    assert read(content, filename="名单.csv")[0].rows[1] == ["李淑芬", "13800138000"]


def test_an_old_xls_is_read() -> None:
    sheet = read(Path(__file__).with_name("roster.xls").read_bytes(), filename="roster.xls")[0]
    assert sheet.rows[0][:2] == ["姓名", "手机"]
    assert sheet.rows[1] == ["张三", 13800138000]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", '=HYPERLINK("http://x")', "http://x", "{=1}"]
)
def test_w12_nothing_we_write_is_a_formula_or_a_link(text: str) -> None:
    content = write([SheetOut("S", ["a", text], [[text, "13800138000"]])])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet.lower()
    assert read(content, filename="x.xlsx")[0].rows[1][1] == "13800138000"


def test_long_numbers_are_written_as_text() -> None:
    content = write([SheetOut("S", ["手机", "数"], [[13800138000, 5]])])
    assert read(content, filename="x.xlsx")[0].rows[1] == ["13800138000", 5]


def test_every_refusal_says_what_to_do() -> None:
    for code in ("too_large", "kind", "broken", "password", "macros", "bomb", "too_many_cells"):
        assert "请" in str(WorkbookRefused(code))
