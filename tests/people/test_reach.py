"""A role reaches the subtree of its place only; outside it nobody is found (service-points §6 invariant 8, trust W1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select

from engage import activities, attendance, awards, people
from engage.activities.writers import NobodyFound
from engage.attendance.rules import RollRefused
from engage.core.access import Actor, Grant, Permission, Role
from engage.core.database import db, transaction
from engage.core.errors import Forbidden, NotFound
from engage.core.matrix import HELD_AT, MATRIX, NARROWED, NOT_DELEGATED, OWN_ONLY, REGIONAL
from engage.people.models import PhoneReveal
from tests.activities.conftest import make_shift
from tests.awards.conftest import MORNING, attended
from tests.awards.conftest import rule as rule
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW
from tests.people.make_grids import Grids, make_grids

Open = Callable[[Actor], CheckingClient]


@pytest.fixture
def grids(world: World) -> Grids:
    """The two grids of the first community."""
    return make_grids(world.donghu)


def test_w1_the_matrix_names_every_role_once() -> None:
    assert set(MATRIX) == set(Role)
    assert set(HELD_AT) <= set(Role)
    assert {role for role in Role if Permission.SEE_STREET in MATRIX[role]} == REGIONAL
    for role in REGIONAL:
        beyond = set() if role is Role.OPERATOR else {Permission.SEE_OFFICE_ACTS}
        assert MATRIX[role] == {Permission.SEE_STREET} | beyond, "above the communities: figures, and acts of office"
    assert all(permission in MATRIX[role] for role, permission in OWN_ONLY)


def test_w1_a_role_at_a_place_carries_only_what_is_narrowed() -> None:
    for role in Role:
        placed = Grant(role=role, places=frozenset({7}))
        assert {one for one in Permission if placed.carries(one)} == MATRIX[role] & NARROWED
        whole, lent = Grant(role=role), Grant(role=role, acting_for=3)
        assert {one for one in Permission if whole.carries(one)} == MATRIX[role]
        assert {one for one in Permission if lent.carries(one)} == MATRIX[role] - NOT_DELEGATED


def test_w1_reach_is_the_union_of_the_places_and_nothing_without_a_role() -> None:
    blank = Actor(person_id=1, community_id=1, name="甲", member_no=1)
    officer = Grant(role=Role.GRID_OFFICER, places=frozenset({7, 8}))
    assert blank.reach(Permission.SEE_MEMBERS) == frozenset()
    assert replace(blank, grants=(officer,)).reach(Permission.SEE_MEMBERS) == {7, 8}
    assert replace(blank, grants=(officer,)).reach(Permission.MANAGE_MEMBERS) == frozenset()
    two = (officer, Grant(role=Role.GRID_OFFICER, places=frozenset({9})))
    assert replace(blank, grants=two).reach(Permission.SEE_MEMBERS) == {7, 8, 9}
    assert replace(blank, grants=(*two, Grant(role=Role.CLERK))).reach(Permission.SEE_MEMBERS) is None
    assert replace(blank, grants=(Grant(role=Role.TEAM_LEADER),)).reach(Permission.APPROVE_SERVICE) == frozenset()


def test_the_log_names_whom_somebody_stands_in_for_only_when_their_own_roles_do_not_reach() -> None:
    own, lent = (
        Grant(role=Role.GRID_OFFICER, places=frozenset({1})),
        Grant(role=Role.GRID_OFFICER, places=frozenset({2}), acting_for=99),
    )
    actor = Actor(person_id=1, community_id=1, name="甲", member_no=1, grants=(own, lent))
    assert actor.acting(Permission.SEE_MEMBERS).acting_for is None
    assert actor.acting(Permission.SEE_MEMBERS, at={1}).acting_for is None
    assert actor.acting(Permission.SEE_MEMBERS, at={2, None}).acting_for == 99
    assert actor.roles == {Role.GRID_OFFICER}


def test_w1_an_officer_lists_the_own_grid_and_finds_nobody_else(world: World, grids: Grids, sign_in: Open) -> None:
    browser = sign_in(grids.officer)
    page = browser.get("/members", expect=200)
    assert "近邻甲" in page.text
    assert "近邻乙" in page.text, "by the unit of a building of the grid"
    assert "远邻丙" not in page.text
    assert "周桂芳" not in page.text
    assert "第2网格" not in page.text, "a grid outside the reach is not offered as a filter"
    assert "远邻丙" not in browser.get("/members?q=9903", expect=200).text
    assert "远邻丙" not in browser.get(f"/members?grid={grids.theirs}", expect=200).text
    browser.get(f"/members/{grids.near}", expect=200)
    browser.get(f"/members/{grids.housed}", expect=200)
    browser.get(f"/members/{grids.far}", expect=404)
    many = {"act": "volunteer", "scope": "found"}
    browser.get("/members/changes/new", query_string=many, expect=403)
    browser.post("/members/changes", data=many, expect=403)


def test_w1_w16_an_officer_sees_no_phone_outside_the_own_grid(grids: Grids, sign_in: Open) -> None:
    browser = sign_in(grids.officer)
    assert (
        "13511110001"
        in browser.post(f"/members/{grids.near}/phone-reveals", data={"reason": "停水通知"}, expect=200).text
    )
    browser.post(f"/members/{grids.far}/phone-reveals", data={"reason": "停水通知"}, expect=404)
    assert list(db.session.scalars(select(PhoneReveal.person_id))) == [grids.near]


def _someone(person_id: int) -> Actor:
    return people.actor_of(people.get_person(person_id))


def test_w1_an_officer_judges_the_time_of_the_own_grid_only(
    world: World, grids: Grids, rule: int, sign_in: Open
) -> None:
    shift = make_shift(actor=world.secretary, leader_no=world.leader.member_no)
    ours, theirs = attended(shift, _someone(grids.near)), attended(shift, _someone(grids.far))
    assert {card.person_id for card in attendance.list_to_approve(10, 0, judge=grids.officer)} == {grids.near}
    assert attendance.count_to_approve(judge=grids.officer) == 1
    assert attendance.count_to_approve(judge=world.secretary) == 2
    for act in (
        lambda: awards.approve_and_award(session_id=theirs.id, actor=grids.officer, now=MORNING, reason="看见了"),
        lambda: awards.refuse_service(session_id=theirs.id, reason="没看见", actor=grids.officer, now=MORNING),
    ):
        with pytest.raises(NotFound):
            act()
    assert "远邻丙" not in sign_in(grids.officer).get("/approvals", expect=200).text
    awards.approve_and_award(session_id=ours.id, actor=grids.officer, now=MORNING, reason="看见了")
    assert attendance.count_to_approve() == 1


def test_w1_a_team_leader_judges_own_shifts_only(world: World, grids: Grids, rule: int) -> None:
    own = make_shift(actor=world.secretary, leader_no=world.leader.member_no)
    other = make_shift(actor=world.secretary, leader_no=world.volunteer.member_no)
    mine, theirs = attended(own, world.neighbour), attended(other, world.neighbour)
    assert {card.id for card in attendance.list_to_approve(10, 0, judge=world.leader)} == {mine.id}
    with pytest.raises(NotFound):
        awards.approve_and_award(session_id=theirs.id, actor=world.leader, now=MORNING, reason="看见了")
    awards.approve_and_award(session_id=mine.id, actor=world.leader, now=MORNING, reason="看见了")


def test_w1_an_officer_keeps_the_list_of_a_shift_led_from_the_own_grid(
    world: World, grids: Grids, sign_in: Open
) -> None:
    near, far = _someone(grids.near), _someone(grids.far)
    ours = make_shift(actor=world.secretary, leader_no=near.member_no)
    theirs = make_shift(actor=world.secretary, leader_no=far.member_no)
    for person in (near, far):
        activities.sign_up(shift_id=ours.id, person_id=person.person_id, actor=person, now=NOW)
    browser = sign_in(grids.officer)
    page = browser.get(f"/shifts/{ours.id}/roll", expect=200)
    assert "近邻甲" in page.text
    assert "远邻丙" not in page.text, "somebody of another grid who joined is the leader's to see"
    browser.get(f"/shifts/{theirs.id}/roll", expect=403)
    assert "近邻乙" not in browser.get(f"/shifts/{theirs.id}", expect=200).text
    with pytest.raises(RollRefused):
        attendance.check_in_person(
            shift_id=ours.id,
            person_id=grids.far,
            kind=attendance.Kind.IN,
            medium="number",
            client_event_id="x",
            actor=grids.officer,
            now=ours.starts_at,
        )
    with pytest.raises(NobodyFound):
        activities.sign_up(shift_id=theirs.id, person_id=grids.far, actor=grids.officer, now=NOW)
    activities.sign_up(shift_id=theirs.id, person_id=grids.near, actor=grids.officer, now=NOW)
    with pytest.raises(Forbidden):
        activities.ensure_leads(activities.get_shift(theirs.id), actor=grids.officer)


def test_a_page_of_an_officer_costs_no_query_per_person(
    grids: Grids, sign_in: Open, count_queries: Callable[[], object]
) -> None:
    browser = sign_in(grids.officer)
    browser.get("/members", expect=200)
    with count_queries() as before:  # type: ignore[attr-defined]
        browser.get("/members", expect=200)
    with transaction():
        for number in range(20):
            people.enrol(name=f"又一户{number}", grid_id=grids.ours, now=NOW)
    with count_queries() as after:  # type: ignore[attr-defined]
        browser.get("/members", expect=200)
    assert len(after) == len(before)
