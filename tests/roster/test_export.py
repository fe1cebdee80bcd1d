"""Taking the roll out: purpose, right, count and hour (trust row 54, W18), no formula (W12), and coming back the same."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from engage import people
from engage.core import tenancy
from engage.core.access import MATRIX, Grant, Permission, Role
from engage.core.audit import AuditEvent
from engage.core.database import db, transaction
from engage.core.errors import NotFound, TooManyAttempts
from engage.roster import exporting, rules
from tests.conftest import World
from tests.make import NOW
from tests.roster.importing import export, put_in, sheets, taken
from tests.roster.make_workbooks import SMALL, make_xlsx

HOUR = timedelta(hours=1)


def test_a_purpose_is_asked_for_and_phones_stay_masked(world: World) -> None:
    with pytest.raises(rules.ExportRefused) as refused:
        export(world.secretary, purpose="报")
    assert refused.value.field == "purpose"
    put_in(make_xlsx({"名单": SMALL}), actor=world.secretary)
    rows = sheets(taken(world.clerk))["花名册"]
    first = next(row for row in rows if row[4] == "吴明宇")
    assert first[1:7] == ["第1网格", "1栋1单元101", "120.16", "吴明宇", "133****6483", "1971"]
    assert "13311226483" not in str(rows)


def test_whole_phones_need_the_right_and_a_reason(world: World) -> None:
    with pytest.raises(rules.ExportRefused) as refused:
        export(world.clerk, whole=True)
    assert refused.value.field == "whole_phones"
    with pytest.raises(rules.ExportRefused) as refused:
        exporting.export(purpose="报街道统计", whole_phones=True, reason="", key="k", actor=world.secretary, now=NOW)
    assert refused.value.field == "reason"
    put_in(make_xlsx({"名单": SMALL}), actor=world.secretary)
    assert "13311226483" in str(sheets(taken(world.secretary, whole=True))["花名册"])
    assert [one.reason for one in exporting.phones_taken(since=NOW)] == ["要逐个打电话"]


def test_every_page_says_who_took_it_and_what_for(world: World) -> None:
    content = taken(world.secretary, purpose="A&B <报街道> " * 20)
    parts = zipfile.ZipFile(io.BytesIO(content))
    for name in ("xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", "xl/worksheets/sheet3.xml"):
        xml = parts.read(name).decode()
        assert world.secretary.name in xml[xml.index("<oddFooter>") :]
        assert "A&amp;&amp;B" in xml
        assert "东湖社区" in xml[xml.index("<oddHeader>") :]
    said = {row[0]: row[1] for row in sheets(content)["说明"]}
    assert (said["谁导出的"], said["有多少人"]) == (world.secretary.name, people.count_persons())


def test_it_is_recorded_with_its_count_and_the_same_form_twice_is_once(world: World) -> None:
    assert export(world.secretary) == export(world.secretary)
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.verb == "roster_exported")).one()
    assert event.facts == {"people": people.count_persons(), "whole_phones": False, "purpose": "报街道统计"}


def test_five_a_day_and_tomorrow_again(world: World) -> None:
    for number in range(5):
        export(world.secretary, key=str(number))
    with pytest.raises(TooManyAttempts):
        export(world.secretary, key="sixth")
    assert export(world.secretary, key="0")
    assert export(world.clerk, key="sixth")
    assert export(world.secretary, key="sixth", now=NOW + timedelta(days=1))


def test_w18_a_link_is_for_one_person_for_an_hour_and_while_the_right_lasts(world: World) -> None:
    mine = export(world.secretary, whole=True)
    assert exporting.get_own(mine, actor=world.secretary, now=NOW + HOUR - timedelta(seconds=1))
    without = replace(world.secretary, grants=(Grant(role=Role.CLERK),))
    for actor, now in ((world.clerk, NOW), (world.secretary, NOW + HOUR), (world.volunteer, NOW), (without, NOW)):
        with pytest.raises(NotFound):
            exporting.get_own(mine, actor=actor, now=now)
    masked = export(world.secretary, key="k2")
    assert exporting.get_own(masked, actor=world.secretary, now=NOW)
    with pytest.raises(NotFound):  # the clerk may export too, but this is not the clerk's
        exporting.get_own(masked, actor=world.clerk, now=NOW)
    with tenancy.scoped(world.liyuan.id), pytest.raises(NotFound):
        exporting.get_own(mine, actor=world.outsider, now=NOW)


def test_only_the_office_may_take_the_roll_out() -> None:
    assert {role for role in Role if Permission.EXPORT_ROSTER in MATRIX[role]} == {Role.SECRETARY, Role.CLERK}
    assert {role for role in Role if Permission.EXPORT_PHONES in MATRIX[role]} == {Role.SECRETARY}


NASTY = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    '=HYPERLINK("http://x")',
    "{=1}",
    "http://x",
]


def test_w12_names_teams_and_purposes_are_never_formulas(world: World) -> None:
    with transaction():
        for number, name in enumerate(NASTY):
            made = people.enrol_many(
                [
                    people.Newcomer(
                        name=name, phone=None, grid_id=None, birth_year=None, is_volunteer=True, ties=(),
                        teams=(f"{name}队{number}",),
                    )
                ],
                now=NOW,
            )  # fmt: skip
            assert made
    content = taken(world.secretary, purpose='=HYPERLINK("http://x")')
    for name in zipfile.ZipFile(io.BytesIO(content)).namelist():
        xml = zipfile.ZipFile(io.BytesIO(content)).read(name).decode()
        assert "<f>" not in xml
        assert "<hyperlink" not in xml
        if name.startswith("xl/worksheets/"):  # text is text, quoted: not even typing over it makes it a formula
            kinds = set(re.findall(r'<c r="[A-Z]+\d+"[^>]*?(?: t="(\w+)")?>', xml))
            assert kinds <= {"s", ""}
    assert 'quotePrefix="1"' in zipfile.ZipFile(io.BytesIO(content)).read("xl/styles.xml").decode()
    names = {row[4] for row in sheets(content)["花名册"]}
    assert {"=1+1", "＝1+1", "@SUM(A1)"} <= names
