"""Import through the web, as a secretary does it."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest

from engage import people, places
from engage.core import tenancy, workbook
from engage.core.database import transaction
from tests.client import CheckingClient
from tests.conftest import World, counted_queries
from tests.roster.conftest import Upload
from tests.roster.make_workbooks import LONGMA, SMALL, make_xlsx

SignIn = Callable[..., CheckingClient]


def on_roll(world: World) -> int:
    with tenancy.scoped(world.donghu.id):
        return people.count_persons()


def test_a_file_is_looked_at_before_anything_is_written(world: World, upload: Upload) -> None:
    before = on_roll(world)
    page = upload(world.secretary, make_xlsx({"名单": SMALL}))
    assert "有1行要改，改好再导入" in page.words
    assert "手机要11位，这里是7位" in page.words
    cell = page.soup.select_one('input[name="cell-6"]')
    assert cell is not None
    assert (cell["value"], cell["aria-invalid"]) == ("1380062", "true")
    assert on_roll(world) == before


def test_confirming_twice_imports_once(world: World, sign_in: SignIn, upload: Upload) -> None:
    client, before = sign_in(world.secretary), on_roll(world)
    form = upload(client, make_xlsx({"名单": SMALL})).form("/confirmation")
    done = client.get(client.submit(form, expect=303).location, expect=200)
    assert "导入了4人" in done.words
    assert "还有1行没导入" in done.words
    client.submit(form, expect=303)
    assert on_roll(world) == before + 4


def test_the_rows_to_fix_come_back_as_a_workbook_that_goes_in(world: World, sign_in: SignIn, upload: Upload) -> None:
    client = sign_in(world.secretary)
    page = upload(client, make_xlsx({"名单": SMALL}))
    client.submit(page.form("/confirmation"), expect=303)
    link = page.soup.find("a", string=lambda text: bool(text) and "下载要改的行" in text) or page.soup.select_one(
        'a[href$=".xlsx"]'
    )
    assert link is not None
    answer = client.get(str(link["href"]), expect=200)
    sheet = workbook.read(answer.data, filename="rows-to-fix.xlsx")[0]
    assert sheet.rows[0][-2:] == ["要改什么", "原来的行号"]
    row = dict(zip(sheet.rows[0], sheet.rows[1], strict=True))
    assert (row["姓名"], row["手机"], row["原来的行号"]) == ("胡秋生", "1380062", 7)
    assert "手机要11位" in str(row["要改什么"])
    fixed = [sheet.rows[0], ["13800629999" if cell == "1380062" else cell for cell in sheet.rows[1]]]
    second = upload(client, make_xlsx({"名单": fixed}))
    assert "1行都没问题" in second.words


def test_the_same_file_again_says_that_nothing_changes(world: World, sign_in: SignIn, upload: Upload) -> None:
    content = make_xlsx({"名单": [*SMALL[:6], *SMALL[7:]]})
    client = sign_in(world.secretary)
    client.submit(upload(client, content).form("/confirmation"), expect=303)
    page = upload(client, content)
    assert "没有变化" in page.words
    assert not page.soup.select('form[action$="/confirmation"]')


def test_a_cell_is_corrected_on_the_page_and_a_row_skipped(world: World, sign_in: SignIn, upload: Upload) -> None:
    client = sign_in(world.secretary)
    form = upload(client, make_xlsx({"名单": SMALL})).form("/corrections")
    hidden = {str(tag["name"]): str(tag["value"]) for tag in form.select("input[type=hidden]")}
    answer = client.post(str(form["action"]), data=hidden | {"cell-6": "13800629999"}, expect=303)
    assert "没有要改的行" in client.get(answer.location, expect=200).words
    page = upload(client, make_xlsx({"名单": SMALL}))
    answer = client.submit(page.form("/choices"), expect=303, press="one=leave::7|名单")
    page = client.get(answer.location, expect=200)
    assert "要改 0" in page.words
    assert "不导入 1" in page.words
    assert "新的 4" in page.words


def test_columns_can_be_changed(world: World, sign_in: SignIn, upload: Upload) -> None:
    client = sign_in(world.secretary)
    page = upload(client, make_xlsx({"S": [["甲", "乙"], ["张三", "13800138001"], ["李四", None]]}))
    assert "一行也没读到" in page.words
    answer = client.submit(page.form("/columns"), expect=303, **{"column-0": "name", "column-1": "phone"})
    assert "2行都没问题" in client.get(answer.location, expect=200).words
    client.submit(page.form("/columns"), expect=404, **{"column-0": "secret"})


def test_somebody_changed_the_list_meanwhile(world: World, sign_in: SignIn, upload: Upload) -> None:
    client = sign_in(world.secretary)
    page = upload(client, make_xlsx({"名单": SMALL}))
    client.submit(page.form("/columns"), expect=303)
    answer = client.submit(page.form("/confirmation"), expect=409)
    assert "请再看一遍" in answer.refusal


@pytest.mark.parametrize("tab", ["fix", "ask", "new", "changed", "same", "left", "look", "all", "nonsense"])
def test_every_tab_in_both_languages(world: World, sign_in: SignIn, upload: Upload, tab: str) -> None:
    batch = upload(world.secretary, LONGMA.read_bytes()).request.path
    for language, word in (("zh", "核对"), ("en", "Check")):
        client = sign_in(world.secretary)
        client.language = language
        assert word in client.get(f"{batch}?tab={tab}", expect=200).words


def test_a_long_list_has_pages_and_few_queries(world: World, sign_in: SignIn, upload: Upload) -> None:
    client = sign_in(world.secretary)
    batch = upload(client, LONGMA.read_bytes()).request.path
    with counted_queries() as statements:
        page = client.get(f"{batch}?tab=all&page=3", expect=200)
    assert len(page.soup.select("tbody tr")) == 50
    assert "3 / 22" in page.words
    assert len(statements) <= 12
    last = client.get(f"{batch}?tab=all&page=999", expect=200).soup.select("tbody th.num")
    assert len(last) == 1085 % 50


def test_phones_of_good_rows_are_masked(world: World, sign_in: SignIn, upload: Upload) -> None:
    batch = upload(world.secretary, make_xlsx({"名单": SMALL})).request.path
    page = sign_in(world.secretary).get(f"{batch}?tab=new", expect=200)
    assert "133****6483" in page.words
    assert "13311226483" not in page.text


def test_a_file_that_is_no_workbook_is_refused_in_words(world: World, upload: Upload, sign_in: SignIn) -> None:
    answer = upload(world.secretary, b"PK\x03\x04 not a zip", expect=422)
    assert "打不开" in answer.refusal
    answer = upload(world.secretary, b"\x89PNG\r\n\x1a\n\0\0\0", name="x.png", expect=422)
    assert "另存为" in answer.refusal
    nothing = sign_in(world.secretary).post("/roster/batches", data={"workbook": (BytesIO(b""), "")}, expect=422)
    assert "还没选文件" in nothing.refusal


def test_who_may_import(world: World, sign_in: SignIn, upload: Upload) -> None:
    batch = upload(world.clerk, make_xlsx({"名单": SMALL})).request.path
    for actor, status in ((world.volunteer, 403), (world.leader, 403), (world.outsider, 404)):
        sign_in(actor).get(batch, expect=status)
        sign_in(actor).post(f"{batch}/confirmation", data={"revision": "1"}, expect=status)
        sign_in(actor).get(f"{batch}/rows-to-fix.xlsx", expect=status)


def test_the_blank_roster_is_read_without_a_word(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.secretary).get("/roster/blank.xlsx", expect=200)
    headings = workbook.read(answer.data, filename="roster.xlsx")[0].rows[0]
    assert "姓名" in headings


def test_the_first_visit_says_what_to_do(world: World, sign_in: SignIn) -> None:
    assert "还没传过" in sign_in(world.secretary).get("/roster/import", expect=200).words


def test_a_grid_nobody_knows_is_put_right_in_all_rows_that_say_it(
    world: World, sign_in: SignIn, upload: Upload
) -> None:
    with tenancy.scoped(world.donghu.id), transaction():
        places.add_grid(name="桂园", code="01")
    rows = [["网格", "姓名", "手机"], *[["桂院", f"张{n}", f"1380000000{n}"] for n in range(3)], ["桂元", "李四", None]]
    client = sign_in(world.secretary)
    page = upload(client, make_xlsx({"名单": rows}))
    assert "这样写的3行都改" in page.words
    assert page.words.count("都改") == 3  # the fourth says something else, and nobody else says it
    form = page.form("/corrections")
    hidden = {str(tag["name"]): str(tag["value"]) for tag in form.select("input[type=hidden]")}
    answer = client.post(str(form["action"]), data=hidden | {"cell-0": "桂园", "alike": "0"}, expect=303)
    page = client.get(answer.location, expect=200)
    assert "要改 1" in page.words
    assert "新的 3" in page.words
