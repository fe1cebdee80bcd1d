"""The place tree: counts, who serves and served, units with area and ties; an officer sees the own branch only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from engage import people, places
from engage.core.access import Actor, Role
from engage.core.audit import AuditEvent
from engage.core.database import db, transaction
from engage.people.models import Tenancy
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW
from tests.people.make_grids import Grids, make_grids

Open = Callable[[Actor], CheckingClient]


@pytest.fixture
def grids(world: World) -> Grids:
    """The two grids of the first community."""
    return make_grids(world.donghu)


def unit_id(label: str) -> int:
    """Return the id of a unit."""
    found = places.find_unit_by_label(label)
    assert found is not None
    return found.id


def test_the_tree_counts_and_names_the_way_down(world: World, grids: Grids, app: Flask, sign_in: Open) -> None:
    app.test_cli_runner().invoke(args=["place-community", "donghu", "--street", "高坪街道", "--district", "武侯区"])
    page = sign_in(world.secretary).get("/places", expect=200)
    assert "武侯区 · 高坪街道 · 东湖社区" in page.words
    row = next(row for row in page.soup.select("tbody tr") if "第1网格" in row.get_text())
    assert [cell.get_text(strip=True) for cell in row.select("td")] == ["01", "第1网格", "1", "0", "1", "网格员丁"]
    found = sign_in(world.secretary).get("/places?q=柳巷", expect=200)
    assert "柳巷1栋101" in found.words
    assert "没找到" in sign_in(world.secretary).get("/places?q=没有这里", expect=200).words


def test_an_officer_sees_the_own_branch_only(world: World, grids: Grids, sign_in: Open) -> None:
    browser = sign_in(grids.officer)
    page = browser.get("/places", expect=200)
    assert "第1网格" in page.words
    assert "第2网格" not in page.words
    assert "枣巷" not in browser.get("/places?q=枣", expect=200).words
    browser.get(f"/places/{grids.ours}", expect=200)
    browser.get(f"/places/{grids.building}", expect=200)
    browser.get(f"/units/{unit_id('柳巷1栋101')}", expect=200)
    browser.get(f"/places/{grids.theirs}", expect=404)
    browser.get(f"/units/{unit_id('枣巷9栋909')}", expect=404)
    browser.post(f"/units/{unit_id('枣巷9栋909')}", data={"area": "1"}, expect=403)
    browser.get(f"/places/{grids.ours}/split", expect=403)


def test_a_grid_tells_who_served_from_when_until_when(world: World, grids: Grids, sign_in: Open) -> None:
    old = people.own_roles(grids.officer.person_id)[0].id
    later = NOW + timedelta(days=30)
    people.end_role(
        person_id=grids.officer.person_id, grant_id=old, actor=world.secretary, now=NOW + timedelta(hours=1)
    )
    people.give_role(
        person_id=world.resident.person_id,
        role=Role.GRID_OFFICER,
        term=people.Term(place_id=grids.ours, ends_at=later),
        actor=world.secretary,
        now=NOW,
    )
    people.give_role(
        person_id=world.volunteer.person_id,
        role=Role.NEIGHBOUR_LEAD,
        term=people.Term(place_id=grids.building),
        actor=world.secretary,
        now=NOW,
    )
    office = sign_in(world.secretary)
    page = office.get(f"/places/{grids.ours}", expect=200)
    assert "网格员丁" in page.words
    assert "刘长河" in page.words
    assert "邻长 周桂芳" in page.words
    assert "周桂芳" in office.get(f"/places/{grids.building}", expect=200).words


def test_an_area_is_typed_and_kept_without_fractions(world: World, grids: Grids, sign_in: Open) -> None:
    office, home = sign_in(world.clerk), unit_id("柳巷1栋101")
    form = office.get(f"/units/{home}", expect=200).form(f"/units/{home}")
    refused = office.submit(form, expect=422, area="八十", head_group="")
    assert "88.5" in refused.refusal
    assert 'value="八十"' in refused.text
    office.submit(form, expect=303, area="88.5", head_group="赵家")
    with db.session.no_autoflush:
        db.session.expire_all()
    unit = places.get_unit(home)
    assert (unit.area_centi, unit.head_group) == (8850, "赵家")
    assert 'value="88.5"' in office.get(f"/units/{home}", expect=200).text
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.verb == "unit_corrected")).one()
    assert event.facts == {"fields": ["area", "head_group"]}


def test_a_tie_names_who_saw_the_papers(world: World, grids: Grids, sign_in: Open) -> None:
    office, home = sign_in(world.clerk), unit_id("柳巷1栋101")
    page = office.get(f"/units/{home}", expect=200)
    assert "没人看过证件" in page.words
    office.submit(page.form("/verification"), expect=303)
    assert "吴小婷6月12日核实" in office.get(f"/units/{home}", expect=200).words
    tie = db.session.scalars(select(Tenancy).where(Tenancy.unit_id == home)).one()
    assert (tie.verified_by, tie.verified_at) == (world.clerk.person_id, NOW)
    other = unit_id("枣巷9栋909")
    office.post(f"/units/{other}/ties/{tie.id}/verification", expect=404)


def test_the_pages_cost_no_query_per_row_and_read_in_english(
    world: World, grids: Grids, sign_in: Open, count_queries: Callable[[], object]
) -> None:
    office = sign_in(world.secretary)
    addresses = ("/places", f"/places/{grids.ours}", f"/units/{unit_id('柳巷1栋101')}", "/places?q=1")
    before = []
    for address in addresses:
        office.get(address, expect=200)
        with count_queries() as statements:  # type: ignore[attr-defined]
            office.get(address, expect=200)
        before.append(len(statements))
    with transaction():
        for number in range(6):
            grid = places.add_grid(name=f"新{number}网格")
            building = places.add_building(name=f"1{number}栋", grid_id=grids.ours)
            unit = places.add_unit(label=f"1{number}-1", building_id=building.id, grid_id=grids.ours)
            person = people.enrol(name=f"住户{number}", grid_id=grid.id, now=NOW)
            people.settle(person=person, unit_id=unit.id)
            people.grant_role(person=person, role=Role.GRID_OFFICER, now=NOW, place_id=grids.ours)
            people.grant_role(person=person, role=Role.NEIGHBOUR_LEAD, now=NOW, place_id=building.id)
    for address, number in zip(addresses, before, strict=True):
        with count_queries() as statements:  # type: ignore[attr-defined]
            office.get(address, expect=200)
        assert len(statements) == number, address
