"""The audit log as the secretary reads it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from engage.core import audit, tenancy
from engage.core.access import Actor
from engage.core.audit import AuditEvent
from engage.core.database import db, transaction
from engage.people.membership import change_status
from tests.client import Answer, CheckingClient
from tests.conftest import World, counted_queries
from tests.make import NOW

SignIn = Callable[[Actor], CheckingClient]


def note(
    actor: Actor | None,
    verb: str = "changed",
    subject: str = "shift:7",
    *,
    at: datetime = NOW,
    behalf: Actor | None = None,
    **facts: object,
) -> None:
    with transaction():
        other = behalf.person_id if behalf else None
        audit.record(verb, actor=actor, subject=subject, now=at, on_behalf_of=other, **facts)


def rows(page: Answer) -> list[list[str]]:
    return [[cell.get_text(" ", strip=True) for cell in row.select("td")] for row in page.soup.select("tbody tr")]


def test_a_line_says_who_what_when_to_whom_for_whom_and_why(world: World, sign_in: SignIn) -> None:
    note(world.leader, "joined", "shift:7", behalf=world.resident)
    at = NOW + timedelta(minutes=1)
    note(world.clerk, "phone_seen", f"person:{world.volunteer.person_id}", at=at, reason="送药")
    page = sign_in(world.secretary).get("/audit", expect=200)
    assert rows(page) == [
        ["6月12日 19:01", "吴小婷", "看了完整的电话", "周桂芳", "", "理由：送药"],
        ["6月12日 19:00", "王建明", "报了名", "班次#7", "刘长河", ""],
    ]


def test_it_reads_in_english_too(world: World, sign_in: SignIn) -> None:
    note(world.leader, "joined", "shift:7", behalf=world.resident)
    client = sign_in(world.secretary)
    client.language = "en"
    page = client.get("/audit", expect=200)
    assert rows(page)[0][1:5] == ["王建明", "signed up", "Shift #7", "刘长河"]
    assert "Audit log" in page.words


def test_the_secretary_sees_own_acts_and_nothing_on_the_page_removes_them(world: World, sign_in: SignIn) -> None:
    note(world.secretary, "role_given", f"person:{world.clerk.person_id}")
    client = sign_in(world.secretary)
    page = client.get("/audit", expect=200)
    assert rows(page)[0][1:4] == ["何敏", "给了职务", "吴小婷"]
    assert [form for form in page.soup.select("main form") if str(form.get("method", "get")).lower() != "get"] == []
    mine = client.get(f"/audit?who={world.secretary.member_no}", expect=200)
    assert [row[1] for row in rows(mine)] == ["何敏"]


def test_no_statement_changes_or_removes_a_line(world: World) -> None:
    """trust §3 (e): the database itself refuses, whoever asks."""
    note(world.secretary)
    for statement in (update(AuditEvent).values(actor_id=None), delete(AuditEvent)):
        with pytest.raises(DBAPIError, match=r"append-only|permission denied"), transaction() as session:
            session.execute(statement, execution_options={"synchronize_session": False})


@pytest.mark.parametrize("name", ["clerk", "leader", "volunteer", "desk", "resident"])
def test_only_who_may_see_the_log_sees_it(world: World, sign_in: SignIn, name: str) -> None:
    client = sign_in(getattr(world, name))
    client.get("/audit", expect=403)
    assert "/audit" not in client.get("/me", expect=200).text


def test_the_log_of_the_community_next_door_stays_there(world: World, sign_in: SignIn) -> None:
    note(world.secretary, reason="这里的事")
    with tenancy.scoped(world.liyuan.id):
        note(world.outsider, reason="那边的事")
        line = db.session.query(AuditEvent.id).scalar()
    page = sign_in(world.secretary).get("/audit", expect=200)
    assert "这里的事" in page.text
    assert "那边的事" not in page.text
    assert len(rows(sign_in(world.secretary).get(f"/audit?before={line}", expect=200))) == 1
    assert "册上没有这个人" in sign_in(world.secretary).get("/audit?who=外社区书记", expect=200).words


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("who=王建明", {"a", "c"}),
        ("who=刘长", {"b", "d"}),
        ("verb=handed out", {"b"}),
        ("kind=shift", {"a", "c"}),
        ("kind=shift&number=8", {"c"}),
        ("number=7", {"a", "b"}),
        ("first=2026-06-13", {"c", "d"}),
        ("last=2026-06-12", {"a", "b"}),
        ("first=2026-06-13&last=2026-06-13", {"c"}),
        ("verb=nonsense&kind=nonsense&first=nonsense&before=nonsense", {"a", "b", "c", "d"}),
        ("who=王建明&last=2026-06-12", {"a"}),
    ],
)
def test_the_log_is_searched_by_person_verb_thing_and_day(
    world: World, sign_in: SignIn, address: str, found: set[str]
) -> None:
    midnight = NOW.replace(hour=16)  # 00:00 of the 13th in Shanghai
    note(world.leader, "changed", "shift:7", at=midnight - timedelta(seconds=1), reason="a")
    note(world.desk, "handed out", "redemption:7", behalf=world.resident, reason="b")
    note(world.leader, "changed", "shift:8", at=midnight, reason="c")
    about = f"person:{world.resident.person_id}"
    note(world.secretary, "person_edited", about, at=midnight + timedelta(days=1), reason="d")
    page = sign_in(world.secretary).get(f"/audit?{address}", expect=200)
    assert {row[5].removeprefix("理由：") for row in rows(page)} == found


def test_paging_shows_every_line_once_though_many_share_a_moment(world: World, sign_in: SignIn) -> None:
    for number in range(120):
        note(world.leader, subject=f"shift:{number + 1}", at=NOW - timedelta(minutes=number // 40))
    client, seen, address = sign_in(world.secretary), [], "/audit?kind=shift"
    while address:
        page = client.get(address, expect=200)
        seen += [row[3] for row in rows(page)]
        note(world.leader, subject="shift:999", at=NOW + timedelta(hours=1))  # the log goes on meanwhile
        link = next((a for a in page.soup.select("footer a") if "更早的" in a.get_text()), None)
        address = str(link["href"]) if link else ""
    assert len(seen) == 120
    assert sorted(seen) == sorted(f"班次#{number + 1}" for number in range(120))


@pytest.mark.parametrize("lines", [3, 60])
def test_many_lines_ask_as_little_as_few(world: World, sign_in: SignIn, lines: int) -> None:
    for number in range(lines):
        who = (world.leader, world.desk, world.clerk)[number % 3]
        note(who, "phone_seen", f"person:{world.volunteer.person_id}", behalf=world.resident)
    client = sign_in(world.secretary)
    client.get("/audit", expect=200)
    with counted_queries() as statements:
        client.get("/audit?who=周桂芳", expect=200)
    assert len(statements) <= 9


def test_who_left_is_still_found(world: World, sign_in: SignIn) -> None:
    note(world.leader)
    change_status(person_id=world.leader.person_id, status="closed", actor=world.secretary, now=NOW)
    page = sign_in(world.secretary).get("/audit?who=王建明", expect=200)
    assert {row[2] for row in rows(page)} == {"改了班次", "注销了身份"}


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("", "还没有记录"),
        ("?who=没有人", "册上没有这个人"),
        ("?verb=changed", "没有这样的记录"),
        ("?first=2026-06-13&last=2026-06-12", "日期反了"),
    ],
)
def test_an_empty_page_says_why_and_what_to_do(world: World, sign_in: SignIn, address: str, says: str) -> None:
    assert says in sign_in(world.secretary).get(f"/audit{address}", expect=200).words


def test_words_of_a_reason_and_acts_for_others_are_found(world: World, sign_in: SignIn) -> None:
    note(world.clerk, "phone_seen", f"person:{world.volunteer.person_id}", reason="送药100%上门")
    note(world.leader, "joined", "shift:7", behalf=world.resident)
    note(world.leader, "changed", "shift:8", reason="下雨")
    client = sign_in(world.secretary)
    assert [row[1] for row in rows(client.get("/audit?words=送药", expect=200))] == ["吴小婷"]
    assert [row[1] for row in rows(client.get("/audit?words=100%25上", expect=200))] == ["吴小婷"]
    assert rows(client.get("/audit?words=100_上", expect=200)) == []
    assert [row[4] for row in rows(client.get("/audit?behalf=1", expect=200))] == ["刘长河"]


def test_the_last_line_s_fingerprint_is_on_the_page_and_on_a_sheet_to_print(world: World, sign_in: SignIn) -> None:
    note(world.leader)
    client = sign_in(world.secretary)
    head = audit.head()
    assert head.fingerprint in client.get("/audit", expect=200).text
    sheet = client.get("/audit/head", expect=200)
    assert f"{head.seq}:{head.fingerprint}" in sheet.words
    sign_in(world.clerk).get("/audit/head", expect=403)
