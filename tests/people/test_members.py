"""The roll as the office sees it: found, listed, paged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text

from engage import people, places
from engage.core import tenancy
from engage.core.access import Role
from engage.core.database import db, transaction
from engage.people import directory, membership, saved
from engage.people.filters import Filters
from engage.people.searching import search
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW, make_person
from tests.people.conftest import names

Open = Callable[..., CheckingClient]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("周", ["周桂芳"]),
        ("zgf", ["周桂芳"]),
        ("ZGF", ["周桂芳"]),
        ("zhougui", ["周桂芳"]),
        ("zhou gui", ["周桂芳"]),
        ("0621", ["周桂芳"]),
        ("０６２１", ["周桂芳"]),
        ("3栋2单元501", ["赵德林", "周桂芳"]),
        ("7740", ["王建明"]),
        ("%", []),
        ("_", []),
        ("'; DROP TABLE person; --", []),
        ("没有这个人", []),
    ],
)
def test_one_box_finds_by_name_initials_digits_and_door(world: World, typed: str, found: list[str]) -> None:
    assert names(typed) == found


def test_a_member_number_finds_its_person(world: World) -> None:
    assert "周桂芳" in names(f"{world.volunteer.member_no:04d}")


def test_the_list_narrows_by_grid_team_and_kind(world: World, sign_in: Open) -> None:
    with transaction():
        grid = places.add_grid(name="桂园", code="1").id
        people.get_person(world.volunteer.person_id).grid_id = grid
    membership.join_team(person_id=world.leader.person_id, team_name="红马甲", actor=world.clerk, now=NOW)
    [team] = directory.list_teams()
    assert (team.name, team.size) == ("红马甲", 1)
    assert names("", grid=grid) == ["周桂芳"]
    assert names("", team=team.id) == ["王建明"]
    assert "刘长河" not in names("", volunteer="yes")
    assert len(names("", entry="never")) == 8
    assert names("", status="paused") == []
    assert people.team_member_ids(team.id) == [world.leader.person_id]
    page = sign_in(world.secretary).get(f"/members?grid={grid}", expect=200)
    assert "周桂芳" in page.text
    assert "孙玉梅" not in page.text


def test_nobody_sees_a_whole_phone_in_a_list(world: World, sign_in: Open) -> None:
    page = sign_in(world.secretary).get("/members", expect=200)
    assert "尾号0621" in page.text
    assert "13800000621" not in page.text
    assert "外社区书记" not in page.text


def test_an_empty_search_says_what_to_try(world: World, sign_in: Open) -> None:
    page = sign_in(world.secretary).get("/members?q=没有这个人", expect=200)
    assert "没找到这样的人" in page.text
    fragment = sign_in(world.secretary).get("/members?q=周", htmx=True, expect=200)
    assert fragment.text.strip().startswith('<div id="members"')


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_speak_both_languages(world: World, sign_in: Open, language: str) -> None:
    office = sign_in(world.secretary)
    office.language = language
    marks = {
        "/members": ("成员", "Members"),
        "/members/new": ("加一个人", "Add a person"),
        f"/members/{world.volunteer.person_id}": ("回名册", "Back to the list"),
        f"/members/{world.volunteer.person_id}/edit": ("存好", "Save"),
        "/members/slips": ("打印激活条", "Print slips"),
        "/members/cards": ("打印证件", "Print cards"),
        "/me": ("会员码", "Member code"),
        "/me/devices": ("登录和设备", "Signing in and devices"),
        "/me/password": ("现在的密码", "Current password"),
        "/sign-in": ("登录", "Sign in"),
        "/activate": ("激活码", "Activation code"),
        "/forgot": ("忘了密码", "Forgot the password"),
    }
    for path, (chinese, english) in marks.items():
        assert (english if language == "en" else chinese) in office.get(path, expect=200).text


def crowd(world: World, size: int) -> None:
    """Put many more people on the roll, in teams and at home."""
    with transaction() as session:
        home = places.add_unit(label="桂园9栋1单元101", building_id=None, grid_id=None)
        for number in range(size):
            person = people.enrol(name=f"甲{number:03d}", phone=None, now=NOW)
            people.settle(person=person, unit_id=home.id, verified_at=NOW)
        session.flush()


def test_a_page_has_fifty_and_costs_the_same_for_one_or_for_fifty(
    world: World, sign_in: Open, count_queries: Any
) -> None:
    office = sign_in(world.secretary)
    office.get("/members", expect=200)
    with count_queries() as few:
        office.get("/members", expect=200)
    crowd(world, 60)
    with count_queries() as many:
        page = office.get("/members", expect=200)
    assert len(page.soup.select("tbody tr")) == 50
    assert "第1到50人，共68人" in page.text
    assert len(few) == len(many) <= 12
    assert page.soup.select_one("main > header a[href='/roster/export']"), "taken out where the list is read"
    second = office.get(page.soup.select_one("a[rel=next]")["href"], expect=200)
    assert len(second.soup.select("tbody tr")) == 18
    assert "第51到68人，共68人" in second.text
    back = office.get(second.soup.select_one("a[rel=prev]")["href"], expect=200)
    assert back.soup.select("tbody tr a") == page.soup.select("tbody tr a")
    with count_queries() as one:
        office.get(f"/members/{world.volunteer.person_id}", expect=200)
    assert len(one) <= 16  # one of them reads the community, every few seconds only


def test_what_ends_something_on_a_persons_page_asks_first(world: World, sign_in: Open) -> None:
    person_id = world.volunteer.person_id
    membership.join_team(person_id=person_id, team_name="红马甲", actor=world.clerk, now=NOW)
    people.give_role(person_id=person_id, role=Role.DESK, actor=world.secretary, now=NOW)
    page = sign_in(world.secretary).get(f"/members/{person_id}", expect=200)
    ends = page.soup.select("form[action$='/closure'], form[action$='/closures']")
    assert len(ends) >= 2
    assert all(form.find_parent("details") and form.select_one("p") for form in ends)


def test_sheets_cost_the_same_for_one_or_for_sixty(world: World, sign_in: Open, count_queries: Any) -> None:
    office = sign_in(world.secretary)
    ids = [world.volunteer.person_id]
    with count_queries() as one:
        office.post("/members/cards", data={"person": ids}, expect=303)
    crowd(world, 60)
    everybody = [person.id for person in search(filters=Filters(), now=NOW, size=100).persons]
    with count_queries() as many:
        office.post("/members/cards", data={"person": everybody}, expect=303)
    assert len(many) <= len(one)


def test_a_team_of_the_same_name_next_door_stays_theirs(world: World) -> None:
    with tenancy.scoped(world.liyuan.id):
        membership.join_team(person_id=world.outsider.person_id, team_name="红马甲", actor=world.outsider, now=NOW)
    membership.join_team(person_id=world.volunteer.person_id, team_name="红马甲", actor=world.clerk, now=NOW)
    assert [team.size for team in directory.list_teams()] == [1]
    assert names("", team=1) == []


def test_an_imported_roster_gets_its_cards_too(world: World) -> None:
    one = people.Newcomer(
        name="导入的人", phone=None, grid_id=None, birth_year=None, is_volunteer=True, ties=(), teams=()
    )
    with transaction():
        [person_id] = people.enrol_many([one], now=NOW)
    assert people.card_token(person_id)


def test_numbers_of_members_are_never_given_twice(world: World) -> None:
    make_person(community=world.donghu, name="又一个")
    numbers = [row[0] for row in db.session.execute(text("SELECT member_no FROM person WHERE community_id = 1"))]
    assert len(numbers) == len(set(numbers)) == 9


def test_the_dearest_page_sends_no_more_than_a_dozen_statements(
    world: World, sign_in: Open, count_queries: Any
) -> None:
    crowd(world, 120)
    with transaction():
        grid = places.add_grid(name="桂园", code="1").id
        places.add_building(name="9栋", grid_id=grid)
    for name, actor in (("我的", world.secretary), ("大家的", world.clerk)):
        saved.save_view(name=name, filters=Filters(grid=0), is_shared=True, actor=actor, now=NOW)
    office = sign_in(world.secretary)
    first = office.get("/members?q=甲&grid=none&volunteer=no&phone=no&entry=never", expect=200)
    address = first.soup.select_one("a[rel=next]")["href"]
    with count_queries() as statements:
        page = office.get(address, expect=200)
    assert len(page.soup.select("tbody tr")) == 50
    assert len(statements) <= 12  # one of them counts the page (trust W16)


def test_what_is_typed_comes_back_as_a_part_with_its_marks(world: World, sign_in: Open) -> None:
    office = sign_in(world.secretary)
    part = office.get("/members?q=zgf+3栋", htmx=True, expect=200)
    assert [mark.get_text() for mark in part.soup.select("tbody mark")] == ["周桂芳", "3栋"]
    assert "zhou gui fang" in part.text
    assert [mark.get_text() for mark in office.get("/members?q=0621", expect=200).soup.select("mark")] == ["尾号0621"]


def test_a_condition_is_a_chip_that_leads_away_from_it(world: World, sign_in: Open) -> None:
    office = sign_in(world.secretary)
    page = office.get("/members?volunteer=yes&entry=never&q=周", expect=200)
    addresses = [str(chip["href"]) for chip in page.soup.select("a.cond")]
    assert ["volunteer=" in one for one in addresses] == [False, True]
    assert ["entry=" in one for one in addresses] == [True, False]
    assert all("q=" in one for one in addresses)


def test_the_reader_without_the_right_to_change_is_offered_no_boxes(world: World, sign_in: Open) -> None:
    officer = make_person(community=world.donghu, name="网格员", roles=(Role.GRID_OFFICER,))
    page = sign_in(officer).get("/members", expect=200)
    assert page.soup.select("tbody tr")
    assert not page.soup.select("tbody .tick")


def test_an_officer_finds_nobody_outside_the_grid_by_any_word_or_page(world: World, sign_in: Open) -> None:
    with transaction():
        grid = places.add_grid(name="桂园", code="1").id
        people.get_person(world.volunteer.person_id).grid_id = grid
    officer = make_person(community=world.donghu, name="网格员", is_volunteer=False)
    with transaction():
        people.grant_role(person=people.get_person(officer.person_id), role=Role.GRID_OFFICER, now=NOW, place_id=grid)
    browser = sign_in(people.actor_of(people.get_person(officer.person_id)))
    asked = ["", "q=w", "q=7740", "q=王建明", "q=栋", "grid=none", "status=active", "sort=number", "volunteer=yes",
             f"after={world.leader.person_id}", f"before={world.leader.person_id}", "entry=never"]  # fmt: skip
    for query in asked:
        page = browser.get(f"/members?{query}", expect=200)
        assert {row.get_text().strip() for row in page.soup.select("tbody a.cell")} <= {"周桂芳"}, query
        assert "王建明" not in page.soup.select_one("#members").get_text().replace("王建明”", "")
