"""The pages of activities, as a browser meets them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from engage import activities
from engage.activities.queries import ShiftCard
from engage.core.access import Actor
from tests.activities.conftest import make_shift
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW

SignIn = Callable[[Actor], CheckingClient]


def test_a_volunteer_signs_up_from_the_row_without_javascript(world: World, patrol: ShiftCard, sign_in: SignIn) -> None:
    client = sign_in(world.volunteer)
    page = client.get("/activities", expect=200)
    assert "桂园片区夜巡" in page.words
    assert "还差6人" in page.words
    client.submit(page.form(f"/shifts/{patrol.id}/sign-ups"), expect=303)
    assert "已报名" in client.get("/activities", expect=200).words


def test_with_htmx_only_the_row_comes_back(world: World, patrol: ShiftCard, sign_in: SignIn) -> None:
    client = sign_in(world.volunteer)
    form = client.get("/activities", expect=200).form(f"/shifts/{patrol.id}/sign-ups")
    row = client.submit(form, expect=200, htmx=True)
    assert row.text.lstrip().startswith("<li")
    assert "已报名" in row.text


def test_a_refusal_in_the_row_says_why(world: World, sign_in: SignIn) -> None:
    shift = make_shift(actor=world.secretary, leader_no=world.leader.member_no)
    client = sign_in(world.volunteer)
    form = client.get("/activities", expect=200).form(f"/shifts/{shift.id}/sign-ups")
    activities.cancel_shift(shift_id=shift.id, reason="下大雨", actor=world.secretary, now=NOW)
    assert "取消了" in client.submit(form, expect=422, htmx=True).refusal
    assert "取消了" in client.submit(form, expect=422).refusal


def test_somebody_who_cannot_come_gives_the_place_away(world: World, patrol: ShiftCard, sign_in: SignIn) -> None:
    client = sign_in(world.volunteer)
    client.submit(client.get("/activities", expect=200).form(f"/shifts/{patrol.id}/sign-ups"), expect=303)
    page = client.get(f"/shifts/{patrol.id}", expect=200)
    client.submit(page.form(f"/shifts/{patrol.id}/withdrawals"), expect=303)
    assert activities.joined_ids(patrol.id) == []


def test_the_secretary_plans_a_weekly_patrol_in_one_form(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.secretary)
    page = client.get("/plan/new", expect=200)
    filled = {"title": "荷香苑夜巡", "place": "东门岗亭", "weeks": "3", "leader_no": "0003"}
    refused = client.submit(page.form("/plan/activities"), expect=422, **filled)
    assert "保险" in refused.refusal
    assert "荷香苑夜巡" in refused.text  # nothing typed is lost
    done = client.submit(refused.form("/plan/activities"), expect=303, insurance="人保 88号")
    assert "荷香苑夜巡" in client.follow(done).words
    again = client.submit(refused.form("/plan/activities"), expect=303, insurance="人保 88号")
    assert again.headers["Location"] == done.headers["Location"]
    assert "荷香苑夜巡" in client.get("/plan?week=2026-06-26", expect=200).words


def test_nonsense_in_the_plan_is_named_field_by_field(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.secretary)
    form = client.get("/plan/new", expect=200).form("/plan/activities")
    page = client.submit(form, expect=422, title="夜巡", place="门口", day="下周", starts="八点", capacity="六")
    assert {tag["name"] for tag in page.soup.select("[aria-invalid=true]")} == {"day", "starts", "capacity"}


def test_the_plan_counts_its_empty_weeks_and_searches(world: World, patrol: ShiftCard, sign_in: SignIn) -> None:
    client = sign_in(world.secretary)
    assert "桂园片区夜巡" in client.get("/plan", expect=200).words
    assert "还没排活动" in client.get("/plan?week=2026-01-05", expect=200).words
    assert "桂园片区夜巡" in client.get("/plan?q=夜巡", expect=200).words
    assert "没有“%_”" in client.get("/plan?q=%25_", expect=200).words
    assert client.get("/plan?week=瞎写&page=x").status_code == 200


def test_cancelling_names_who_is_signed_up_and_wants_a_reason(world: World, patrol: ShiftCard, sign_in: SignIn) -> None:
    activities.sign_up(shift_id=patrol.id, person_id=world.volunteer.person_id, actor=world.volunteer, now=NOW)
    client = sign_in(world.secretary)
    page = client.get(f"/shifts/{patrol.id}/cancellation", expect=200)
    assert "周桂芳" in page.words
    page = client.submit(page.form("/cancellation"), expect=422)
    client.submit(page.form("/cancellation"), expect=303, reason="下大雨")
    assert "下大雨" in client.get(f"/shifts/{patrol.id}", expect=200).words


def test_the_desk_signs_somebody_up_by_number_and_a_stranger_may_not(
    world: World, patrol: ShiftCard, sign_in: SignIn
) -> None:
    client = sign_in(world.leader)
    page = client.get(f"/shifts/{patrol.id}", expect=200)
    form = page.form(f"/shifts/{patrol.id}/sign-ups", nth=-1)
    assert "没有这个编号" in client.submit(form, expect=422, member_no="9999").refusal
    client.submit(form, expect=303, member_no=f"{world.resident.member_no:04d}")
    assert activities.joined_ids(patrol.id) == [world.resident.person_id]
    page = sign_in(world.volunteer)
    answer = page.post(f"/shifts/{patrol.id}/sign-ups", data={"member_no": str(world.neighbour.member_no)})
    assert answer.status_code == 403


def test_names_are_shown_to_those_who_lead_only(world: World, patrol: ShiftCard, sign_in: SignIn) -> None:
    activities.sign_up(shift_id=patrol.id, person_id=world.spouse.person_id, actor=world.spouse, now=NOW)
    assert "赵德林" in sign_in(world.leader).get(f"/shifts/{patrol.id}", expect=200).words
    assert "赵德林" not in sign_in(world.neighbour).get(f"/shifts/{patrol.id}", expect=200).words


@pytest.mark.parametrize("path", ["/shifts/{id}", "/shifts/{id}/edit", "/shifts/{id}/cancellation"])
def test_w1_a_shift_of_another_community_is_not_there(
    world: World, patrol: ShiftCard, sign_in: SignIn, path: str
) -> None:
    assert sign_in(world.outsider).get(path.format(id=patrol.id)).status_code == 404


@pytest.mark.parametrize("path", ["/plan", "/plan/new"])
def test_volunteers_do_not_plan(world: World, sign_in: SignIn, path: str) -> None:
    assert sign_in(world.volunteer).get(path).status_code == 403


@pytest.mark.parametrize("path", ["/activities", "/plan"])
def test_lists_ask_as_many_questions_for_two_shifts_as_for_twelve(
    world: World, sign_in: SignIn, count_queries: Callable, path: str
) -> None:
    client = sign_in(world.secretary)
    asked = []
    for count in (2, 10):
        for number in range(count):
            make_shift(actor=world.secretary, leader_no=world.leader.member_no, title=f"夜巡{number}")
        with count_queries() as statements:
            client.get(path, expect=200)
        asked.append(len(statements))
    assert asked[0] == asked[1] <= 12


@pytest.mark.parametrize("path", ["/activities", "/plan", "/plan/new", "/shifts/{id}", "/shifts/{id}/edit"])
def test_every_page_speaks_english(world: World, patrol: ShiftCard, sign_in: SignIn, path: str) -> None:
    client = sign_in(world.secretary)
    client.language = "en"
    page = client.get(path.format(id=patrol.id), expect=200)
    assert page.soup.html["lang"] == "en"
    assert not re.search(
        "[\u4e00-\u9fff]", page.soup.title.get_text().replace("桂园片区夜巡", "").replace("东湖社区", "")
    )
