"""J1: an operator's command, a secretary's first evening: a messy roster, paper for the hands, tonight's patrol."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import xlsxwriter
from playwright.sync_api import Page, expect

from tests.journeys.acting import activate, choose_password, press
from tests.journeys.conftest import DESK
from tests.live import Installation

PASSWORD = "湖边第一盏路灯亮了"
#: two lines of headings under a merged title; five good people, two rows to fix (9 and 10), one person twice
ROWS = (
    ("第1网格", "3栋", 1, 101, "吴明宇", "1971-09-05", 13311226483, "户主", "是"),
    ("第1网格", "3栋", 1, 101, "贾梓山", "1997年7月", "１８９３０６９９０７５", "配偶", "√"),
    ("第1网格", "3栋", 1, 102, "黄静淑", "1947", "133-8901-4327", "户主", None),
    ("第2网格", "5栋", 2, 301, "邓伟", None, None, "户主", "是"),
    ("第2网格", "5栋", 2, 302, "胡秋生", "1954", 1380062, "户主", None),
    ("第2网格", "5栋", 2, 401, "沈玉兰", "1962-13-40", 13900001234, "户主", "是"),
    ("第1网格", "3栋", 1, 101, "吴明宇", "1971-09-05", 13311226483, "户主", "是"),
    ("第2网格", "5栋", 2, 402, "马春花", "1958", 13900005678, "户主", "是"),
)


def workbook(*, corrected: bool = False) -> bytes:
    """Return the roster as the office keeps it; corrected: with the two bad cells as they were typed on the page."""
    rows = [list(row) for row in ROWS]
    if corrected:
        rows[4][6], rows[5][5] = "13800620062", "1962"
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("花名册")
    sheet.merge_range(0, 0, 0, 8, "湖边社区居民花名册（2026年）")
    for column, heading in ((0, "网格"), (4, "姓名"), (5, "出生日期"), (6, "手机"), (7, "与户主关系"), (8, "志愿者")):
        sheet.merge_range(1, column, 2, column, heading)
    sheet.merge_range(1, 1, 1, 3, "住址")
    sheet.write_row(2, 1, ("楼栋", "单元", "房号"))
    for number, row in enumerate(rows, start=3):
        sheet.write_row(number, 0, row)
    sheet.write_row(3 + len(rows), 0, ("合计", None, None, None, len(rows)))
    book.close()
    return target.getvalue()


def test_j1_from_an_empty_installation_to_tonights_patrol(
    installation: Installation, open_page: Callable[..., Page]
) -> None:
    office, phone = open_page(installation, size=DESK), open_page(installation)
    printed = installation.flask(
        *("create-community", "湖边社区", "--slug", "hubian", "--secretary", "何敏", "--phone", "13800000001")
    )
    office.goto(re.search(r"/activate/\w+", printed).group())  # type: ignore[union-attr]
    choose_password(office, password=PASSWORD)

    check_roster(office)
    correct_and_import(office)
    import_again(office)
    code = print_paper(office)
    plan_tonight(office)

    activate(phone, code=code, password="湖边志愿者的红袖章")
    phone.goto("/activities")
    expect(phone.locator("#main")).to_contain_text("湖边夜巡")


def upload(office: Page, *, content: bytes) -> None:
    """Choose the file and send it in."""
    office.goto("/roster/import")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    office.set_input_files("#f-workbook", {"name": "花名册.xlsx", "mimeType": kind, "buffer": content})
    office.get_by_role("button", name="读这个文件").click()
    office.wait_for_url(re.compile(r"/roster/batches/\d+"))


def check_roster(office: Page) -> None:
    """See what is wrong, by the sheet's own row numbers; nothing is written yet."""
    upload(office, content=workbook())
    expect(office.get_by_role("alert")).to_contain_text("有2行要改")
    for number, sentence in (("8", "手机要11位"), ("9", "没有“1962-13-40”这一天")):
        row = office.locator("#roster-rows tr", has=office.locator("th .nb", has_text=re.compile(f"^{number}$")))
        expect(row).to_contain_text(sentence)
    check = office.url
    office.goto("/members")
    expect(office.locator("#members tbody tr")).to_have_count(1)
    office.goto(check)


def correct_and_import(office: Page) -> None:
    """Type two cells anew where they stand, then import everything at once."""
    for typed in ("13800620062", "1962"):
        office.locator(".cellerr input").first.fill(typed)
        press(office, "/corrections")
    expect(office.locator("#roster-verdict")).to_contain_text("7行都没问题")
    office.get_by_role("button", name="导入这7行").click()
    expect(office.locator("#main")).to_contain_text("导入了7人")


def import_again(office: Page) -> None:
    """The same people once more: nothing to import, nobody twice."""
    upload(office, content=workbook(corrected=True))
    expect(office.locator("#roster-verdict")).to_contain_text("没有变化")
    expect(office.locator('form[action$="/confirmation"]')).to_have_count(0)
    office.goto("/members")
    expect(office.locator("#members tbody tr")).to_have_count(8)


def print_paper(office: Page) -> str:
    """Print every volunteer's card, and one volunteer's slip; returns the code on it."""
    office.goto("/members/cards?kind=volunteers")
    office.get_by_role("button", name="出证件").click()
    expect(office.locator(".idcard")).to_have_count(5)
    expect(office.locator(".idcard svg[role=img]")).to_have_count(5)
    office.goto("/members?q=马春花")
    office.get_by_label("选马春花").check()
    office.locator("select[name=act]").select_option("slips")
    office.get_by_role("button", name="下一步").click()
    office.get_by_role("button", name="做好激活码，出纸条").click()
    expect(office.locator(".aslip")).to_have_count(1)
    expect(office.locator(".aslip-name")).to_contain_text("马春花")
    return office.locator(".aslip-code").inner_text()


def plan_tonight(office: Page) -> None:
    """Plan the patrol the form proposes: tonight, or tomorrow when tonight is too near."""
    office.goto("/plan")
    office.get_by_role("link", name="发活动").first.click()
    office.get_by_label("活动名称").fill("湖边夜巡")
    office.get_by_label("集合地点").fill("湖边岗亭")
    office.locator("#f-insurance").fill("区志愿者意外险")
    press(office, "/plan/activities")
    expect(office.locator("#main")).to_contain_text("湖边夜巡")
