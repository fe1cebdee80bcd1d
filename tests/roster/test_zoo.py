"""Other communities' workbooks: who is read, with which phone, at which door; nothing wrong without a word."""

from __future__ import annotations

from typing import Any

import pytest

from engage.roster import commands
from engage.roster.rules import Reading, Role, read_workbook
from tests.roster.make_workbooks import make_xlsx
from tests.roster.make_zoo import make_zoo, mobile
from tests.roster.readings import TODAY, found


def read(content: bytes, filename: str = "名单.xlsx") -> Reading:
    return read_workbook(commands.open_workbook(content, filename=filename).sheets, today=TODAY)


def of(*rows: list[Any], name: str = "S", **options: Any) -> Reading:
    return read(make_xlsx({name: list(rows)}, **options))


def doors(reading: Reading) -> dict[str, str]:
    """Building/entrance/room of everybody read, good or held back, in the order of the rows."""
    lines = [line for line in reading.lines if line.cells]
    return {
        f"{line.sheet}{line.row}": f"{line.dwelling.building}/{line.dwelling.entrance}/{line.dwelling.room}"
        for line in lines
        if line.dwelling
    }


def phones(reading: Reading) -> dict[str, str | None]:
    return {person.name: person.phone for person in reading.people}


def test_two_columns_of_residents_beside_each_other_keep_their_own_phones() -> None:
    reading = read(make_zoo("two columns of residents beside each other"))
    assert phones(reading) == {"张三": mobile(1), "李四": None, "王五": mobile(3), "赵六": mobile(4)}
    assert list(doors(reading).values()) == ["3//101", "3//102", "3//103", "3//201", "3//202"]
    assert found(reading) == [(5, "phone has 3 digits")]


def test_head_and_spouse_in_one_row_are_two_people_of_one_door() -> None:
    reading = read(make_zoo("head and spouse in one row"))
    assert phones(reading) == {"张三": None, "王五": mobile(3), "李梅": mobile(2)}
    assert {person.name: person.dwelling.room for person in reading.people if person.dwelling} == {
        "张三": "501", "王五": "502", "李梅": "501",
    }  # fmt: skip


def test_a_table_below_with_its_columns_in_another_order_is_read_by_its_own_headings() -> None:
    reading = read(make_zoo("tables below each other"))
    assert found(reading) == []
    assert phones(reading) == {"张三": mobile(1), "王五": mobile(3), "赵六": mobile(4)}
    assert list(doors(reading).values()) == ["1//101", "2//101", "3//101"]
    assert [line.row for line in reading.lines] == [3, 7, 11]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("several estates", ["桂园3/2/501", "松园3/2/501", "松园3/2/502"]),
        ("a sheet for each entrance", ["1/1/101", "1/2/101", "1/2/102"]),
        ("headings between the rows for building and entrance", ["3/1/101", "3/2/101", "//101", "6//101"]),
        ("a household in merged cells", ["3//101", "3//101", "3//102", "3//102"]),
        ("an address and a room", ["桂园3/2/501", "桂园3/1/501"]),
        ("building and entrance in one column", ["3/2/501", "3/1/501", "3/3/501"]),
        ("rooms that say everything", ["3/2/501", "3//501", "3/2/502", "3/2/503"]),
    ],
)
def test_two_homes_are_never_one(name: str, expected: list[str]) -> None:
    assert list(doors(read(make_zoo(name))).values()) == expected


def test_rooms_of_nobody_knows_which_building_are_pointed_out() -> None:
    reading = read(make_xlsx({"1-3栋": [["房号", "姓名"], [101, "张三"]]}))
    assert list(doors(reading).values()) == ["//101"]
    assert any("没写哪栋" in note.message for note in reading.notes)


def test_the_sheet_of_a_building_tells_an_entrance_from_its_own_number() -> None:
    rows = [["姓名", "住址"], ["张三", "1-101"], ["李四", "2-101"]]
    assert list(doors(of(*rows, name="3栋")).values()) == ["3/1/101", "3/2/101"]
    rows = [["姓名", "房号"], ["张三", "3-101"], ["李四", "3-102"]]
    assert list(doors(of(*rows, name="3栋")).values()) == ["3//101", "3//102"]


def test_a_household_number_is_no_room() -> None:
    reading = of(["户号", "姓名", "住址"], ["001", "张三", "3-2-501"], ["002", "李四", "3-2-502"])
    assert list(doors(reading).values()) == ["3/2/501", "3/2/502"]


def test_a_door_made_into_a_date_is_said_and_made_no_door() -> None:
    reading = read(make_zoo("doors a spreadsheet made into dates"))
    assert {kind for _, kind in found(reading)} == {"door turned into a date"}
    assert (len(reading.people), doors(reading)) == (5, {})


def test_who_leaves_the_door_blank_is_asked_about_unless_a_member_of_the_household_above() -> None:
    rows = [["房号", "姓名", "与户主关系", "电话"], ["3-2-501", "张三", "户主", mobile(1)], [None, "李梅", "妻", None],
            [None, "王五", None, mobile(2)]]  # fmt: skip
    reading = of(*rows)
    assert list(doors(reading).values()) == ["3/2/501", "3/2/501"]
    assert found(reading) == [(4, "no door beside others")]


@pytest.mark.parametrize(
    ("headings", "row", "phone"),
    [
        (["姓名", "住址", "监护人姓名", "联系电话"], ["小明", "3-2-501", "张三", mobile(1)], None),
        (["姓名", "手机", "住址", "网格员", "联系电话"], ["小明", None, "3-2-501", "张三", mobile(1)], None),
        (["姓名", "性别", "住址", "紧急联系人", "联系电话"], ["小明", "男", "3-2-501", "张三", mobile(1)], None),
        (["姓名", "电话1", "电话2"], ["小明", mobile(1), mobile(2)], mobile(1)),
        (["业主姓名", "业主电话", "租户姓名", "租户电话"], ["小明", None, "张三", mobile(1)], None),
        (["业主姓名", "业主电话", "租户姓名", "租户电话"], ["小明", mobile(2), "张三", mobile(1)], mobile(2)),
        (["户主姓名", "户主电话", "家庭成员姓名", "与户主关系"], ["张三", mobile(1), "小明", "子"], None),
        (
            ["姓名", "网格", "网格员", "性别", "住址", "电话"],
            ["小明", 1, "张三", "男", "3-2-501", mobile(1)],
            mobile(1),
        ),
        (["姓名", "手机/电话"], ["小明", mobile(1)], mobile(1)),
    ],
)
def test_nobody_gets_the_phone_of_somebody_else(headings: list[str], row: list[Any], phone: str | None) -> None:
    reading = of(headings, row)
    assert phones(reading) == {"小明": phone}


def test_a_column_about_a_second_person_is_named_as_not_read() -> None:
    reading = of(["业主姓名", "业主电话", "租户姓名", "租户电话"], ["小明", None, "张三", mobile(1)])
    assert {str(note.facts["heading"]) for note in reading.notes} == {"租户姓名", "租户电话"}


def test_residents_of_one_grid_are_no_list_of_grid_officers() -> None:
    rows = [["网格", "姓名", "电话"], *[["第一网格", f"张{n}", mobile(i)] for i, n in enumerate("一二三")]]
    reading = of(*rows, name="第一网格名单")
    assert [plan.role for plan in reading.plans] == [Role.PEOPLE]
    assert (len(reading.people), reading.grids["1"].officer) == (3, None)


def test_examples_totals_and_sentences_between_the_rows_are_nobody() -> None:
    rows = [["序号", "姓名", "电话", "住址"], ["示例", "张三", mobile(1), "3-2-501"], [1, "李四", mobile(2), "3-2-502"],
            [None, "例：赵六", mobile(3), "3-2-503"], ["3栋小计", "1户", "1人"], [None, "低保户"], [2, "王五", mobile(4), "3-2-504"],
            [None, "以上信息真实有效"], ["说明1、请如实填写"], [None, "审核人签字："]]  # fmt: skip
    reading = of(*rows)
    assert [person.name for person in reading.people] == ["李四", "低保户", "王五"]
    assert found(reading) == [(6, "no door beside others"), (6, "only a name")]
    assert reading.total_rows == [5]


def test_a_sheet_of_instructions_is_not_read_beside_the_roster() -> None:
    rows = [["姓名", "电话"], ["张三", mobile(1)]]
    reading = read(make_xlsx({"填写说明": rows, "花名册": [["姓名", "电话"], ["李四", mobile(2)]]}))
    assert [person.name for person in reading.people] == ["李四"]
    assert [person.name for person in read(make_xlsx({"说明": rows})).people] == ["张三"]


def test_the_home_of_somebody_whose_address_begins_with_the_whole_country() -> None:
    long = "湖北省武汉市武昌区中南路街道龙马社区桂园小区3栋2单元501室"
    reading = of(
        ["姓名", "住址"], ["张三", long], ["李四", "桂园3-2-502"], ["王五", "龙马社区5栋101"], ["赵六", "生活区3栋201"]
    )
    assert list(doors(reading).values()) == ["桂园3/2/501", "桂园3/2/502", "5//101", "生活区3//201"]


def test_questionnaires_number_their_headings_and_speak_to_people() -> None:
    reading = read(make_zoo("answers to a questionnaire"))
    assert found(reading) == []
    assert [(person.phone, person.volunteer) for person in reading.people] == [(mobile(1), True), (mobile(2), False)]


def test_somebody_a_remark_calls_gone_is_pointed_out() -> None:
    rows = [["姓名", "电话", "备注"], ["张三", mobile(1), "2024年已故"], ["李四", mobile(2), "老伴已故"], ["王五", mobile(3), "已搬走"],
            ["赵六", mobile(4), "交通事故"]]  # fmt: skip
    assert found(of(*rows)) == [(2, "remark says gone"), (4, "remark says gone")]


def test_no_id_number_is_kept_wherever_it_stands() -> None:
    contents = commands.open_workbook(make_zoo("id numbers everywhere"), filename="x.xlsx")
    kept = " ".join(str(cell) for sheet in contents.sheets for row in sheet.rows for cell in row)
    assert "19580302" not in kept
    assert "580302" not in kept
    assert mobile(1) in kept


@pytest.mark.parametrize(
    ("content", "phone"),
    [
        ('姓名,电话\n张三,="13800138000"\n'.encode("utf-8-sig"), "13800138000"),
        ("| 姓名 | 电话 |\n|---|---|\n| 张三 | 13800138000 |\n".encode(), "13800138000"),
        ("姓名\t电话\n张三\t'13800138000\n".encode("gbk"), "13800138000"),
    ],
)
def test_text_files_of_other_programs(content: bytes, phone: str) -> None:
    reading = read(content, "名单.xls")
    assert found(reading) == []
    assert phones(reading) == {"张三": phone}
