"""Taking the roll out: purpose, right, count and hour (trust row 54, W18), no formula (W12), and coming back the same."""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from engage import people, places
from engage.core import tenancy, workbook
from engage.core.access import MATRIX, Actor, Grant, Permission, Role
from engage.core.audit import AuditEvent
from engage.core.database import db, transaction
from engage.core.errors import NotFound, TooManyAttempts
from engage.roster import exporting, rules, takeout
from engage.roster.models_export import RosterExport
from tests.conftest import World
from tests.make import NOW
from tests.roster.importing import put_in
from tests.roster.make_workbooks import LONGMA, SMALL, make_xlsx

HOUR = timedelta(hours=1)


def export(actor: Actor, *, whole: bool = False, key: str = "k1", purpose: str = "报街道统计", now: Any = NOW) -> int:
    return exporting.export(
        purpose=purpose, whole_phones=whole, reason="要逐个打电话" if whole else "", key=key, actor=actor, now=now
    )


def taken(actor: Actor, **how: Any) -> bytes:
    return takeout.workbook_of(exporting.get_own(export(actor, **how), actor=actor, now=NOW), now=NOW)


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    return {sheet.name: sheet.rows for sheet in workbook.read(content, filename="x.xlsx")}


def roll() -> list[tuple[Any, ...]]:
    """Everything the roll says, without ids and member numbers."""
    units = {unit.id: unit for unit in places.list_units()}
    grids = {grid.id: grid.name for grid in places.list_grids()}
    persons = [
        (
            one.name, one.phone, one.birth_year, one.is_volunteer, grids.get(one.grid_id or 0),
            units[one.unit_id].label if one.unit_id else None,
            sorted((units[unit_id].label, role) for unit_id, role in one.ties), one.teams,
        )
        for one in people.list_roll(whole_phones=True)
    ]  # fmt: skip
    homes = sorted((unit.label, unit.area_centi or 0, grids.get(unit.grid_id or 0, "")) for unit in units.values())
    return [*sorted(persons, key=str), *homes, *sorted(grids.values())]


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


@pytest.mark.parametrize("source", [make_xlsx({"名单": SMALL}), LONGMA.read_bytes()], ids=["small", "longma"])
def test_what_goes_out_comes_in_again_the_same(world: World, source: bytes) -> None:
    put_in(source, actor=world.secretary)
    content = taken(world.secretary, whole=True)
    before = roll()
    assert put_in(content, actor=world.secretary).nothing_new
    assert roll() == before
    card = places.found_community(name="空社区", slug="kong", now=NOW)
    with tenancy.scoped(card.id):
        outcome = put_in(content, actor=None)
        assert outcome.held_back == outcome.undecided == 0
        assert roll() == before


def test_a_door_somebody_wrote_otherwise_by_hand_is_the_same_door(world: World) -> None:
    with transaction():
        unit = places.add_unit(label="3号楼2单元501室", building_id=None, grid_id=None)
        person = people.enrol(name="手写的", now=NOW)
        people.settle(person=person, unit_id=unit.id, role="owner", verified_at=NOW)
    assert put_in(taken(world.secretary, whole=True), actor=world.secretary).nothing_new


def test_a_masked_list_comes_in_without_phones_and_says_so(world: World) -> None:
    put_in(make_xlsx({"名单": SMALL}), actor=world.secretary)
    content = taken(world.secretary)
    before = roll()
    assert put_in(content, actor=world.secretary).nothing_new
    assert roll() == before


_NUMBERS = itertools.count()
doors = st.builds("{}栋{}单元{}".format, st.integers(1, 4), st.integers(1, 2), st.sampled_from(["101", "102", "201"]))
persons = st.lists(
    st.tuples(
        st.sampled_from(["张三", "李四", "王小明", "欧阳春", "Zhang San", "阿依古丽·买买提", "赵6", "O'Neil"]),
        st.integers(0, 4000),
        st.none() | st.integers(1930, 2020),
        st.sampled_from(["第1网格", "桂园网格", None]),
        st.lists(doors, max_size=2, unique=True),
        st.sampled_from(["业主", "租户", None]),
        st.booleans(),
        st.lists(st.sampled_from(["红马甲", "夜巡队", "Team A"]), max_size=2, unique=True),
        st.none(),
    ),
    max_size=12,
    unique_by=lambda one: one[1],
)

#: where a door lies and how large it is, by its building and its last digits: a sheet that says both twice agrees
GRIDS = {"1": "第1网格", "2": "第1网格", "3": "桂园网格", "4": None}
AREAS = {"101": "87.42", "102": "0.01", "201": None}


def in_agreement(row: tuple[Any, ...]) -> tuple[Any, ...]:
    name, number, born, grid, homes, tenure, volunteer, teams, _area = row
    if not homes:
        return (name, number, born, grid, [], tenure, volunteer, teams, None)
    near = [home for home in homes if GRIDS[home[0]] == GRIDS[homes[0][0]]]
    return (name, number, born, GRIDS[near[0][0]], near, tenure, volunteer, teams, AREAS[near[0][-3:]])


@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=persons)
def test_import_of_export_is_the_identity(world: World, rows: list[tuple[Any, ...]]) -> None:
    """For whatever roll a workbook can make in which each door lies in one grid and has one area.

    Into an empty community it is the same roll, into its own no change.
    """
    head = ["网格", "住处", "另外的住处", "面积", "姓名", "手机", "出生年份", "业主或租户", "志愿者", "队伍"]
    table = [
        [grid, *[*homes, None, None][:2], area, name, f"138{number:08d}" if number % 5 else None, born, tenure,
         "是" if volunteer else "否" if teams else None, "、".join(teams)]
        for name, number, born, grid, homes, tenure, volunteer, teams, area in map(in_agreement, rows)
    ]  # fmt: skip
    tag = next(_NUMBERS)
    first = places.found_community(name=f"甲{tag}", slug=f"a{tag}", now=NOW)
    second = places.found_community(name=f"乙{tag}", slug=f"b{tag}", now=NOW)
    row = RosterExport(
        community_id=first.id, actor_id=0, key="k", purpose="来回", whole_phones=True, reason="", people=0, made_at=NOW,
        expires_at=NOW,
    )  # fmt: skip
    with tenancy.scoped(first.id):
        put_in(make_xlsx({"名单": [head, *table]}), actor=None) if table else None
        before, content = roll(), takeout.workbook_of(row, now=NOW)
        if before:
            assert put_in(content, actor=None).nothing_new
        assert roll() == before
    with tenancy.scoped(second.id):
        if before:
            assert put_in(content, actor=None).held_back == 0
        assert roll() == before
