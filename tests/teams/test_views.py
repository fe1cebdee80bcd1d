"""The pages, as a resident, a leader and the office use them; every flow without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from engage import people
from engage.core.access import Actor
from engage.core.database import db
from engage.teams import applications, commands, queries
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW, make_person
from tests.teams.conftest import inside, make_team, record

SignIn = Callable[[Actor], CheckingClient]


def test_a_volunteer_finds_a_team_asks_and_takes_it_back(world: World, team: int, sign_in: SignIn) -> None:
    browser = sign_in(world.volunteer)
    page = browser.get("/teams?q=夜巡", expect=200)
    assert "桂园夜巡队" in page.words
    assert "王建明带队" in page.words
    form = browser.get(f"/teams/{team}", expect=200).form(f"/teams/{team}/applications")
    browser.post(form["action"], data={"words": "退休了，晚上有空"}, expect=303)
    page = browser.get(f"/teams/{team}", expect=200)
    assert "您的申请在等回复" in page.words
    browser.post(page.form("/withdrawal")["action"], expect=303)
    assert "您的申请在等回复" not in browser.get(f"/teams/{team}", expect=200).words


def test_the_list_is_searched_narrowed_and_says_when_nothing_is_found(world: World, team: int, sign_in: SignIn) -> None:
    browser = sign_in(world.volunteer)
    assert "桂园夜巡队" in browser.get("/teams?kind=patrol", expect=200).words
    assert "没找到这样的队伍" in browser.get("/teams?kind=mediation", expect=200).words
    assert "没找到这样的队伍" in browser.get("/teams?q=%25", expect=200).words
    browser.get("/teams?kind=nonsense&page=99999", expect=200)


def test_the_leader_sees_who_waits_on_the_front_page_and_lets_them_in(world: World, team: int, sign_in: SignIn) -> None:
    applications.apply(team_id=team, words="能走夜路", actor=world.volunteer, now=NOW)
    browser = sign_in(world.leader)
    assert browser.get("/", expect=200).soup.select_one('a[href="/team-applications"]')
    page = browser.get("/team-applications", expect=200)
    assert "周桂芳" in page.words
    assert "能走夜路" in page.words
    page = browser.get(f"/teams/{team}", expect=200)
    browser.post(page.form("/approval")["action"], expect=303)
    assert inside(world.volunteer, team)
    assert not browser.get("/", expect=200).soup.select_one('a[href="/team-applications"]')


def test_a_decline_without_a_reason_keeps_the_page_and_says_so(world: World, team: int, sign_in: SignIn) -> None:
    asked = applications.apply(team_id=team, words="", actor=world.volunteer, now=NOW)
    browser = sign_in(world.leader)
    page = browser.post(f"/team-applications/{asked}/refusal", data={"reason": " "}, expect=422)
    assert "写一句理由" in page.refusal
    browser.post(f"/team-applications/{asked}/refusal", data={"reason": "人满了"}, expect=303)
    assert "人满了" in sign_in(world.volunteer).get("/me/teams", expect=200).words
    assert "人满了" in sign_in(world.volunteer).get(f"/teams/{team}", expect=200).words


def test_somebody_else_sees_no_names_of_members_and_may_not_answer(world: World, team: int, sign_in: SignIn) -> None:
    applications.apply(team_id=team, words="", actor=world.volunteer, now=NOW)
    asked = queries.list_waiting()[0].id
    browser = sign_in(world.neighbour)
    page = browser.get(f"/teams/{team}", expect=200)
    assert "周桂芳" not in page.words
    assert not page.soup.select("#team-members, #waiting")
    browser.post(f"/team-applications/{asked}/approval", expect=403)
    browser.post(f"/teams/{team}/members", data={"member_no": "0004"}, expect=403)
    browser.post(f"/teams/{team}/members/{world.leader.person_id}/removal", data={"reason": "x"}, expect=403)


def test_a_foreign_team_is_not_found(world: World, team: int, sign_in: SignIn) -> None:
    browser = sign_in(world.outsider)
    for path in (f"/teams/{team}", f"/teams/{team}/edit", f"/teams/{team}/closure"):
        browser.get(path, expect=404)
    browser.post(f"/teams/{team}/applications", data={"words": ""}, expect=404)
    browser.post(f"/teams/{team}/closure", data={"reason": "x"}, expect=404)


def test_the_office_founds_names_a_leader_renames_and_closes(world: World, sign_in: SignIn) -> None:
    browser = sign_in(world.secretary)
    form = browser.get("/teams/new", expect=200).form("/teams")
    key = form.select_one('[name="key"]')["value"]
    data = {"key": key, "name": "荷香苑 调解队", "kind": "mediation", "about": "评评理", "takes_in": "1", "place": ""}
    browser.post("/teams", data=data, expect=303)
    browser.post("/teams", data=data, expect=303)  # the same form again founds nothing more
    [team] = people.search_teams(kind="mediation", limit=9, offset=0)
    assert team.name == "荷香苑 调解队"
    leader = {"member_no": f"{world.leader.member_no:04d}", "view": "desk"}
    browser.post(f"/teams/{team.id}/leaders", data=leader, expect=303)
    page = browser.get(f"/teams/{team.id}?view=desk", expect=200)
    assert "王建明" in page.words
    browser.post(f"/teams/{team.id}", data={**data, "name": ""}, expect=422)
    browser.post(f"/teams/{team.id}", data={**data, "name": "调解队", "takes_in": "0"}, expect=303)
    assert "队里1人都离队" in browser.get(f"/teams/{team.id}/closure", expect=200).words
    assert "写一句理由" in browser.post(f"/teams/{team.id}/closure", data={"reason": ""}, expect=422).refusal
    browser.post(f"/teams/{team.id}/closure", data={"reason": "并队"}, expect=303)
    assert "调解队" in browser.get("/teams/all?state=closed", expect=200).words
    browser.post(f"/teams/{team.id}/reopening", expect=303)


def test_a_name_that_is_taken_keeps_what_was_typed(world: World, team: int, sign_in: SignIn) -> None:
    data = {"key": "k", "name": "桂园夜巡队", "kind": "patrol", "about": "第二支", "place": ""}
    page = sign_in(world.secretary).post("/teams", data=data, expect=422)
    assert "已经有一支队伍" in page.refusal
    assert "第二支" in page.text


def test_the_leader_puts_somebody_without_a_phone_in_and_takes_somebody_off(
    world: World, team: int, sign_in: SignIn
) -> None:
    browser = sign_in(world.leader)
    number = f"{world.resident.member_no:04d}"
    browser.post(f"/teams/{team}/members", data={"member_no": number}, expect=303)
    assert inside(world.resident, team)
    browser.post(f"/teams/{team}/members", data={"member_no": "9999"}, expect=422)
    address = f"/teams/{team}/members/{world.resident.person_id}/removal"
    browser.post(address, data={"reason": ""}, expect=422)
    browser.post(address, data={"reason": "腿脚不便"}, expect=303)
    assert not inside(world.resident, team)
    assert "腿脚不便" in browser.get(f"/teams/{team}", expect=200).words


@pytest.mark.parametrize("path", ["/teams", "/teams/all", "/me/teams", "/qualifications", "/team-applications"])
def test_pages_speak_english_and_do_not_ask_more_for_more_rows(
    world: World, team: int, sign_in: SignIn, count_queries: Any, path: str
) -> None:
    browser = sign_in(world.secretary)
    browser.set_cookie("lang", "en")
    with count_queries() as few:
        page = browser.get(path, expect=200)
    assert not any("一" <= letter <= "鿿" for letter in page.soup.h1.get_text())
    for number in range(6):
        more = make_team(world, name=f"队{number}", leader=world.neighbour)
        someone = make_person(community=world.donghu, name=f"新人{number}")
        applications.apply(team_id=more, words="", actor=someone, now=NOW)
        record(world, someone, key=f"sheet{number}")
    db.session.rollback()
    with count_queries() as many:
        browser.get(path, expect=200)
    assert len(many) <= len(few) + 3, "\n".join(many)


def test_the_team_page_asks_the_same_for_ten_members_as_for_one(
    world: World, team: int, sign_in: SignIn, count_queries: Any
) -> None:
    browser = sign_in(world.secretary)
    with count_queries() as few:
        browser.get(f"/teams/{team}?view=desk", expect=200)
    for number in range(8):
        someone = make_person(community=world.donghu, name=f"新人{number}")
        commands.add_member(team_id=team, member_no=someone.member_no, actor=world.clerk, now=NOW)
        record(world, someone, key=f"sheet{number}")
    db.session.rollback()
    with count_queries() as many:
        browser.get(f"/teams/{team}?view=desk", expect=200)
    assert len(many) <= len(few) + 3
