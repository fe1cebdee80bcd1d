"""The street's page: figures of the communities under it, of no others, and no person (trust row 40, W1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from engage import ledger, people, places, resolutions
from engage.core import tenancy
from engage.core.access import Actor, Role
from engage.core.database import db
from engage.people import above
from engage.people.models import Person
from engage.street import queries
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW, make_community, make_person

Open = Callable[[Actor], CheckingClient]


@pytest.fixture
def run(app: Flask, world: World) -> Callable[..., Any]:
    """A function that types an operator's command."""
    runner = app.test_cli_runner()
    return lambda *args: runner.invoke(args=args)


@pytest.fixture
def street(run: Callable[..., Any], world: World) -> Actor:
    """Somebody of 东湖 who works for 高坪街道; 梨园 lies there too, 远山 under another street."""
    make_community(name="远山社区", slug="yuanshan")
    for slug, name in (("donghu", "高坪街道"), ("liyuan", "高坪街道"), ("yuanshan", "西岭街道")):
        assert run("place-community", slug, "--street", name, "--district", "武侯区").exit_code == 0
    answer = run(
        "grant-role", "street", "--community", "donghu", "--member", str(world.resident.member_no), "--at", "高坪街道"
    )
    assert answer.exit_code == 0, answer.output
    return people.actor_of(people.get_person(world.resident.person_id))


def test_w1_the_street_sees_its_communities_in_figures_and_no_name(street: Actor, sign_in: Open) -> None:
    page = sign_in(street).get("/street", expect=200)
    assert "东湖社区" in page.words
    assert "梨园社区" in page.words
    assert "远山社区" not in page.words
    every_name = db.session.scalars(select(Person.name).where(Person.id != street.person_id)).all()
    assert [name for name in every_name if name in page.text] == []
    row = next(row for row in page.soup.select("tbody tr") if "东湖社区" in row.get_text())
    assert [cell.get_text(strip=True) for cell in row.select("td")][:2] == ["8", "—"], "eight members, four volunteers"
    next_door = next(row for row in page.soup.select("tbody tr") if "梨园社区" in row.get_text())
    assert next_door.select("td")[0].get_text(strip=True) == "—", "one member is no figure"
    assert page.soup.select("tbody a") == [], "nothing leads down"


def test_w1_the_street_opens_nothing_else(street: Actor, sign_in: Open, world: World) -> None:
    browser = sign_in(street)
    for address in (
        "/members",
        f"/members/{world.volunteer.person_id}",
        "/places",
        "/approvals",
        "/ledger",
        "/audit",
        "/offices",
    ):
        browser.get(address, expect=403)


@pytest.mark.parametrize("who", ["resident", "clerk", "secretary", "outsider"])
def test_w1_nobody_else_opens_the_street(world: World, sign_in: Open, who: str) -> None:
    sign_in(getattr(world, who)).get("/street", expect=403)


def test_a_district_sees_its_streets_and_the_operator_everything(
    street: Actor, run: Callable[..., Any], world: World, sign_in: Open
) -> None:
    make_community(name="孤岛社区", slug="gudao")
    run("grant-role", "district", "--community", "donghu", "--member", str(world.clerk.member_no), "--at", "武侯区")
    run("grant-role", "operator", "--community", "donghu", "--member", str(world.desk.member_no))
    district, operator = (
        sign_in(people.actor_of(people.get_person(one.person_id))) for one in (world.clerk, world.desk)
    )
    assert "远山社区" in district.get("/street", expect=200).words
    assert "孤岛社区" not in district.get("/street", expect=200).words
    assert "孤岛社区" in operator.get("/street", expect=200).words
    assert "东湖社区" not in operator.get("/street?q=远山", expect=200).words
    assert "没找到" in operator.get("/street?q=没有", expect=200).words


def test_the_role_ends_with_the_next_request(
    street: Actor, run: Callable[..., Any], world: World, sign_in: Open
) -> None:
    browser = sign_in(street)
    browser.get("/street", expect=200)
    number = str(world.resident.member_no)
    assert (
        run("grant-role", "street", "--community", "donghu", "--member", number, "--at", "高坪街道", "--end").exit_code
        == 0
    )
    browser.get("/street", expect=403)


@pytest.mark.parametrize(
    "args",
    [
        ("street", "--community", "donghu", "--member", "8", "--at", "没有的街道"),
        ("street", "--community", "nowhere", "--member", "8", "--at", "高坪街道"),
        ("street", "--community", "donghu", "--member", "9999", "--at", "高坪街道"),
        ("operator", "--community", "donghu", "--member", "7", "--end"),
    ],
)
def test_the_operators_command_says_what_is_wrong(
    street: Actor, run: Callable[..., Any], args: tuple[str, ...]
) -> None:
    assert run("grant-role", *args).exit_code == 1


def test_the_page_costs_the_same_for_two_communities_and_for_ten(
    street: Actor, run: Callable[..., Any], sign_in: Open, count_queries: Callable[[], object]
) -> None:
    browser = sign_in(street)
    browser.get("/street", expect=200)
    with count_queries() as few:  # type: ignore[attr-defined]
        browser.get("/street", expect=200)
    for number in range(8):
        home = make_community(name=f"新村{number}社区", slug=f"xincun{number}")
        make_person(community=home, name=f"村民{number}", roles=(Role.SECRETARY,))
        run("place-community", f"xincun{number}", "--street", "高坪街道", "--district", "武侯区")
    with count_queries() as many:  # type: ignore[attr-defined]
        page = browser.get("/street", expect=200)
    assert "新村7社区" in page.words
    assert len(many) == len(few)


@pytest.mark.usefixtures("story_told", "at_seven")
def test_the_figures_are_those_of_the_rooms_themselves() -> None:
    """The sums the street sees are what each community sees of itself."""
    home = places.community_by_slug("donghu")
    with tenancy.scoped(home.id):
        someone = people.get_person(next(one.id for one in people.roll()))
        above.give_region_role(person_id=someone.id, role=Role.OPERATOR, region_id=None, now=NOW)
        street = queries.street_of(people.actor_of(someone), q="东湖", now=NOW)
        own = (people.count_persons(), ledger.totals().issued, resolutions.count_open())
    (line,) = street.lines
    assert (line.members, line.points, line.resolutions) == own
    assert own[1] > 0
