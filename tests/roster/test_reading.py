"""Whole workbooks: the one of 龙马社区 with its published answers, and those of other communities."""

from __future__ import annotations

import json
from typing import Any

from engage.core import workbook
from engage.roster import report
from engage.roster.rules import Role, without_id_numbers
from engage.roster.rules.values import ID_MARK
from tests.roster.make_workbooks import LONGMA, SMALL, make_csv, make_xlsx, processor_seconds
from tests.roster.readings import found, reading_of


def test_longma_is_read_as_its_answers_say() -> None:
    answers = json.loads(LONGMA.with_suffix(".answers.json").read_text("utf-8"))
    reading = reading_of(LONGMA.read_bytes())
    got = report.as_json(reading, community="龙马社区", comparison=None)
    for key in answers.keys() - {"errors", "warnings"}:
        assert got[key] == answers[key], key
    for key in ("errors", "warnings"):
        mine = [{k: v for k, v in one.items() if k in ("row", "kind", "earlier")} for one in got[key]]
        assert sorted(mine, key=lambda one: one["row"]) == sorted(answers[key], key=lambda one: one["row"])
    assert [one["column"] for one in got["errors"]] == ["姓名", "联系电话", "网格", "出生年月"]
    assert any("隐藏" in note for note in got["notes"])
    assert next(grid.officer for grid in reading.grids.values()) == "贾伟涵"


def test_a_thousand_rows_take_less_than_two_seconds() -> None:
    started = processor_seconds()
    reading_of(LONGMA.read_bytes())
    assert processor_seconds() - started < 2


def test_the_small_workbook_of_the_tests() -> None:
    reading = reading_of(make_xlsx({"名单": SMALL}))
    assert [person.name for person in reading.people] == ["吴明宇", "贾梓山", "黄静淑", "邓伟"]
    assert found(reading) == [(7, "phone has 7 digits"), (8, "same person as an earlier row")]
    assert (len(reading.units), len(reading.grids), reading.total_rows) == (3, 2, [9])


def test_other_headings_in_another_order_two_lines_and_a_note_below() -> None:
    rows: list[list[Any]] = [
        ["桂园小区业主信息登记表", None, None, None, None, None, None, None, None],
        ["序号", "业主信息", None, None, "房屋信息", None, None, "是否参加志愿服务", "身份证号码"],
        [None, "业主姓名", "移动电话", "出生", "幢号", "室号", "建筑面积（平方米）", None, None],
        [1, "赵 一", "１３８００１３８０００", "1956年3月2日", "3幢", "501室", "89.5㎡", "✓", "420106195603020011"],
        [2, "钱二", 13900139000.0, 19560302, "3号楼", "502", 90, None, 4.2010619560302e17],
        [3, "孙三", "027-87654321", "56年3月", "三幢", "0503", None, "否", None],
        ["制表人：王五", None, None, None, None, None, None, None, None],
    ]
    merged = {"Sheet1": [(0, 0, 0, 8), (1, 0, 2, 0), (1, 1, 1, 3), (1, 4, 1, 6), (1, 7, 2, 7), (1, 8, 2, 8)]}
    content = make_xlsx({"Sheet1": rows}, merged)
    reading = reading_of(content)
    assert found(reading) == []
    assert [(p.name, p.phone or p.landline, str(p.birth), p.volunteer) for p in reading.people] == [
        ("赵一", "13800138000", "1956-03-02", True),
        ("钱二", "13900139000", "1956-03-02", False),
        ("孙三", "02787654321", "1956-03", False),
    ]
    assert {door.building for door in reading.units} == {"3"}
    assert sorted(door.room for door in reading.units) == ["501", "502", "503"]
    assert sum(area or 0 for area in reading.units.values()) == 17950
    assert any("身份证号码" in note.message % note.facts for note in reading.notes)
    clean = without_id_numbers(workbook.read(content, filename="x.xlsx"))["Sheet1"]
    assert [row[8] for row in clean[3:6]] == [ID_MARK, ID_MARK, None]
    assert "420106" not in json.dumps(clean, default=str)


def test_a_csv_of_gb18030_with_addresses_in_one_column() -> None:
    rows = [
        ["姓名", "手机号码", "家庭住址", "年龄", "志愿服务队", "备注"],
        ["喆堃", "13800138001", "桂园6栋1单元301", "65", "银龄互助队；红马甲", ""],
        ["玥珺", "13800138002", "桂园6栋1单元301室", "6岁", "", "=1+1"],
        ["李四", "1.38E+10", "桂园7-2-402", "40", "", ""],
        ["王五", "", "村东头大树下", "不详", "", ""],
    ]
    reading = reading_of(make_csv(rows), "志愿者.csv")
    assert found(reading) == [
        (4, "phone lost its last digits"), (3, "text that looks like a formula"), (5, "address not understood"),
    ]  # fmt: skip
    first = reading.people[0]
    assert (first.name, first.volunteer, first.teams) == ("喆堃", True, ("银龄互助队", "红马甲"))
    assert str(first.birth) == "1961"
    assert len(reading.units) == 1
    assert reading_of(make_csv(rows, "utf-8-sig"), "x.csv").people[0].name == "喆堃"


def test_one_sheet_per_building_and_grids_in_the_titles() -> None:
    def sheet(grid: str, name: str, phone: int) -> list[list[Any]]:
        return [
            [f"{grid}住户一览表"],
            ["单元", "房号", "姓名", "电话", "与户主关系"],
            ["1单元", 101, f"{name}一", phone, "户主"],
            [None, None, f"{name}二", None, "配偶"],
            ["1单元", 102, f"{name}三", phone + 1, "户主"],
        ]

    content = make_xlsx(
        {
            "1栋": sheet("第一网格", "张", 13800138001),
            "2栋": sheet("第二网格", "李", 13800138011),
            "说明": [["请如实填写"], ["谢谢"]],
        }
    )
    reading = reading_of(content)
    assert [plan.role for plan in reading.plans] == [Role.PEOPLE, Role.PEOPLE, Role.OTHER]
    assert found(reading) == []
    assert (len(reading.people), len(reading.units), sorted(reading.grids)) == (6, 4, ["1", "2"])
    assert reading.people[1].dwelling == reading.people[0].dwelling
    assert {door.building for door in reading.units} == {"1", "2"}


def test_english_headings() -> None:
    rows = [
        [
            "No.",
            "Full name",
            "Mobile",
            "Date of birth",
            "Grid",
            "Building",
            "Unit",
            "Room",
            "Floor area (m2)",
            "Volunteer (Y/N)",
            "Team",
            "Remarks",
        ],
        [
            1,
            "Zhang San",
            "138-0013-8001",
            "3 May 1971",
            "Grid 1",
            "Building 3",
            "Unit 2",
            "Room 501",
            89.5,
            "Y",
            "Night patrol",
            "",
        ],
        [2, "Li Si", "138 0013 80", "1971", 1, 3, 2, 502, 90, "N", None, None],
    ]
    reading = reading_of(make_xlsx({"Residents": rows}))
    assert found(reading) == [(3, "phone has 9 digits")]
    person = reading.people[0]
    assert (person.name, person.phone, str(person.birth), person.grid, person.teams) == (
        "Zhang San", "13800138001", "1971-05-03", "1", ("Night patrol",),
    )  # fmt: skip
    assert report.as_json(reading, community="X", comparison=None)["by_team"] == {"Night patrol": 1}


def test_twenty_thousand_rows_take_less_than_fifteen_seconds() -> None:
    rows: list[list[Any]] = [["网格", "楼栋", "单元", "房号", "姓名", "出生日期", "手机", "志愿者", "队伍", "面积"]]
    rows += [
        [n % 40, f"{n % 400}栋", 1 + n % 3, 100 + n // 400, f"张{chr(0x4E00 + n % 5000)}{chr(0x4E00 + n % 4999)}",
                     "1956年3月2日", 13800000000 + n, "√" if n % 5 == 0 else None, "红马甲" if n % 5 == 0 else None, 80.5]
        for n in range(20_000)
    ]  # fmt: skip
    content = make_xlsx({"S": rows})
    started = processor_seconds()
    reading = reading_of(content)
    assert processor_seconds() - started < 15
    assert len(reading.people) == 20_000
