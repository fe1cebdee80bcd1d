"""Households, volunteers and grids across the rows and sheets of a workbook."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from engage.roster.rules import Field, Role
from tests.roster.make_workbooks import make_xlsx
from tests.roster.readings import found, reading_of


def test_volunteers_on_a_sheet_of_their_own_are_the_residents_of_the_first() -> None:
    residents = [
        ["姓名", "楼栋", "房号", "手机"],
        ["张三", 1, 101, 13800138001],
        ["李四", 1, 102, 13800138002],
        ["王五", 1, 103, None],
    ]
    volunteers = [
        ["志愿者名单"],
        ["姓名", "电话", "治安巡逻队", "红马甲队"],
        ["张三", 13800138001, "√", None],
        ["王五", None, "√", "√"],
    ]
    reading = reading_of(make_xlsx({"居民": residents, "志愿者": volunteers}))
    assert found(reading) == []
    assert [(p.name, p.volunteer, p.teams) for p in reading.people] == [
        ("张三", True, ("治安巡逻队",)), ("李四", False, ()), ("王五", True, ("治安巡逻队", "红马甲队")),
    ]  # fmt: skip


def test_merged_rooms_and_areas_belong_to_the_whole_household() -> None:
    rows = [
        ["楼栋", "房号", "面积", "姓名", "性别", "手机"],
        ["5栋", "101", 80.5, "赵一", "男", 13800138001],
        [None, None, None, "赵二", "女", None],
        [None, "102", 81, "钱一", "男", 13800138003],
        [None, "103", 82, None, None, None],
        ["5栋", "104", 82, "空置", None, None],
    ]
    reading = reading_of(make_xlsx({"S": rows}, {"S": [(1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 2, 2)]}))
    assert reading.people[0].dwelling == reading.people[1].dwelling
    assert [(door.building, door.room, area) for door, area in reading.units.items()] == [
        ("5", "101", 8050), ("5", "102", 8100), ("5", "103", 8200), ("5", "104", 8200),
    ]  # fmt: skip
    assert found(reading) == [(5, "unit without people"), (6, "unit without people")]


def test_without_a_list_every_grid_is_new_but_a_lonely_one_is_pointed_out() -> None:
    rows: list[list[Any]] = [["姓名", "网格", "楼栋", "房号", "手机"]]
    rows += [[f"王{chr(0x4E00 + n)}", 1 + n % 3, f"{1 + n % 3}栋", 100 + n, 13800138000 + n] for n in range(36)]
    rows.append(["孤独", 16, "9栋", 999, 13900139000])
    reading = reading_of(make_xlsx({"S": rows}))
    assert found(reading) == [(38, "grid seen only once")]
    assert sorted(reading.grids) == ["1", "16", "2", "3"]
    known = reading_of(make_xlsx({"S": rows}), known_grids=["第1网格", "第2网格", "第3网格"])
    assert found(known) == [(38, "unknown grid")]


def test_three_columns_of_a_birth_and_headings_repeated_on_each_printed_page() -> None:
    heads = [["姓名", "出生", None, None, "手机"], [None, "年", "月", "日", None]]
    rows = [*heads, ["张三", 1956, 3, 2, 13800138001], *heads, ["李四", 1957, "4月", None, None], ["小计", 2]]
    reading = reading_of(make_xlsx({"S": rows}, {"S": [(0, 1, 0, 3), (0, 0, 1, 0), (0, 4, 1, 4)]}))
    assert [(p.name, str(p.birth)) for p in reading.people] == [("张三", "1956-03-02"), ("李四", "1957-04")]
    assert found(reading) == []
    assert reading.total_rows == [7]


def test_people_of_one_name_are_told_apart() -> None:
    head = ["姓名", "手机", "楼栋", "房号", "出生日期"]
    rows = [head, ["张伟", 13800138001, 1, 101, "1950"], ["张伟", 13800138002, 2, 101, "1980"], ["张伟", None, 1, 101, "1975-02-03"],
            ["张伟", None, 1, 101, "1950"], ["张伟", None, 3, 301, None]]  # fmt: skip
    reading = reading_of(make_xlsx({"S": rows}))
    assert len(reading.people) == 4
    assert found(reading) == [(5, "same person as an earlier row")]


def test_somebody_with_two_homes_is_one_person_with_two_doors() -> None:
    rows = [
        ["姓名", "手机", "楼栋", "房号", "面积"],
        ["张伟", 13800138001, 1, 101, 80],
        ["张伟", 13800138001, 2, 202, 90],
    ]
    reading = reading_of(make_xlsx({"S": rows}))
    assert len(reading.people) == 1
    assert [door.room for door in reading.people[0].other_doors] == ["202"]
    assert sum(area or 0 for area in reading.units.values()) == 17000


def test_columns_chosen_by_hand_outrank_the_guess() -> None:
    rows = [["甲", "乙", "丙"], ["张三", "13800138001", "队一"], ["李四", "13800138002", ""]]
    content = make_xlsx({"S": rows})
    assert reading_of(content).plans[0].role is Role.OTHER
    chosen = {"S": {0: Field.NAME, 1: Field.PHONE, 2: Field.TEAM}}
    reading = reading_of(content, chosen=chosen)
    assert [(p.name, p.phone) for p in reading.people] == [("张三", "13800138001"), ("李四", "13800138002")]
    assert Counter(t for p in reading.people for t in p.teams) == {"队一": 1}


@pytest.mark.parametrize("cell", ["=cmd|' /C calc'!A0", "＝1+1"])
def test_a_formula_is_never_a_name_and_never_a_team(cell: str) -> None:
    rows = [["姓名", "手机", "队伍"], [cell, 13800138001, None], ["张三", 13800138002, cell]]
    reading = reading_of(make_xlsx({"S": rows}))
    assert [(p.name, p.teams) for p in reading.people] == [("张三", ())]
    assert found(reading) == [(2, "name is not a name"), (3, "text that looks like a formula")]
