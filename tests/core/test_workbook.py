"""Workbooks of strangers (trust W11): refused by name, quickly, in little memory; what we write holds no formula (W12)."""

from __future__ import annotations

import io
import random
import subprocess
import sys
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from engage.core import workbook
from engage.core.workbook import SheetOut, WorkbookRefused, read, write
from tests.core.make_hostile import HOSTILE, a_plain_one, packed, parts_of, with_sheet
from tests.roster.make_workbooks import make_csv, make_xlsx, processor_seconds

MEBI = 1 << 20


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_by_name(name: str) -> None:
    make, codes = HOSTILE[name]
    content = make()
    started = processor_seconds()
    with pytest.raises(WorkbookRefused) as refused:
        read(content, filename="x.csv" if content[:1] in (b"a", b"\xff", b"\x89") else "x.xlsx")
    assert refused.value.code in codes
    assert processor_seconds() - started < 5


def test_there_are_thirty_hostile_files() -> None:
    assert len(HOSTILE) >= 30


MEASURE = (
    "import resource, subprocess, sys\n"
    "done = subprocess.run([sys.executable, '-I', sys.argv[1]], stdin=sys.stdin.buffer, stdout=subprocess.DEVNULL)\n"
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
)


@pytest.mark.parametrize("name", [name for name in HOSTILE if HOSTILE[name][1] - {"empty", "too_large", "encoding"}])
def test_a_hostile_file_takes_less_than_its_memory(name: str) -> None:
    child = Path(workbook.__file__).with_name("workbook_child.py")
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, child], input=HOSTILE[name][0](), capture_output=True, check=True
    )
    assert int(done.stdout) * (1 if sys.platform == "darwin" else 1024) < 300 * MEBI


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_file_is_read_or_refused(seed: int) -> None:
    """Bytes turned over, cut out, doubled: whatever comes, it is sheets or a named refusal, never anything else."""
    dice = random.Random(seed)  # noqa: S311 - a test's dice
    for original in (a_plain_one(), Path(__file__).with_name("roster.xls").read_bytes()):
        content = bytearray(original)
        for _blow in range(dice.randrange(1, 40)):
            at = dice.randrange(8, len(content))
            content[at] = dice.randrange(256)
        at, length = dice.randrange(8, len(content)), dice.randrange(200)
        damaged = bytes(content[:at] + content[at + length :] if seed % 2 else content)
        with suppress(WorkbookRefused):
            assert all(sheet.rows is not None for sheet in read(damaged, filename="x.xlsx"))


def test_a_page_of_the_web_is_no_text_file() -> None:
    with pytest.raises(WorkbookRefused) as refused:
        read(b"<html><table><tr><td>a,b</td></tr></table></html>", filename="x.csv")
    assert refused.value.code == "kind"


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


def test_a_formula_that_failed_or_was_never_worked_out_is_not_an_empty_cell() -> None:
    body = (
        b"<row r='1'><c r='A1' t='e'><v>#N/A</v></c><c r='B1'><f>X(1)</f></c><c r='C1'><f>X(1)</f><v></v></c></row>"
        b"<row r='2'><c r='A2' t='str'><f>X(1)</f><v></v></c><c r='B2' t='e'><f>X(1)</f><v>#REF!</v></c><c r='C2'><v>1</v></c></row>"
    )
    assert read(with_sheet(body), filename="x.xlsx")[0].rows == [["#N/A", "#CALC!", "#CALC!"], [None, "#REF!", 1]]


def test_rows_a_filter_hides_are_counted() -> None:
    body = b"<row r='1'><c r='A1'><v>1</v></c></row><row r='2' hidden='1'><c r='A2'><v>2</v></c></row>"
    sheet = read(with_sheet(body), filename="x.xlsx")[0]
    assert (sheet.rows, sheet.hidden_rows) == ([[1], [2]], 1)


def test_hidden_columns_of_a_sheet_with_marks_in_its_name_are_known() -> None:
    parts = parts_of(a_plain_one())
    sheet = parts["xl/worksheets/sheet1.xml"]
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(
        b"<sheetData>", b'<cols><col min="1" max="1" width="9" hidden="1"/></cols><sheetData>'
    )
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b'name="S"', b'name="A&amp;B"')
    read_again = read(packed(parts), filename="x.xlsx")[0]
    assert (read_again.name, read_again.hidden_columns) == ("A&B", {0})


def test_two_sheets_of_one_long_name_are_both_written() -> None:
    sheets = [SheetOut("长" * 40, ["a"], []), SheetOut("长" * 35, ["b"], [])]
    assert [sheet.rows[0] for sheet in read(write(sheets), filename="x.xlsx")] == [["a"], ["b"]]


def test_numbers_kept_from_a_spreadsheet_by_quotation_marks() -> None:
    assert read('姓名,手机\n张三,="013"\n'.encode(), filename="x.csv")[0].rows[1] == ["张三", "013"]


def test_a_column_painted_to_the_last_row_is_no_content() -> None:
    body = b"<row r='1'><c r='A1'><v>1</v></c></row><row r='1048576'><c r='A1048576' s='1'/></row>"
    assert read(with_sheet(body), filename="x.xlsx")[0].rows == [[1]]


def test_what_is_empty_at_the_top_and_left_keeps_its_place() -> None:
    sheet = read(make_xlsx({"S": [[], [], [None, None, "姓名"], [None, None, "张三"]]}), filename="x.xlsx")[0]
    assert sheet.rows[2][2] == "姓名"
    assert len(sheet.rows) == 4


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_text_files_with_the_separators_people_have(encoding: str, delimiter: str) -> None:
    lines = [["姓名", "备注", "手机"], ["李淑芬", '"甲,乙,丙;丁;戊;己;庚;辛"', "13800138000"]]
    content = "\r\n".join(delimiter.join(line) for line in lines).encode(encoding)
    assert read(content, filename="名单.csv")[0].rows[1] == ["李淑芬", "甲,乙,丙;丁;戊;己;庚;辛", "13800138000"]


def test_a_sheet_of_any_name_can_be_written() -> None:
    for name in ("名单[1]", "a/b\\c:d*e?f", "'", "", "长" * 60):
        assert read(write([SheetOut(name, ["a"], [["b"]])]), filename="x.xlsx")[0].rows == [["a"], ["b"]]


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
