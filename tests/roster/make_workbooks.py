"""Workbooks as communities keep them, made in memory."""

from __future__ import annotations

import csv
import io
import resource
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

LONGMA = Path(__file__).with_name("roster-longma.xlsx")


def make_xlsx(
    sheets: dict[str, Sequence[Sequence[Any]]], merged: dict[str, Sequence[tuple[int, int, int, int]]] | None = None
) -> bytes:
    """Return an .xlsx: sheet name -> rows. Dates are written as day numbers with a date format."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    day = book.add_format({"num_format": "yyyy/m/d"})
    for name, rows in sheets.items():
        page = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if value is None:
                    continue
                if hasattr(value, "isoformat"):
                    page.write_datetime(number, column, value, day)
                elif isinstance(value, str):
                    page.write_string(number, column, value)
                else:
                    page.write(number, column, value)
        for area in (merged or {}).get(name, ()):
            top, left, bottom, right = area
            page.merge_range(top, left, bottom, right, rows[top][left] or "")
    book.close()
    return target.getvalue()


def make_csv(rows: Sequence[Sequence[Any]], encoding: str = "gb18030") -> bytes:
    """Return a .csv as spreadsheet programs in China write it."""
    text = io.StringIO()
    csv.writer(text).writerows([["" if cell is None else cell for cell in row] for row in rows])
    return text.getvalue().encode(encoding)


def processor_seconds() -> float:
    """Return the processor time of this process and the ones it waited for: other work on the machine does not count."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


#: four good people in three doors, one row to fix, one person twice
SMALL = [
    ["东湖社区居民花名册"],
    ["网格", "楼栋", "单元", "房号", "姓名", "出生日期", "手机", "与户主关系", "志愿者", "队伍", "面积"],
    ["第1网格", "1栋", 1, 101, "吴明宇", "1971-09-05", "13311226483", "户主", "是", "治安巡逻队", 120.16],
    ["第1网格", "1栋", 1, 101, "贾梓山", "1997年7月", 18930699075, "配偶", "√", "治安巡逻队、红马甲", None],
    [1, "1栋", 1, 102, "黄静淑", "1947", "133-8901-4327", "户主", None, None, 87.42],
    [2, "2栋", None, 301, "邓伟", None, None, "户主", None, None, None],
    [2, "2栋", None, 302, "胡秋生", "1954", 1380062, "户主", None, None, None],
    ["第1网格", "1栋", 1, 101, "吴明宇", "1971-09-05", "13311226483", "户主", "是", None, None],
    ["合计", None, None, None, 6],
]


HEADINGS = ["姓名", "手机", "住址", "出生日期", "志愿者", "队伍"]


def sheet(*rows: list[Any]) -> bytes:
    return make_xlsx({"名单": [HEADINGS, *rows]})


FULLER = ["王晓明", "13800138001", "1栋1单元101", "1960年3月2日", "√", "红马甲"]


def workbook(people_in_it: int = 25) -> bytes:
    rows: list[list[Any]] = [["网格", "姓名", "手机", "住址", "队伍"]]
    rows += [
        ["第1网格", f"张{chr(0x4E00 + n)}", f"1380013{n:04d}", f"1栋{n // 3 + 101}", "红马甲" if n % 2 else None]
        for n in range(people_in_it)
    ]
    return make_xlsx({"名单": rows})
