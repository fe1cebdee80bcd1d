"""What an import does to doors and officers, and who is taken for whom."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from sqlalchemy import select, update

from engage import people, places
from engage.core import tenancy
from engage.core.access import Role
from engage.core.database import db, transaction
from engage.people.models import Person
from engage.roster.importing import NobodyFound, confirm
from tests.conftest import World
from tests.make import NOW
from tests.roster.importing import put_in, staged
from tests.roster.make_workbooks import SMALL, make_xlsx


def test_a_clerk_puts_officers_on_the_roll_but_gives_no_role(world: World) -> None:
    grids = [["网格", "网格员", "电话"], ["第1网格", "贾伟涵", 15844191354], ["第2网格", "余正华", None]]
    content = make_xlsx({"名单": SMALL, "网格员": grids})
    outcome = put_in(content, actor=world.clerk)
    assert (outcome.officers, outcome.posts) == (2, 0)
    assert people.holders_of(Role.GRID_OFFICER) == []
    by_secretary = put_in(content, actor=world.secretary)
    assert (by_secretary.people, by_secretary.officers, by_secretary.posts) == (0, 0, 2)
    assert put_in(content, actor=world.secretary).nothing_new


def test_an_officer_without_a_phone_is_not_taken_for_a_resident_of_that_name(world: World) -> None:
    rows = [["姓名", "网格", "楼栋", "房号"], ["余正华", 1, 1, 101]]
    put_in(make_xlsx({"名单": rows, "网格员": [["网格", "网格员"], [1, "余正华"]]}), actor=world.secretary)
    officer = people.holders_of(Role.GRID_OFFICER)
    resident = db.session.scalars(select(Person).where(Person.name == "余正华", Person.unit_id.is_not(None))).one()
    assert resident.id not in officer


def test_an_area_is_filled_in_where_there_was_none_and_never_overwritten(world: World) -> None:
    rows = [
        ["姓名", "楼栋", "单元", "房号", "面积"],
        ["甲甲", "桂园3栋", 2, 501, 99],
        ["乙乙", "桂园9栋", 1, 101, None],
    ]
    put_in(make_xlsx({"名单": rows}), actor=world.secretary)
    assert places.find_unit_by_label("桂园3栋2单元501").area_centi == 8950  # type: ignore[union-attr]
    rows[2][4] = 77.5
    put_in(make_xlsx({"名单": rows}), actor=world.secretary)
    db.session.expire_all()
    assert places.find_unit_by_label("桂园9栋1单元101").area_centi == 7750  # type: ignore[union-attr]


def test_one_door_number_in_two_grids_is_two_doors(world: World) -> None:
    rows = [["姓名", "网格", "楼栋", "房号"], ["甲甲", 1, 1, 101], ["乙乙", 2, 1, 101]]
    outcome = put_in(make_xlsx({"名单": rows}), actor=world.secretary)
    assert outcome.units == 2
    assert put_in(make_xlsx({"名单": rows}), actor=world.secretary).nothing_new
    third = [rows[0], ["丙丙", 2, 1, 101]]
    assert put_in(make_xlsx({"名单": third}), actor=world.secretary).units == 0


def test_a_workbook_without_anybody_is_refused(world: World) -> None:
    batch_id = staged(world, make_xlsx({"S": [["姓名", "手机"], [None, 13800138000]]}))
    with pytest.raises(NobodyFound):
        confirm(batch_id=batch_id, revision=1, actor=world.secretary, now=NOW)


def test_people_who_left_are_not_matched(world: World) -> None:
    put_in(make_xlsx({"名单": SMALL}), actor=world.secretary)
    with transaction() as session:
        session.execute(update(Person).where(Person.name == "邓伟").values(status="closed"))
    assert put_in(make_xlsx({"名单": SMALL}), actor=world.secretary).people == 1


def test_two_imports_at_the_same_moment_put_everybody_in_once(app: Flask, world: World) -> None:
    batches = [staged(world), staged(world)]
    before = people.count_persons()
    start, outcomes = threading.Barrier(2), []

    def confirm_one(batch_id: int) -> None:
        with app.app_context(), tenancy.scoped(world.donghu.id):
            start.wait()
            outcomes.append(confirm(batch_id=batch_id, revision=1, actor=world.secretary, now=NOW))
            db.session.remove()

    threads = [threading.Thread(target=confirm_one, args=(batch_id,)) for batch_id in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert sorted(outcome.people for outcome in outcomes) == [0, 4]
    assert people.count_persons() == before + 4
