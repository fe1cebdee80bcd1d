"""One's own data: all of it, only one's own, to take along (service-points §5.8)."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import date, time
from typing import Any

from sqlalchemy import select

from engage import activities, people, topics
from engage.core import workbook
from engage.core.access import Actor
from engage.core.audit import AuditEvent
from engage.core.database import db, transaction
from engage.home import package
from engage.home.my_data import data_of
from engage.people import reveals
from tests.client import CheckingClient
from tests.conftest import World
from tests.home.conftest import PASSWORD, plan_shift
from tests.make import NOW

SignIn = Callable[[Actor], CheckingClient]


def test_everything_about_me_is_on_one_page(me: Actor, sign_in: SignIn) -> None:
    words = sign_in(me).get("/me/data", expect=200).words
    for expected in ("周桂芳", "zhou gui fang", "0621", "桂园3栋2单元501", "1955", "2026-06版", "楼道灯谁来换", "毛巾"):
        assert expected in words
    assert "周桂芳忘了带证" in words, "who looked at the phone, and why"
    assert "吴小婷" in words
    assert "13800000621" not in words.replace("13800000621打不通", "")
    assert "票上没有名字" in words, "says why ballots are missing"


def test_the_page_is_whole_in_english(me: Actor, sign_in: SignIn) -> None:
    browser = sign_in(me)
    browser.language = "en"
    for address in ("/me/data", "/me/closure", "/me/details"):
        words = browser.get(address, expect=200).words
        assert "_(" not in words
    assert "Close my account" in browser.get("/me/closure", expect=200).words


def test_somebody_with_nothing_stored_sees_a_page_too(world: World, sign_in: SignIn) -> None:
    words = sign_in(world.resident).get("/me/data", expect=200).words
    assert "没有人看过全号" in words
    assert "没提过" in words


def test_the_page_does_not_ask_once_per_row(me: Actor, world: World, count_queries: Any) -> None:
    with count_queries() as few:
        package.sections_of(data_of(me, now=NOW))
    for number in range(6):
        shift = plan_shift(
            world, title=f"第{number}班", day=date(2026, 6, 20), starts=time(8 + number), ends=time(9 + number)
        )
        activities.sign_up(shift_id=shift, person_id=me.person_id, actor=me, now=NOW)
        reveals.reveal_phone(person_id=me.person_id, reason="再问一次", actor=world.secretary, now=NOW)
        topics.file_topic(title=f"第{number}件事怎么办", body="", is_named=True, actor=me, key=str(number), now=NOW)
    db.session.rollback()
    with count_queries() as many:
        package.sections_of(data_of(me, now=NOW))
    assert len(many) <= len(few) + 1, "a list that was empty may cost one"


def test_everybody_who_looked_at_my_number_is_on_it(me: Actor, world: World, sign_in: SignIn) -> None:
    before = len(data_of(me, now=NOW).looks)
    for number in range(25):
        reveals.reveal_phone(person_id=me.person_id, reason=f"第{number}次问", actor=world.secretary, now=NOW)
    [section] = [one for one in package.sections_of(data_of(me, now=NOW)) if one.key == "phone_looks"]
    assert len(section.rows) == before + 25
    words = sign_in(me).get("/me/data", expect=200).words
    assert all(f"第{number}次问" in words for number in range(25))


def test_nobody_elses_data_are_on_it(me: Actor, world: World, sign_in: SignIn) -> None:
    words = sign_in(world.neighbour).get("/me/data", expect=200).words
    for foreign in ("周桂芳", "0621", "楼道灯谁来换", "忘了带证"):
        assert foreign not in words


def test_the_download_has_both_files_with_the_same_content(me: Actor, sign_in: SignIn) -> None:
    browser = sign_in(me)
    form = browser.get("/me/data", expect=200).form("/me/data/downloads")
    answer = browser.submit(form, expect=200, current=PASSWORD)
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Cache-Control"] == "no-store"
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    data = json.loads(archive.read("my-data.json"))
    assert data["person"][0]["name"] == "周桂芳"
    assert data["person"][0]["phone"] == "13800000621"
    assert data["rewards"][0]["state"] == "reserved"
    assert [row["title"] for row in data["topics"]] == ["楼道灯谁来换"]
    sheets = {sheet.name: sheet.rows for sheet in workbook.read(archive.read("my-data.xlsx"), filename="my-data.xlsx")}
    assert sheets["本人"][1][1] == "周桂芳"
    assert sheets["本人"][1][3] == "13800000621"
    assert len(sheets) == len(data)
    verbs = list(db.session.scalars(select(AuditEvent.verb).where(AuditEvent.actor_id == me.person_id)))
    assert verbs.count("own_data_downloaded") == 1


def test_w12_a_name_that_looks_like_a_formula_is_text_in_the_workbook(me: Actor) -> None:
    with transaction():
        people.get_person(me.person_id).name = '=HYPERLINK("http://evil")'
    archive = zipfile.ZipFile(io.BytesIO(package.take_along(actor=me, now=NOW)))
    book = zipfile.ZipFile(io.BytesIO(archive.read("my-data.xlsx")))
    sheets = [book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    assert sheets
    assert not [sheet for sheet in sheets if b"<f>" in sheet or b"<hyperlink" in sheet]
    assert b"HYPERLINK" in book.read("xl/sharedStrings.xml")


def test_the_download_wants_the_password_and_is_limited(me: Actor, sign_in: SignIn) -> None:
    browser = sign_in(me)
    refused = browser.post("/me/data/downloads", data={"current": "猜一个密码试试"}, expect=422)
    assert "密码不对" in refused.refusal
    for _number in range(package.DOWNLOADS_A_DAY):
        package.take_along(actor=me, now=NOW)
    answer = browser.post("/me/data/downloads", data={"current": PASSWORD}, expect=429)
    assert "没下载" in answer.text or "太勤" in answer.text


def test_guessing_the_password_has_a_limit(me: Actor, sign_in: SignIn) -> None:
    browser = sign_in(me)
    for _number in range(5):
        browser.post("/me/data/downloads", data={"current": "猜一个密码试试"}, expect=422)
    browser.post("/me/closure", data={"current": PASSWORD, "seen": ""}, expect=429)
