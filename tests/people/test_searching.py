"""The index of names is always right, whoever writes; the list narrows, orders and turns its pages by key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from engage import people, places
from engage.core import tenancy
from engage.core.database import db, transaction
from engage.people import finding, membership, narrowing, searching
from engage.people.filters import CHOICES, Filters
from engage.people.models import Person
from engage.people.models_search import PersonTerm
from engage.people.searching import Spot, search
from tests.conftest import World
from tests.make import NOW, open_device
from tests.people.conftest import names


def kept(person_id: int) -> set[str]:
    """What the index holds of somebody."""
    db.session.expire_all()
    return set(db.session.scalars(select(PersonTerm.term).where(PersonTerm.person_id == person_id)))


def said(person_id: int) -> set[str]:
    """What it should hold."""
    person = people.get_person(person_id)
    return finding.terms_of(name=person.name, pinyin=person.pinyin)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    name=st.text("周桂芳芳·aB 'é\\\"%_", min_size=1, max_size=12),
    pinyin=st.text("zhouGUI ü\\\"'é", max_size=20),
)
def test_the_database_writes_the_index_the_rule_says(world: World, name: str, pinyin: str) -> None:
    with transaction():
        person = people.get_person(world.volunteer.person_id)
        person.name, person.pinyin = name, pinyin
    assert kept(world.volunteer.person_id) == said(world.volunteer.person_id)


def test_whoever_writes_a_name_keeps_the_index_right(world: World) -> None:
    one = people.Newcomer(
        name="导入的人", phone=None, grid_id=None, birth_year=None, is_volunteer=True, ties=(), teams=()
    )
    with transaction():
        [person_id] = people.enrol_many([one], now=NOW)
    assert kept(person_id) == said(person_id) != set()
    with transaction() as session:  # below the ORM, as a repair by hand would
        session.execute(text("UPDATE person SET name = '换了', pinyin = 'huan le' WHERE id = :id"), {"id": person_id})
    assert kept(person_id) == {"换了", "了", "huanle", "le", "hl"}
    with transaction():
        people.withdraw_many([person_id], brought_at=NOW, now=NOW)
    assert kept(person_id) == set()


def test_a_closed_account_leaves_no_name_in_the_index(world: World) -> None:
    with transaction():
        people.erase(person_id=world.volunteer.person_id, now=NOW)
    assert not [term for term in kept(world.volunteer.person_id) if "周" in term or term.startswith("zhou")]


def test_the_list_answers_what_the_rule_answers(world: World) -> None:
    rows = list(db.session.scalars(select(Person).order_by(Person.pinyin, Person.id)))
    homes = places.unit_labels([row.unit_id for row in rows])
    typed = [
        "z",
        "zh",
        "李",
        "玉",
        "桂园",
        "3栋",
        "栋 周",
        "周 zgf",
        "1",
        "0003",
        "0621",
        "w",
        "wjm 7740",
        "5",
        "单元501",
        "a",
    ]
    for q in typed:
        words = finding.words_of(q)
        wanted = [
            row.name
            for row in rows
            if finding.answers(
                finding.Entry(
                    name=row.name,
                    pinyin=row.pinyin,
                    member_no=row.member_no,
                    last4=row.phone_last4,
                    home=homes.get(row.unit_id or 0, ""),
                ),
                words,
            )
        ]
        assert names(q) == wanted, q


def test_nobody_next_door_is_found_by_any_word(world: World) -> None:
    with tenancy.scoped(world.liyuan.id), transaction():
        stranger = people.enrol(name="周桂芳", phone="13800000621", now=NOW)
        home = places.add_unit(label="桂园3栋2单元501", building_id=None, grid_id=None)
        people.settle(person=stranger, unit_id=home.id)
        number = stranger.member_no
    for q in ("周", "zgf", "0621", "501", f"{number:04d}"):
        found = search(filters=Filters(q=q), now=NOW)
        assert stranger.id not in [person.id for person in found.persons]


@pytest.mark.parametrize("sort", ["", *CHOICES["sort"]])
def test_pages_follow_each_other_and_lead_back(world: World, sort: str) -> None:
    everybody = [person.id for person in search(filters=Filters(sort=sort), now=NOW).persons]
    pages, spot = [], Spot()
    while True:
        found = search(filters=Filters(sort=sort), now=NOW, spot=spot, size=3)
        pages.append([person.id for person in found.persons])
        assert found.total == len(everybody)
        if not found.more:
            break
        spot = Spot(after=pages[-1][-1], first=found.first + 3)
    assert [one for page in pages for one in page] == everybody
    back = search(filters=Filters(sort=sort), now=NOW, spot=Spot(before=pages[-1][0], first=4), size=3)
    assert [person.id for person in back.persons] == pages[-2]
    assert (back.more, back.first) == (True, 4)
    begin = search(filters=Filters(sort=sort), now=NOW, spot=Spot(before=pages[1][0]), size=3)
    assert ([person.id for person in begin.persons], begin.first) == (pages[0], 1)


def test_a_page_behind_somebody_who_is_gone_begins_anew(world: World) -> None:
    found = search(filters=Filters(), now=NOW, spot=Spot(after=987654))
    assert (found.first, len(found.persons)) == (1, found.total)


def test_a_place_in_the_alphabet_is_not_told_of_people_out_of_reach(world: World) -> None:
    with transaction():
        grid = places.add_grid(name="桂园", code="1").id
        people.get_person(world.volunteer.person_id).grid_id = grid
    spot = Spot(after=world.leader.person_id)
    found = search(filters=Filters(), now=NOW, spot=spot, reach=frozenset({grid}))
    assert (found.first, [person.name for person in found.persons]) == (1, ["周桂芳"])
    behind = search(filters=Filters(), now=NOW, spot=Spot(after=world.volunteer.person_id), reach=frozenset({grid}))
    assert list(behind.persons) == []


def test_a_list_is_counted_up_to_a_thousand(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "COUNTED", 5)
    first = search(filters=Filters(), now=NOW, size=2)
    later = search(filters=Filters(), now=NOW, size=2, spot=Spot(after=first.persons[-1].id))
    assert [(one.total, one.many) for one in (first, later)] == [(5, True), (5, True)]


def test_filters_combine(world: World, with_password: Callable[..., Any]) -> None:
    with transaction():
        grid = places.add_grid(name="桂园", code="1").id
        tower = places.add_building(name="9栋", grid_id=grid).id
        home = places.add_unit(label="桂园9栋101", building_id=tower, grid_id=grid).id
        person = people.get_person(world.volunteer.person_id)
        person.grid_id, person.unit_id, person.birth_year = grid, home, 1955
        child = people.enrol(name="小朋友", now=NOW, birth_year=2020, is_volunteer=False)
        left = people.enrol(name="搬走了", now=NOW)
        left.status = "closed"
    membership.join_team(person_id=world.volunteer.person_id, team_name="红马甲", actor=world.clerk, now=NOW)
    membership.change_status(person_id=world.neighbour.person_id, status="paused", actor=world.secretary, now=NOW)
    with_password(world.volunteer)
    [team] = people.list_teams()
    assert names("", grid=grid, team=team.id, volunteer="yes", phone="yes", age="elder", entry="activated") == [
        "周桂芳"
    ]
    assert names("", building=tower) == ["周桂芳"]
    assert names("", building=tower, volunteer="no") == []
    assert "周桂芳" not in names("", grid=0)
    assert "周桂芳" not in names("", team=0)
    assert names("", age="child") == ["小朋友"] == names("小朋", consent="no")
    assert names("", status="closed") == ["搬走了"]
    assert names("", status="paused") == ["孙玉梅"]
    assert child.name not in names("", phone="yes")
    assert "周桂芳" not in names("", entry="never")


def test_who_was_here_lately_and_who_not_for_long(world: World, with_password: Callable[..., Any]) -> None:
    for actor in (world.volunteer, world.leader):
        with_password(actor)
    open_device(world.volunteer, now=NOW - timedelta(days=29))
    open_device(world.leader, now=NOW - timedelta(days=91))
    assert names("", entry="month") == ["周桂芳"]
    assert names("", entry="quiet") == ["王建明"]


def test_filters_ask_nothing_next_door(world: World, with_password: Callable[..., Any]) -> None:
    """Parts of the statement name the community themselves: rows of the same ids next door do not count."""
    with tenancy.scoped(world.liyuan.id):
        membership.join_team(person_id=world.outsider.person_id, team_name="红马甲", actor=world.outsider, now=NOW)
        [team] = people.list_teams()
    assert names("", team=team.id) == []
    assert names("", team=0) == names("")


def test_a_search_uses_the_index(app: Flask, world: World) -> None:
    """EXPLAIN says that no table is read from end to end but the doorplates, which are few."""
    statement = narrowing.narrowed(select(Person.id), Filters(q="zgf 0621"), now=NOW)
    compiled = statement.compile(db.engine, compile_kwargs={"literal_binds": True})
    if db.engine.dialect.name == "sqlite":
        plan = [row[3] for row in db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}")]
        assert not [line for line in plan if line.startswith("SCAN person") or "SCAN person_term" in line], plan
