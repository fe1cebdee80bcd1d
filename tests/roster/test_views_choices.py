"""Deciding row by row in the browser: tabs, search, ticked rows, whole tabs; following a long import."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engage.core import tenancy
from engage.roster import parts, turns, views_background
from engage.roster.importing import begin
from tests.client import CheckingClient
from tests.conftest import World, counted_queries
from tests.make import NOW
from tests.roster.conftest import Upload
from tests.roster.importing import put_in, staged
from tests.roster.make_workbooks import FULLER, SMALL, make_xlsx, sheet, workbook

SignIn = Callable[..., CheckingClient]


@pytest.fixture
def wang(world: World) -> None:
    put_in(sheet(["王晓明", None, "1栋1单元101", "1960", None, None]), actor=world.secretary)


@pytest.mark.usefixtures("wang")
def test_a_change_is_shown_as_old_and_new(world: World, upload: Upload) -> None:
    page = upload(world.secretary, sheet(FULLER))
    changes = [item.get_text(" ", strip=True) for item in page.soup.select(".changes li")]
    assert changes == ["手机 空着 138****8001", "志愿者 空着 √", "队伍 空着 红马甲"]
    assert "有变动 1" in page.words
    assert "册上1人补上新的情况" in page.words
    assert "13800138001" not in page.text


@pytest.mark.usefixtures("wang")
def test_a_suspected_person_is_answered_with_one_button(world: World, sign_in: SignIn, upload: Upload) -> None:
    put_in(sheet(FULLER), actor=world.secretary)
    client = sign_in(world.secretary)
    page = upload(client, sheet(["王小明", "13800138001", "3栋303", None, None, None]))
    assert "有1行像是册上的人" in page.words
    button = page.soup.select_one('button[value^="same:"]')
    assert button is not None
    answer = client.submit(page.form("/choices"), expect=303, press=f"one={button['value']}")
    assert "没有要认的人" in client.get(answer.location, expect=200).words
    page = client.get(f"{page.request.path}?tab=changed", expect=200)
    assert "册上的名字是“王晓明”，不改" in page.words
    assert "尾号8001" not in page.words
    answer = client.submit(page.form("/choices"), expect=303, press="one=ask::2|名单")
    page = client.get(answer.location, expect=200)
    client.submit(page.form("/choices"), expect=422, press="one=same:1:2|名单")
    client.submit(page.form("/choices"), expect=404, press="one=nonsense::2|名单")


def test_ticked_rows_and_a_whole_tab(world: World, sign_in: SignIn, upload: Upload) -> None:
    client = sign_in(world.secretary)
    page = upload(client, make_xlsx({"名单": [*SMALL[:6], *SMALL[7:]]}))
    form = page.form("/choices")
    hidden = {str(tag["name"]): str(tag["value"]) for tag in form.select("input[type=hidden]")}
    answer = client.post(str(form["action"]), data=hidden | {"row": ["3|名单", "4|名单"], "act": "leave"}, expect=303)
    page = client.get(answer.location, expect=200)
    assert ("新的 2" in page.words, "不导入 2" in page.words) == (True, True)
    answer = client.submit(page.form("/choices"), expect=303, press="act=leave-all")
    assert "没有新的人" in client.get(answer.location, expect=200).words
    page = client.get(f"{page.request.path}?tab=left", expect=200)
    answer = client.submit(page.form("/choices"), expect=303, press="act=take-all")
    assert "新的 4" in client.get(answer.location, expect=200).words


def test_rows_are_found_by_what_stands_in_them(world: World, sign_in: SignIn, upload: Upload) -> None:
    client = sign_in(world.secretary)
    batch = upload(client, workbook(60)).request.path
    page = client.get(f"{batch}?tab=new&q=1栋105", expect=200)
    assert [cell.get_text(strip=True) for cell in page.soup.select("tbody th.num")] == ["14", "15", "16"]
    assert "3行" in page.words
    answer = client.submit(page.form("/choices"), expect=303, press="act=leave-all")
    assert "q=1" in answer.location
    page = client.get(f"{batch}?tab=all", expect=200)
    assert ("新的 57" in page.words, "不导入 3" in page.words) == (True, True)
    assert "没有这样的行" in client.get(f"{batch}?q=nobody&tab=new", expect=200).words


def test_a_page_of_changes_asks_no_more_questions_than_one(world: World, sign_in: SignIn, upload: Upload) -> None:
    put_in(workbook(40), actor=world.secretary)
    rows = [["姓名", "手机", "住址", "出生日期"]]
    rows += [[f"张{chr(0x4E00 + n)}", f"1380013{n:04d}", "9栋909", "1960"] for n in range(40)]
    client = sign_in(world.secretary)
    batch = upload(client, make_xlsx({"名单": rows})).request.path
    with counted_queries() as statements:
        page = client.get(f"{batch}?tab=changed", expect=200)
    assert len(page.soup.select(".changes")) == 40
    assert len(statements) <= 12


def test_a_long_import_is_followed_and_ends_at_what_it_did(
    world: World, sign_in: SignIn, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "PART", 10)
    begun: list[parts.Run] = []
    monkeypatch.setattr(views_background, "follow", begun.append)
    client = sign_in(world.secretary)
    page = upload(client, workbook())
    answer = client.submit(page.form("/confirmation"), expect=303)
    page = client.get(answer.location, expect=200)
    assert "0人已经写进去，一共25人" in page.words
    assert page.soup.select_one('[hx-trigger="every 2s"]') is not None
    (run,) = begun
    with tenancy.scoped(world.donghu.id):
        parts.write_part(run, now=NOW)
    assert "10人已经写进去" in client.get(f"{page.request.path}/progress", htmx=True, expect=200).words
    with tenancy.scoped(world.donghu.id):
        while parts.write_part(run, now=NOW) is None:
            pass
    ended = client.get(f"{page.request.path}/progress", htmx=True)
    assert ended.headers["HX-Redirect"] == page.request.path
    assert "导入了25人" in client.get(page.request.path, expect=200).words


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_import_that_died_says_so_and_offers_two_ways_on(
    world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setattr(parts, "PART", 10)
    monkeypatch.setattr(
        views_background, "follow", lambda run: [None for _ in range(5) if parts.write_part(run, now=NOW)]
    )
    batch_id = staged(world, workbook())
    begin(batch_id=batch_id, revision=1, actor=world.secretary, now=NOW - turns.DEAD_AFTER)
    client = sign_in(world.secretary)
    client.language = language
    page = client.get(f"/roster/batches/{batch_id}", expect=200)
    assert page.soup.select_one("[hx-trigger]") is None
    page.form("/continuation")
    client.submit(page.form("/stop"), expect=303)
    assert ("导到一半停了" if language == "zh" else "stopped") in client.get(page.request.path, expect=200).words
