"""Workbooks of communities that nobody here has met: name -> sheets of cells, as their secretaries keep them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

from tests.roster.make_workbooks import make_xlsx

Rows = list[list[Any]]
Merged = dict[str, Sequence[tuple[int, int, int, int]]]


def mobile(number: int) -> str:
    return f"138{number:08d}"


WRONG: Final = "123"
"""A phone that holds its row back."""

ZOO: Final[dict[str, tuple[dict[str, Rows], Merged]]] = {
    "two columns of residents beside each other": (
        {"S": [["3号楼电话表"], ["房号", "姓名", "电话", "房号", "姓名", "电话"],
               [101, "张三", mobile(1), 201, "王五", mobile(3)], [102, "李四", None, 202, "赵六", mobile(4)], [103, "孙七", WRONG]]},
        {},
    ),
    "head and spouse in one row": (
        {"S": [["房号", "户主", None, "配偶", None], [None, "姓名", "电话", "姓名", "电话"],
               ["3-2-501", "张三", None, "李梅", mobile(2)], ["3-2-502", "王五", mobile(3), None, None]]},
        {"S": [(0, 0, 1, 0), (0, 1, 0, 2), (0, 3, 0, 4)]},
    ),
    "tables below each other": (
        {"S": [["1栋住户"], ["房号", "姓名", "电话"], [101, "张三", mobile(1)], [], ["2栋住户"], ["房号", "姓名", "电话"],
               [101, "王五", mobile(3)], [], ["3栋住户"], ["姓名", "电话", "房号"], ["赵六", mobile(4), 101]]},
        {},
    ),
    "several estates": (
        {"S": [["小区名称", "楼栋", "单元", "房号", "姓名", "电话"], ["桂园小区", 3, 2, 501, "张三", mobile(1)],
               ["松园", 3, 2, 501, "李四", mobile(2)], [None, 3, 2, 502, "王五", WRONG]]},
        {},
    ),
    "a sheet for each entrance": (
        {"1栋1单元": [["房号", "姓名", "电话"], [101, "张三", mobile(1)]], "1栋2单元": [["房号", "姓名", "电话"], [101, "王五", WRONG], [102, "赵六", mobile(2)]]},
        {},
    ),
    "headings between the rows for building and entrance": (
        {"S": [["房号", "姓名", "电话"], ["一、3号楼"], ["1单元"], [101, "张三", mobile(1)], ["2单元"], [101, "李四", WRONG],
               ["4、5号楼"], [101, "赵六", mobile(3)], ["6号楼"], [101, "王五", mobile(2)]]},
        {},
    ),
    "a household in merged cells": (
        {"S": [["网格", "楼栋", "房号", "姓名", "关系", "电话"], ["第1网格", "3栋", 101, "张三", "户主", mobile(1)],
               [None, None, None, "李梅", "妻", WRONG], [None, None, 102, "王五", "户主", mobile(2)], [None, None, None, "赵丽", "妻", WRONG]]},
        {"S": [(1, 0, 4, 0), (1, 1, 4, 1), (1, 2, 2, 2), (3, 2, 4, 2)]},
    ),
    "an address and a room": (
        {"S": [["住址", "房号", "姓名", "电话"], ["桂园小区3栋2单元", "501", "张三", mobile(1)], ["桂园小区3栋1单元", "501", "李四", WRONG]]},
        {},
    ),
    "building and entrance in one column": (
        {"S": [["楼栋单元", "房号", "姓名", "电话"], ["3-2", "501", "张三", mobile(1)], ["3栋1单元", "501", "李四", WRONG], ["3#3", "501", "王五", mobile(2)]]},
        {},
    ),
    "rooms that say everything": (
        {"S": [["姓名", "房号", "电话"], ["张三", "3-2-501", mobile(1)], ["李四", "3-501", WRONG], ["王五", "3—2—502", None], ["赵六", "3.2.503", None]]},
        {},
    ),
    "a birth date in three columns": (
        {"S": [["姓名", "出生日期", None, None, "电话"], [None, "年", "月", "日", None], ["张三", 1958, 3, 5, WRONG], ["李四", 1960, 1, 2, mobile(2)]]},
        {"S": [(0, 0, 1, 0), (0, 1, 0, 3), (0, 4, 1, 4)]},
    ),
    "a list of volunteers": ({"S": [["龙马社区志愿者名单"], ["姓名", "电话"], ["张三", WRONG], ["李四", mobile(3)]]}, {}),
    "answers to a questionnaire": (
        {"答卷": [["序号", "提交答卷时间", "1、您的姓名", "2、您的手机号码：", "3、您的住址（楼栋-单元-房号）", "4、您是否愿意成为志愿者？"],
                  [1, "2026/3/1 12:00", "张三", mobile(1), "3-2-501", "愿意"], [2, "2026/3/1 12:01", "李四", mobile(2), "3-2-502", "不愿意"]]},
        {},
    ),
    "id numbers everywhere": (
        {"S": [["姓名", "电话", "证号", "备注", "身份号码"],
               ["张三", mobile(1), "420106195803021234", "身份证 420106195803021234 已核", "420106580302123"],
               ["李四", "420106195803021234", 420106580302123, "13800000009 420106195803021234", None]]},
        {},
    ),
    "doors a spreadsheet made into dates": (
        {"S": [["楼栋", "房号", "姓名"], [dt.date(2026, 3, 2), 501, "张三"], ["3-2", dt.date(2026, 5, 1), "李四"]],
         "T": [["住址", "姓名"], [dt.date(2026, 3, 2), "王五"], ["3月2日", "赵六"], ["2026/3/2", "孙七"]]},
        {},
    ),
}  # fmt: skip


def make_zoo(name: str) -> bytes:
    return make_xlsx(*ZOO[name])
