"""Trainings on the pages: a sheet for several, the list of what runs out, shifts that ask for one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from engage import people, places
from engage.activities import commands as planning
from engage.core.access import Actor, Role
from engage.core.database import transaction
from engage.teams import register, training
from tests.activities.conftest import make_shift
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW
from tests.teams.conftest import TODAY, record

SignIn = Callable[[Actor], CheckingClient]


def test_a_course_is_written_down_for_several_at_once_and_shown_on_their_pages(
    world: World, team: int, sign_in: SignIn
) -> None:
    browser = sign_in(world.clerk)
    page = browser.get(f"/qualifications/new?team={team}", expect=200)
    assert "王建明" in page.words
    data = {
        "key": "sheet",
        "team": str(team),
        "person": [str(world.leader.person_id)],
        "numbers": f"{world.volunteer.member_no:04d}，{world.neighbour.member_no}",
        "kind": "first_aid",
        "trained_on": "2026-06-01",
        "expires_on": "2026-07-01",
        "given_by": "区红十字会",
        "giver_no": "",
        "note": "二号柜",
    }
    refused = browser.post("/qualifications", data={**data, "numbers": "9999"}, expect=422)
    assert "没有编号“9999”" in refused.refusal
    assert "二号柜" in refused.text
    browser.post("/qualifications", data={**data, "given_by": ""}, expect=422)
    browser.post("/qualifications", data=data, expect=303)
    page = browser.get("/qualifications", expect=200)
    assert all(name in page.words for name in ("王建明", "周桂芳", "孙玉梅", "还有19天"))
    assert "急救" in browser.get(f"/members/{world.volunteer.person_id}", expect=200).words
    assert "区红十字会" in sign_in(world.volunteer).get("/me/teams", expect=200).words


def test_revoking_asks_first_and_wants_a_reason(world: World, sign_in: SignIn) -> None:
    record(world, world.volunteer)
    [card] = register.trainings_of(world.volunteer.person_id, today=TODAY)
    browser = sign_in(world.clerk)
    assert "周桂芳" in browser.get(f"/qualifications/{card.id}/revocation", expect=200).words
    browser.post(f"/qualifications/{card.id}/revocation", data={"reason": ""}, expect=422)
    browser.post(f"/qualifications/{card.id}/revocation", data={"reason": "证书是别人的"}, expect=303)
    assert "证书是别人的" in browser.get(f"/members/{world.volunteer.person_id}", expect=200).words
    sign_in(world.outsider).get(f"/qualifications/{card.id}/revocation", expect=404)


def test_a_shift_that_asks_for_a_training_refuses_who_lacks_it_and_says_what_to_do(
    world: World, sign_in: SignIn
) -> None:
    shift = make_shift(actor=world.secretary, leader_no=world.leader.member_no, training="first_aid")
    browser = sign_in(world.volunteer)
    assert "要有“急救（心肺复苏）”培训" in browser.get(f"/shifts/{shift.id}", expect=200).words
    page = browser.post(f"/shifts/{shift.id}/sign-ups", expect=422)
    assert "问问社区下一次培训是哪天" in page.text
    record(world, world.volunteer)
    browser.post(f"/shifts/{shift.id}/sign-ups", expect=303)


def test_a_training_that_runs_out_on_the_day_of_the_shift_does_not_count(world: World, sign_in: SignIn) -> None:
    shift = make_shift(actor=world.secretary, leader_no=world.leader.member_no, training="first_aid")
    record(world, world.volunteer, trained_on=TODAY - timedelta(days=9), expires_on=TODAY)
    sign_in(world.volunteer).post(f"/shifts/{shift.id}/sign-ups", expect=422)


def test_who_lost_the_training_does_not_move_up_from_the_waiting_list(world: World) -> None:
    shift = make_shift(actor=world.secretary, leader_no=world.leader.member_no, training="first_aid", capacity=1)
    record(world, world.volunteer, world.neighbour, world.spouse)
    for actor in (world.volunteer, world.neighbour, world.spouse):
        planning.sign_up(shift_id=shift.id, person_id=actor.person_id, actor=actor, now=NOW)
    [card] = register.trainings_of(world.neighbour.person_id, today=TODAY)
    training.revoke(qualification_id=card.id, reason="假的", actor=world.clerk, now=NOW)
    gone = planning.cannot_come(shift_id=shift.id, person_id=world.volunteer.person_id, actor=world.volunteer, now=NOW)
    assert gone.promoted == (world.spouse.person_id,)


def test_the_plan_form_keeps_the_training_and_refuses_one_nobody_knows(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.secretary)
    page = browser.get("/plan/new", expect=200)
    fields = {tag["name"]: tag.get("value", "") for tag in page.form("/plan/activities").select("input[name]")}
    fields |= {"title": "急救点值守", "kind": "service", "nature": "volunteer", "place": "湖边", "task": ""}
    fields |= {"leader_no": f"{world.leader.member_no:04d}", "insurance": ""}
    browser.post("/plan/activities", data={**fields, "training": "flying"}, expect=422)
    browser.post("/plan/activities", data={**fields, "training": "first_aid"}, expect=303)


def test_expired_is_a_list_of_its_own(world: World, sign_in: SignIn) -> None:
    record(world, world.volunteer, trained_on=date(2025, 1, 1), expires_on=date(2026, 1, 1))
    browser = sign_in(world.secretary)
    assert "周桂芳" not in browser.get("/qualifications", expect=200).words
    assert "周桂芳" in browser.get("/qualifications?days=over", expect=200).words


def test_a_grid_officer_sees_the_own_grid_only(world: World, sign_in: SignIn) -> None:
    with transaction():
        mine, other = (places.add_grid(name=name, code=name).id for name in ("桂园", "荷香苑"))
        people.get_person(world.volunteer.person_id).grid_id = mine
        people.get_person(world.neighbour.person_id).grid_id = other
        officer = people.enrol(name="网格员", is_volunteer=False, now=NOW)
        people.grant_role(person=officer, role=Role.GRID_OFFICER, place_id=mine, now=NOW)
    record(world, world.volunteer, world.neighbour)
    page = sign_in(people.actor_of(officer)).get("/qualifications", expect=200)
    assert "周桂芳" in page.words
    assert "孙玉梅" not in page.words
