"""Splitting and merging grids: everything goes somewhere, what was confirmed is what is done, and there is a way back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from engage import people, places
from engage.core.access import Actor, Permission, Role
from engage.core.database import db, transaction
from engage.core.errors import NotFound
from engage.people.models import Person, RoleGrant
from engage.places.models import Place, Unit
from engage.territory import commands, forms, queries, redrawing
from engage.territory.models import GridChange
from engage.territory.rules import Redraw, RedrawRefused
from tests.client import CheckingClient
from tests.conftest import World
from tests.house import walking
from tests.make import NOW
from tests.people.make_grids import Grids, make_grids

Open = Callable[[Actor], CheckingClient]


@pytest.fixture
def grids(world: World) -> Grids:
    """The two grids of the first community; ours has two buildings with a family each."""
    made = make_grids(world.donghu)
    with transaction():
        second = places.add_building(name="2栋", grid_id=made.ours)
        home = places.add_unit(label="柳巷2栋201", building_id=second.id, grid_id=made.ours)
        person = people.enrol(name="二栋己", grid_id=made.ours, now=NOW)
        people.settle(person=person, unit_id=home.id)
    return made


def second_building() -> int:
    """Return the id of 2栋."""
    return db.session.scalars(select(Place.id).where(Place.name == "2栋")).one()


def split_plan(grids: Grids, **facts: object) -> Redraw:
    """2栋 goes to the second new grid, the officer follows the first."""
    officer = people.own_roles(grids.officer.person_id)
    plan: dict[str, object] = {
        "kind": "split",
        "sources": (grids.ours,),
        "targets": ("第1网格东", "第1网格西"),
        "buildings": {second_building(): 1},
        "roles": {officer[0].id: 0} if officer else {},
    }
    return Redraw(**(plan | facts))  # type: ignore[arg-type]


def cut(world: World, plan: Redraw, *, key: str = "k") -> int:
    """Confirm a plan as it is shown now."""
    mark = redrawing.work_out(plan, now=NOW).mark
    return commands.redraw(plan=plan, seen=mark, actor=world.secretary, key=key, now=NOW)


def grid_named(name: str) -> int:
    """Return the id of the grid with this name."""
    return db.session.scalars(select(Place.id).where(Place.kind == "grid", Place.name == name)).one()


def state() -> dict[str, object]:
    """Return where everything lies and who may do what where."""
    db.session.expire_all()
    return {
        "units": sorted((row.label, row.grid_id, row.building_id) for row in db.session.scalars(select(Unit))),
        "buildings": sorted(
            (row.name, row.parent_id) for row in db.session.scalars(select(Place).where(Place.kind == "building"))
        ),
        "persons": sorted((row.name, row.grid_id or 0) for row in db.session.scalars(select(Person))),
        "open": [grid.name for grid in places.list_grids()],
        "roles": sorted(
            (row.person_id, row.role, row.place_id or 0)
            for row in db.session.scalars(select(RoleGrant).where(RoleGrant.ended_at.is_(None)))
        ),
    }


def test_a_split_moves_buildings_units_and_people_and_the_role_that_was_chosen(world: World, grids: Grids) -> None:
    cut(world, split_plan(grids))
    east, west = grid_named("第1网格东"), grid_named("第1网格西")
    now = state()
    assert ("柳巷2栋201", west, second_building()) in now["units"]  # type: ignore[operator]
    assert ("二栋己", west) in now["persons"]  # type: ignore[operator]
    assert ("近邻甲", east) in now["persons"], "who has no household goes with the rest"  # type: ignore[operator]
    assert ("远邻丙", grids.theirs) in now["persons"], "next door nobody moved"  # type: ignore[operator]
    assert "第1网格" not in now["open"]  # type: ignore[operator]
    assert places.get_place(grids.ours).closed_on is not None
    with pytest.raises(NotFound):
        places.get_open_place(grids.ours)
    officer = people.actor_of(people.get_person(grids.officer.person_id))
    assert officer.reach(Permission.SEE_MEMBERS) == {east, grids.building}
    history = people.roles_at([grids.ours])
    assert [(role.name, role.until) for role in history] == [("网格员丁", NOW)], "the old grid still names its officer"


def test_a_merger_brings_two_grids_together_and_a_role_may_end(world: World, grids: Grids) -> None:
    role = people.own_roles(grids.officer.person_id)[0].id
    plan = Redraw(kind="merger", sources=(grids.ours, grids.theirs), targets=("大网格",), roles={role: None})
    cut(world, plan)
    now = state()
    assert now["open"] == ["大网格"]
    both = grid_named("大网格")
    assert {grid for _, grid, _ in now["units"] if grid is not None} == {both}  # type: ignore[attr-defined]
    assert not people.actor_of(people.get_person(grids.officer.person_id)).reach(Permission.SEE_MEMBERS)


def test_the_same_key_cuts_once(world: World, grids: Grids) -> None:
    plan = split_plan(grids)
    mark = redrawing.work_out(plan, now=NOW).mark
    first = commands.redraw(plan=plan, seen=mark, actor=world.secretary, key="k", now=NOW)
    assert commands.redraw(plan=plan, seen=mark, actor=world.secretary, key="k", now=NOW) == first
    assert db.session.scalar(select(func.count(GridChange.id))) == 1
    with pytest.raises(NotFound):
        commands.redraw(plan=plan, seen=mark, actor=world.secretary, key="other", now=NOW)


def test_what_was_not_shown_is_not_done(world: World, grids: Grids) -> None:
    plan = split_plan(grids)
    mark = redrawing.work_out(plan, now=NOW).mark
    with transaction():
        people.enrol(name="刚搬来", grid_id=grids.ours, now=NOW)
    before = walking.books()
    with pytest.raises(RedrawRefused):
        commands.redraw(plan=plan, seen=mark, actor=world.secretary, key="k", now=NOW)
    assert walking.books() == before


def test_a_role_nobody_decided_about_stops_the_cut(world: World, grids: Grids) -> None:
    with pytest.raises(RedrawRefused, match="网格员丁"):
        redrawing.work_out(split_plan(grids, roles={}), now=NOW)


@pytest.mark.parametrize("kind", ["split", "merger"])
def test_undo_puts_everything_back_as_it_was(world: World, grids: Grids, kind: str) -> None:
    role = people.own_roles(grids.officer.person_id)[0].id
    merger = Redraw(kind="merger", sources=(grids.ours, grids.theirs), targets=("大网格",), roles={role: 0})
    before = state()
    change = cut(world, split_plan(grids) if kind == "split" else merger)
    assert state() != before
    for _ in range(2):
        commands.undo_redraw(change_id=change, actor=world.secretary, now=NOW)
    assert state() == before


def test_undo_keeps_the_day_a_role_would_have_ended_on(world: World, grids: Grids) -> None:
    until = NOW + timedelta(days=9)
    people.give_role(
        person_id=world.resident.person_id,
        role=Role.GRID_OFFICER,
        term=people.Term(place_id=grids.ours, ends_at=until),
        actor=world.secretary,
        now=NOW,
    )
    roles = {role.id: None for role in people.roles_at([grids.ours])}
    change = cut(world, split_plan(grids, roles=roles))
    commands.undo_redraw(change_id=change, actor=world.secretary, now=NOW)
    assert {role.name: role.until for role in people.roles_at([grids.ours])} == {"网格员丁": None, "刘长河": until}


def test_a_grid_ticked_twice_is_merged_once(world: World, grids: Grids, sign_in: Open) -> None:
    values = MultiDict([("name", "大网格"), ("other", str(grids.theirs)), ("other", str(grids.theirs))])
    plan = forms.redraw_of(values, kind="merger", grid_id=grids.ours, roles=[])
    assert plan.sources == (grids.ours, grids.theirs)


@pytest.mark.parametrize("later", ["person", "unit", "role", "role ended", "moved away", "cut again"])
def test_undo_is_refused_when_something_happened_since(world: World, grids: Grids, later: str) -> None:
    change = cut(world, split_plan(grids))
    east = grid_named("第1网格东")
    if later == "person":
        with transaction():
            people.enrol(name="后来的", grid_id=east, now=NOW)
    elif later == "unit":
        with transaction():
            places.add_unit(label="后盖的", building_id=None, grid_id=east)
    elif later == "role":
        people.give_role(
            person_id=world.resident.person_id,
            role=Role.GRID_OFFICER,
            term=people.Term(place_id=east),
            actor=world.secretary,
            now=NOW,
        )
    elif later == "role ended":
        given = people.own_roles(grids.officer.person_id)[0].id
        people.end_role(person_id=grids.officer.person_id, grant_id=given, actor=world.secretary, now=NOW)
    elif later == "moved away":
        with transaction():
            people.get_person(grids.near).grid_id = grids.theirs
    else:
        role = people.own_roles(grids.officer.person_id)[0].id
        cut(
            world,
            Redraw(kind="merger", sources=(east, grids.theirs), targets=("大网格",), roles={role: 0}),
            key="again",
        )
    before = walking.books()
    with pytest.raises(RedrawRefused):
        commands.undo_redraw(change_id=change, actor=world.secretary, now=NOW)
    assert walking.books() == before


def test_the_pages_show_what_moves_before_and_the_way_back_after(world: World, grids: Grids, sign_in: Open) -> None:
    office = sign_in(world.secretary)
    form = office.get(f"/places/{grids.ours}/split", expect=200).form("/split#moves")
    assert "会这样搬" not in office.get(f"/places/{grids.ours}/split", expect=200).words
    shown = office.submit(form, expect=200, first="第1网格东", second="第1网格西", building=str(second_building()))
    assert "会这样搬" in shown.words
    assert "把第1网格拆成第1网格东和第1网格西" in shown.words
    wrong = office.submit(form, expect=422, first="第2网格", second="第1网格西", building=str(second_building()))
    assert "不能重样" in wrong.refusal
    assert 'value="第2网格"' in wrong.text
    done = office.follow(office.submit(shown.form("/splits"), expect=303))
    assert "2栋楼" in done.words
    assert "第1网格" in office.get("/places", expect=200).words, "the closed grid is still named"
    assert "第1网格东" in office.get("/grid-changes", expect=200).words
    office.submit(done.form("/undo"), expect=303)
    assert "撤回了" in office.get("/grid-changes", expect=200).words
    assert queries.newest_change() is None
    merging = office.get(f"/places/{grids.ours}/merger", expect=200).form("/merger#moves")
    shown = office.submit(merging, expect=200, name="大网格", other=str(grids.theirs))
    office.submit(shown.form("/mergers"), expect=303)
    assert [grid.name for grid in places.list_grids()] == ["大网格"]
    office.get(f"/places/{grids.ours}/split", expect=404)
    sign_in(world.clerk).get(f"/places/{grids.ours}/split", expect=403)


def test_a_closed_grid_takes_no_newcomer(world: World, grids: Grids) -> None:
    """A roster that still names it makes the grid anew instead of putting people into history."""
    cut(world, split_plan(grids))
    with transaction():
        found = places.survey(grids={"第1网格": "01"}, doors=[])
    assert found.grid_ids["第1网格"] != grids.ours
