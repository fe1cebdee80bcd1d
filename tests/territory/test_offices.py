"""Giving and ending roles: at a place, from a day until a day; nobody for themselves; a secretary stays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine
from sqlalchemy import select

from engage import people
from engage.core import tenancy
from engage.core.access import Actor, Permission, Role
from engage.core.audit import AuditEvent
from engage.core.clock import day_bounds
from engage.core.database import db
from engage.core.errors import DomainError, Forbidden, NotFound
from engage.people import above
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW, make_person
from tests.people.make_grids import Grids, make_grids

Open = Callable[[Actor], CheckingClient]


@pytest.fixture
def grids(world: World) -> Grids:
    """The two grids of the first community."""
    return make_grids(world.donghu)


def give(world: World, role: Role, **term: object) -> None:
    """Give the resident a role, as the secretary."""
    people.give_role(
        person_id=world.resident.person_id,
        role=role,
        term=people.Term(**term),  # type: ignore[arg-type]
        actor=world.secretary,
        now=NOW,
    )


def test_a_role_has_its_own_kind_of_place(world: World, grids: Grids) -> None:
    give(world, Role.GRID_OFFICER, place_id=grids.ours)
    give(world, Role.NEIGHBOUR_LEAD, place_id=grids.building)
    for role, place_id in (
        (Role.GRID_OFFICER, grids.building),
        (Role.NEIGHBOUR_LEAD, grids.ours),
        (Role.NEIGHBOUR_LEAD, None),
        (Role.CLERK, grids.ours),
    ):
        with pytest.raises(DomainError) as refused:
            give(world, role, place_id=place_id)
        assert refused.value.field == "place"
    with pytest.raises(NotFound):
        give(world, Role.GRID_OFFICER, place_id=987654)
    with pytest.raises(NotFound):
        give(world, Role.OPERATOR)


def test_a_role_begins_and_ends_on_its_days(world: World, grids: Grids) -> None:
    first, last = day_bounds(date(2026, 6, 15))[0], day_bounds(date(2026, 6, 20))[0]
    give(world, Role.GRID_OFFICER, place_id=grids.ours, starts_at=first, ends_at=last)
    reach = []
    for moment in (NOW, first, last - timedelta(seconds=1), last):
        with time_machine.travel(moment, tick=False):
            actor = people.actor_of(people.get_person(world.resident.person_id))
            reach.append(bool(actor.reach(Permission.SEE_MEMBERS)))
    assert reach == [False, True, True, False]
    with pytest.raises(DomainError):
        give(world, Role.DESK, starts_at=last, ends_at=first)


def test_a_stored_role_of_the_street_means_nothing_in_a_community(world: World) -> None:
    """Planted by hand: only the operator's own table counts."""
    someone = make_person(community=world.donghu, name="戏称街道", roles=(Role.STREET, Role.OPERATOR))
    assert not someone.can(Permission.SEE_STREET)


def test_the_page_gives_finds_and_ends(world: World, grids: Grids, sign_in: Open) -> None:
    office = sign_in(world.secretary)
    form = office.get("/offices", expect=200).form("/offices")
    number = f"{world.resident.member_no:04d}"
    refused = office.submit(form, expect=422, member_no="9999", role="grid_officer", place=str(grids.ours))
    assert "没有这个编号" in refused.refusal
    office.submit(
        form, expect=303, member_no=number, role="grid_officer", place=str(grids.ours), starts="", ends="2026-07-01"
    )
    page = office.get(f"/offices?q={number}", expect=200)
    assert "刘长河" in page.text
    assert "第1网格" in page.text
    assert "2026.07.01" in page.text
    assert db.session.scalars(select(AuditEvent.facts).where(AuditEvent.verb == "role_given")).one() == {
        "role": "grid_officer",
        "place": grids.ours,
    }
    office.submit(page.form("/closure"), expect=303)
    assert "刘长河" not in office.get("/offices", expect=200).text
    assert "刘长河" in office.get("/offices?over=1", expect=200).text
    sign_in(world.clerk).get("/offices", expect=403)


def test_nobody_grants_to_themselves_and_the_last_secretary_stays(world: World) -> None:
    with pytest.raises(DomainError, match="自己的职务"):
        people.give_role(person_id=world.secretary.person_id, role=Role.DESK, actor=world.secretary, now=NOW)
    with pytest.raises(Forbidden):
        people.give_role(person_id=world.resident.person_id, role=Role.DESK, actor=world.clerk, now=NOW)
    second = make_person(community=world.donghu, name="第二书记", roles=(Role.SECRETARY,))
    mine = people.own_roles(world.secretary.person_id)[0].id
    people.end_role(person_id=world.secretary.person_id, grant_id=mine, actor=second, now=NOW)
    # whoever stands in for nobody and is no secretary any more cannot end the last one either
    theirs = people.own_roles(second.person_id)[0].id
    with pytest.raises(DomainError, match="最后一位书记"):
        people.end_role(person_id=second.person_id, grant_id=theirs, actor=world.secretary, now=NOW)


def test_the_list_costs_no_query_per_role(world: World, sign_in: Open, count_queries: Callable[[], object]) -> None:
    office = sign_in(world.secretary)
    office.get("/offices", expect=200)
    with count_queries() as few:  # type: ignore[attr-defined]
        office.get("/offices", expect=200)
    for number in range(8):
        make_person(community=world.donghu, name=f"新任{number}", roles=(Role.DESK,))
    with count_queries() as many:  # type: ignore[attr-defined]
        page = office.get("/offices", expect=200)
    assert "新任7" in page.text
    assert len(many) == len(few)


def test_roles_above_the_community_are_given_once_and_end_at_once(world: World) -> None:
    for _ in range(2):
        above.give_region_role(person_id=world.resident.person_id, role=Role.OPERATOR, region_id=None, now=NOW)
    actor = people.actor_of(people.get_person(world.resident.person_id))
    assert [grant.role for grant in actor.grants if grant.role is Role.OPERATOR] == [Role.OPERATOR]
    assert {one for one in Permission if actor.can(one)} == {Permission.SEE_STREET}
    with tenancy.scoped(world.liyuan.id), pytest.raises(NotFound):
        above.end_region_role(person_id=world.resident.person_id, role=Role.OPERATOR, region_id=None, now=NOW)
    above.end_region_role(person_id=world.resident.person_id, role=Role.OPERATOR, region_id=None, now=NOW)
    assert not people.actor_of(people.get_person(world.resident.person_id)).can(Permission.SEE_STREET)
    with pytest.raises(NotFound):
        above.give_region_role(person_id=world.resident.person_id, role=Role.CLERK, region_id=None, now=NOW)
