"""What the street reads of an office: acts of office, office holders' names, nobody else's; and the community sees it (ADR 0025)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from engage import oversight, people
from engage.core import audit, audit_verifier, tenancy
from engage.core.access import Actor
from engage.core.database import db, transaction
from engage.people.models import RoleGrant
from engage.people.offices import end_role
from tests.client import Answer, CheckingClient
from tests.conftest import World, counted_queries
from tests.make import NOW, make_community

Open = Callable[[Actor], CheckingClient]


@pytest.fixture
def street(app: Flask, world: World) -> Actor:
    """Somebody of 梨园 who works for 高坪街道, which 东湖 lies under; 远山 lies elsewhere."""
    make_community(name="远山社区", slug="yuanshan")
    runner = app.test_cli_runner()
    for slug, name in (("donghu", "高坪街道"), ("liyuan", "高坪街道"), ("yuanshan", "西岭街道")):
        assert runner.invoke(args=["place-community", slug, "--street", name, "--district", "武侯区"]).exit_code == 0
    given = ["--community", "liyuan", "--member", str(world.outsider.member_no), "--at", "高坪街道"]
    assert runner.invoke(args=["grant-role", "street", *given]).exit_code == 0
    with tenancy.scoped(world.liyuan.id):
        return people.actor_of(people.get_person(world.outsider.person_id))


def note(actor: Actor | None, verb: str, subject: str, *, behalf: Actor | None = None, **facts: object) -> None:
    with transaction():
        other = behalf.person_id if behalf else None
        audit.record(verb, actor=actor, subject=subject, now=NOW, on_behalf_of=other, **facts)


def rows(page: Answer) -> list[list[str]]:
    return [[cell.get_text(" ", strip=True) for cell in row.select("td")][1:] for row in page.soup.select("tbody tr")]


def address(world: World) -> str:
    return f"/street/communities/{world.donghu.id}/audit"


def enter(client: CheckingClient, world: World, reason: str = "接到投诉") -> Answer:
    client.post(f"/street/communities/{world.donghu.id}/audit-readings", data={"reason": reason}, expect=303)
    return client.get(address(world), expect=200)


def test_acts_of_office_are_there_with_names_of_office_holders_and_numbers_of_everybody_else(
    world: World, street: Actor, sign_in: Open
) -> None:
    about = f"person:{world.volunteer.person_id}"
    note(world.secretary, "role_given", f"person:{world.clerk.person_id}")
    note(world.clerk, "phone_seen", about, reason="给周桂芳送药")
    note(world.clerk, "joined", "shift:7", behalf=world.resident)
    note(world.leader, "counted heads", "shift:7", counted=5)
    note(None, "region_role_given", about)
    page = enter(sign_in(street), world)
    number = f"成员{world.volunteer.member_no:04d}"
    assert rows(page) == [
        ["平台", "给了街道或区里的职务", number, "", ""],
        ["吴小婷", "报了名", "班次#7", f"成员{world.resident.member_no:04d}", ""],
        ["吴小婷", "看了完整的电话", number, "", "理由：写在社区的记录里"],
        ["何敏", "给了职务", "吴小婷", "", ""],
    ]
    assert [name for name in ("周桂芳", "刘长河", "王建明", "送药") if name in page.text] == []


def test_what_office_holders_do_for_themselves_is_not_the_street_s_business(
    world: World, street: Actor, sign_in: Open
) -> None:
    own = f"person:{world.secretary.person_id}"
    for verb in sorted(oversight.PRIVATE):
        note(world.secretary, verb, own if verb not in {"joined", "reserved"} else "shift:7")
    note(world.secretary, "devices_ended", f"person:{world.volunteer.person_id}")
    assert [row[:2] for row in rows(enter(sign_in(street), world))] == [["何敏", "让设备退出登录"]]


def test_every_private_verb_is_one_that_somebody_records() -> None:
    """A new verb is shown to the street until somebody decides otherwise: nothing of office is hidden by forgetting."""
    assert set(oversight.VERBS) >= oversight.PRIVATE
    assert len(oversight.PRIVATE) < len(oversight.VERBS) / 3


def test_a_secretary_who_left_the_office_cannot_take_the_acts_along(world: World, street: Actor, sign_in: Open) -> None:
    note(world.clerk, "phone_seen", f"person:{world.volunteer.person_id}")
    row = db.session.query(RoleGrant).filter_by(person_id=world.clerk.person_id).one()
    end_role(person_id=world.clerk.person_id, grant_id=row.id, actor=world.secretary, now=NOW)
    assert "看了完整的电话" in [row[1] for row in rows(enter(sign_in(street), world))]


def test_reading_takes_a_reason_and_is_a_line_the_community_reads(world: World, street: Actor, sign_in: Open) -> None:
    note(world.secretary, "role_given", f"person:{world.clerk.person_id}")
    before = audit.head()
    client = sign_in(street)
    asked = client.get(address(world), expect=200)
    assert rows(asked) == []
    assert "给了职务" not in asked.text
    refused = client.post(f"/street/communities/{world.donghu.id}/audit-readings", data={"reason": " "}, expect=422)
    assert "写一句为什么要看" in refused.words
    assert audit.head() == before
    page = enter(client, world)
    assert before.fingerprint not in page.text
    for _ in range(2):  # pressed again, read again: within the hour it stays one line
        enter(client, world, "又来一次")
    seen = sign_in(world.secretary).get("/audit?verb=office_acts_read", expect=200)
    assert rows(seen) == [
        ["外社区书记（街道）", "街道来看了办公室的操作记录", f"操作记录#{before.seq}", "", "理由：接到投诉"]
    ]
    assert audit_verifier.verify() == []
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        assert rows(client.get(address(world), expect=200)) == []


def test_w16_an_alarm_reaches_the_street_whoever_raised_it(world: World, street: Actor, sign_in: Open) -> None:
    """The secretary cannot keep it: it is the log's, and stands a week on the street's own page."""
    client = sign_in(street)
    assert "看了很多手机号" not in client.get("/street", expect=200).words
    for who, verb in ((world.secretary, "many_phones_seen"), (world.desk, "many_pages_turned")):
        note(who, verb, f"person:{who.person_id}", count=15)
    page = client.get("/street", expect=200)
    assert "东湖社区：7天里有2人一天看了很多手机号" in page.words
    assert world.secretary.name not in page.text
    seen = rows(enter(client, world))
    assert ["何敏", "一天看了很多电话", "何敏", "", "次数：15"] in seen
    number = f"成员{world.desk.member_no:04d}"
    assert [number, "一小时翻了很多页名册", number, "", "次数：15"] in seen
    with time_machine.travel(NOW + timedelta(days=7), tick=False):
        assert "看了很多手机号" not in client.get("/street", expect=200).words


def test_another_street_s_community_is_not_found(world: World, street: Actor, sign_in: Open) -> None:
    client = sign_in(street)
    for number in (world.liyuan.id + 1, 987654321):
        client.get(f"/street/communities/{number}/audit", expect=404)
        client.post(f"/street/communities/{number}/audit-readings", data={"reason": "x"}, expect=404)


@pytest.mark.parametrize("name", ["secretary", "clerk", "leader", "resident", "outsider"])
def test_who_does_not_work_for_the_street_gets_nothing(world: World, sign_in: Open, name: str) -> None:
    client = sign_in(getattr(world, name))
    client.get(address(world), expect=403)
    client.post(f"/street/communities/{world.donghu.id}/audit-readings", data={"reason": "x"}, expect=403)


def test_the_street_s_page_leads_there_and_it_is_searched_and_paged(world: World, street: Actor, sign_in: Open) -> None:
    for number in range(60):
        note((world.secretary, world.clerk)[number % 2], "changed", f"shift:{number + 1}")
    client = sign_in(street)
    assert address(world) in [link["href"] for link in client.get("/street", expect=200).soup.select("main a")]
    page = enter(client, world)
    assert len(rows(page)) == 50
    older = next(link for link in page.soup.select("footer a") if "更早的" in link.get_text())
    assert len(rows(client.get(str(older["href"]), expect=200))) == 10
    assert {row[0] for row in rows(client.get(f"{address(world)}?who=吴小婷", expect=200))} == {"吴小婷"}
    assert rows(client.get(f"{address(world)}?kind=shift&number=7", expect=200))[0][2] == "班次#7"
    assert "没有这样的记录" in client.get(f"{address(world)}?verb=closed", expect=200).words
    with counted_queries() as statements:
        client.get(address(world), expect=200)
    assert len(statements) <= 14, statements


def test_it_reads_in_english_too(world: World, street: Actor, sign_in: Open) -> None:
    note(world.clerk, "phone_seen", f"person:{world.volunteer.person_id}", reason="送药")
    client = sign_in(street)
    client.language = "en"
    assert "Why you want to look" in client.get(address(world), expect=200).words
    row = rows(enter(client, world, "a complaint"))[0]
    assert row[2] == f"Member {world.volunteer.member_no:04d}"
    assert row[4].endswith("kept in the community’s log")
