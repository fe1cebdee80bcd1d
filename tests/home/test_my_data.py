"""One's own data: all of it, only one's own, to take along; and the way out (service-points §5.8, trust L8)."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import inspect, select, text

from engage import activities, attendance, ledger, people, rewards, talks, topics
from engage.core import tenancy, workbook
from engage.core.access import Actor
from engage.core.audit import AuditEvent
from engage.core.database import db, transaction
from engage.home import closing, package
from engage.home.my_data import data_of
from engage.people import passwords, reveals, signing_in
from engage.people.models import Consent, Device, Medium
from tests.client import CheckingClient
from tests.conftest import World
from tests.home.conftest import Evening, pay, plan_shift
from tests.make import NOW

SignIn = Callable[[Actor], CheckingClient]
PASSWORD = "四菜一汤加一碗米饭"


@pytest.fixture
def me(world: World, evening: Evening) -> Actor:
    """The volunteer with a password, a consent, a look at the phone, points, goods, a topic, a role at tonight's talk."""
    person_id = world.volunteer.person_id
    kept = passwords.hash_of(PASSWORD)
    with transaction() as session:
        signing_in.set_password(person_id=person_id, password_hash=kept, now=NOW)
        session.add(Consent(person_id=person_id, subject="personal-data", version="2026-06", given_at=NOW))
    reveals.reveal_phone(person_id=person_id, reason="周桂芳忘了带证，13800000621打不通", actor=world.clerk, now=NOW)
    towel = next(item for item in rewards.shelf() if item.name == "毛巾")
    rewards.reserve(item_id=towel.id, actor=world.volunteer, key="towel", now=NOW)
    topics.file_topic(
        title="楼道灯谁来换", body="三个月不亮了", is_named=True, actor=world.volunteer, key="lamp", now=NOW
    )
    talks.name_staff(
        talk_id=evening.talk,
        staff=(world.secretary.person_id, person_id, None, None),
        actor=world.secretary,
        now=NOW,
    )
    return world.volunteer


def served(world: World, shift_id: int) -> None:
    """The volunteer came and left, as the leader wrote it down."""
    for kind, at in ((attendance.Kind.IN, NOW), (attendance.Kind.OUT, NOW + timedelta(hours=1))):
        attendance.check_in_person(
            shift_id=shift_id,
            person_id=world.volunteer.person_id,
            kind=kind,
            medium="number",
            client_event_id=f"event {kind.value}",
            actor=world.leader,
            now=at,
        )


def close(me: Actor, *, now: Any = NOW) -> str:
    return closing.close_account(actor=me, seen=closing.duties_of(me, now=now).seen, now=now)


def every_value() -> list[tuple[str, str]]:
    """Whatever stands in any column of any table of the database, as text, with where it stands."""
    found = []
    tables = inspect(db.engine).get_table_names()
    assert len(tables) > 40
    for table in tables:
        for row in db.session.execute(text(f'SELECT * FROM "{table}"')).mappings():
            for column, value in row.items():
                shown = value.decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)
                if isinstance(value, dict | list):
                    shown = json.dumps(value, ensure_ascii=False)
                # JSON keeps Chinese as \uXXXX in SQLite: read it as people do.
                found.append(
                    (
                        f"{table}.{column}",
                        shown.encode().decode("unicode_escape", "replace") if "\\u" in shown else shown,
                    )
                )
    return found


def traces(*marks: str) -> list[str]:
    return sorted({place for place, value in every_value() if any(mark in value for mark in marks)})


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
        data_of(me, now=NOW)
    for number in range(6):
        shift = plan_shift(
            world, title=f"第{number}班", day=date(2026, 6, 20), starts=time(8 + number), ends=time(9 + number)
        )
        activities.sign_up(shift_id=shift, person_id=me.person_id, actor=me, now=NOW)
        reveals.reveal_phone(person_id=me.person_id, reason="再问一次", actor=world.secretary, now=NOW)
        topics.file_topic(title=f"第{number}件事怎么办", body="", is_named=True, actor=me, key=str(number), now=NOW)
    db.session.rollback()
    with count_queries() as many:
        data_of(me, now=NOW)
    assert len(many) <= len(few) + 1, "a list that was empty may cost one"


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


def test_the_closing_page_names_what_is_open(me: Actor, sign_in: SignIn) -> None:
    words = sign_in(me).get("/me/closure", expect=200).words
    for expected in ("毛巾", "退回货架", "46分作废", "桂园片区夜巡", "退出报名", "充电棚建在哪里", "不再当记录人"):
        assert expected in words


def test_l8_a_closed_account_leaves_no_name_and_no_phone_in_any_table(
    me: Actor, world: World, evening: Evening
) -> None:
    served(world, evening.patrol)
    assert "person.name" in traces("周桂芳"), "the search finds what is there"
    assert close(me) == f"已注销{me.member_no:04d}"
    db.session.rollback()
    assert (
        traces(
            "周桂芳", "zhou gui fang", "13800000621", people.phone_index("13800000621", community_id=world.donghu.id)
        )
        == []
    )
    person = people.get_person(me.person_id)
    assert (person.phone_sealed, person.phone_last4, person.birth_year, person.unit_id, person.grid_id) == (None,) * 5
    assert person.status == "closed"


def test_l8_the_book_still_closes_and_the_points_are_gone(me: Actor) -> None:
    before = ledger.totals()
    close(me)
    assert ledger.verify() == []
    balance = ledger.balance_of(person_id=me.person_id)
    assert (balance.available, balance.held) == (0, 0)
    assert ledger.totals().expired == before.expired + 46


def test_closing_puts_goods_back_and_gives_the_place_to_the_next_in_line(
    me: Actor, world: World, evening: Evening
) -> None:
    shift = plan_shift(world, title="小班", day=date(2026, 6, 14), starts=time(8), ends=time(9), capacity=1)
    for person in (me, world.neighbour):
        activities.sign_up(shift_id=shift, person_id=person.person_id, actor=person, now=NOW)
    left = {item.name: item.left for item in rewards.shelf()}
    close(me)
    db.session.rollback()
    assert {item.name: item.left for item in rewards.shelf()} == {**left, "毛巾": left["毛巾"] + 1}
    assert activities.joined_ids(shift) == [world.neighbour.person_id]
    assert activities.joined_ids(evening.patrol) == []
    assert talks.duties_of(me.person_id) == []


def test_cards_devices_and_password_are_dead_after_closing(me: Actor, sign_in: SignIn, client: CheckingClient) -> None:
    other, browser = sign_in(me), sign_in(me)
    card = people.card_token(me.person_id)
    assert card is not None
    form = browser.get("/me/closure", expect=200).form("/me/closure")
    answer = browser.submit(form, expect=303, current=PASSWORD)
    assert "已注销" in browser.follow(answer).text
    other.get("/me", expect=303)
    browser.get("/me", expect=303)
    assert people.find_by_card(card) is None
    data = {"community": "donghu", "account": str(me.member_no), "password": PASSWORD}
    client.post("/sign-in", data=data, expect=422)
    assert (
        db.session.scalar(select(Device.id).where(Device.person_id == me.person_id, Device.ended_at.is_(None))) is None
    )
    assert (
        db.session.scalar(select(Medium.id).where(Medium.person_id == me.person_id, Medium.revoked_at.is_(None)))
        is None
    )


def test_a_wrong_password_closes_nothing(me: Actor, sign_in: SignIn) -> None:
    browser = sign_in(me)
    form = browser.get("/me/closure", expect=200).form("/me/closure")
    assert "密码不对" in browser.submit(form, expect=422, current="猜一个密码试试").refusal
    db.session.rollback()
    assert people.get_person(me.person_id).name == "周桂芳"


def test_a_list_that_changed_meanwhile_is_shown_again(me: Actor, sign_in: SignIn, world: World) -> None:
    browser = sign_in(me)
    form = browser.get("/me/closure", expect=200).form("/me/closure")
    pay(world, me, points=30, source="session:2:service")
    assert "单子刚才变了" in browser.submit(form, expect=422, current=PASSWORD).refusal
    db.session.rollback()
    assert people.get_person(me.person_id).status == "active"
    assert ledger.balance_of(person_id=me.person_id).total == 76


def test_who_leads_a_shift_or_is_the_only_secretary_hands_over_first(world: World, evening: Evening) -> None:
    for actor, words in ((world.leader, "led"), (world.secretary, "last_secretary")):
        duties = closing.duties_of(actor, now=NOW)
        assert getattr(duties, words)
        with pytest.raises(closing.ClosingRefused):
            closing.close_account(actor=actor, seen=duties.seen, now=NOW)
    db.session.rollback()
    assert people.get_person(world.leader.person_id).name == "王建明"


def test_the_page_for_somebody_who_must_hand_over_has_no_button(
    world: World, evening: Evening, sign_in: SignIn
) -> None:
    answer = sign_in(world.leader).get("/me/closure", expect=200)
    assert "先把这些交给别人" in answer.words
    assert answer.soup.select_one("#closure") is None


def test_who_chairs_a_talk_under_way_stays_until_it_is_over(me: Actor, world: World, evening: Evening) -> None:
    staff = (me.person_id, world.secretary.person_id, world.leader.person_id, world.neighbour.person_id)
    talks.name_staff(talk_id=evening.talk, staff=staff, actor=world.secretary, now=NOW)
    talks.open_doors(talk_id=evening.talk, actor=world.secretary, now=NOW)
    duties = closing.duties_of(me, now=NOW)
    assert duties.talks_under_way
    with pytest.raises(closing.ClosingRefused):
        close(me)


def test_a_reservation_that_lapsed_goes_back_as_lapsed(me: Actor) -> None:
    later = NOW + timedelta(days=8)
    close(me, now=later)
    states = {card.state for card in rewards.list_redemptions(person_id=me.person_id, now=later, limit=9, offset=0)}
    assert states == {rewards.State.LAPSED}
    assert ledger.verify() == []


def test_the_log_keeps_ids_only_and_the_office_cannot_bring_a_pseudonym_back(
    me: Actor, world: World, sign_in: SignIn
) -> None:
    close(me)
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.verb == "account_closed")).one()
    assert (event.actor_id, event.subject) == (me.person_id, f"person:{me.person_id}")
    assert event.facts == {"shifts": 1, "reservations": 1, "points": 46}
    office = sign_in(world.secretary)
    assert "已经注销" in office.post(f"/members/{me.person_id}/return", expect=422).refusal
    assert "周桂芳" not in office.get(f"/members/{me.person_id}", expect=200).text


def test_the_community_next_door_is_not_touched(me: Actor, world: World) -> None:
    close(me)
    with tenancy.scoped(world.liyuan.id):
        assert people.get_person(world.outsider.person_id).status == "active"
        assert people.find_by_member_no(world.outsider.member_no) is not None
