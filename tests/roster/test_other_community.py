"""A different community's workbook, with other headings and other habits (issue "People and places")."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from engage import people, places
from engage.core import tenancy
from engage.roster.rules import Field, Role
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW
from tests.roster.conftest import Upload
from tests.roster.importing import put_in
from tests.roster.make_other_community import make_other_community
from tests.roster.make_workbooks import make_xlsx
from tests.roster.readings import found, reading_of

SignIn = Callable[..., CheckingClient]


@pytest.mark.parametrize("seed", [7, 8, 9])
def test_everybody_is_read_as_the_community_knows_them(seed: int) -> None:
    content, truth = make_other_community(seed=seed)
    reading = reading_of(content)
    assert [plan.role for plan in reading.plans] == [Role.DOORS, Role.PEOPLE]
    assert reading.errors == []
    assert {kind for _, kind in found(reading)} <= {"two phones in one cell"}
    got = {one.name: one for one in reading.people}
    assert set(got) == {one.name for one in truth}
    for one in truth:
        person = got[one.name]
        assert person.phone == one.phone
        assert person.birth is not None
        assert abs(person.birth.year - one.born) <= 1
        assert person.dwelling is not None
        assert f"{person.dwelling.building}栋{person.dwelling.entrance}单元{person.dwelling.room}" == one.door
        assert reading.units[person.dwelling] == one.area
    assert len(reading.units) == 24


def test_it_goes_in_and_a_second_time_changes_nothing(world: World) -> None:
    content, truth = make_other_community()
    card = places.found_community(name="青石桥社区", slug="qingshi", now=NOW)
    with tenancy.scoped(card.id):
        outcome = put_in(content, actor=None)
        assert (outcome.people, outcome.units, outcome.held_back) == (len(truth), 24, 0)
        assert put_in(content, actor=None).nothing_new
        assert sum(unit.area_centi or 0 for unit in places.list_units()) > 24 * 4000
        assert people.count_persons() == len(truth)


def test_the_column_nobody_could_guess_is_chosen_on_the_page_and_remembered(
    world: World, sign_in: SignIn, upload: Upload
) -> None:
    content, truth = make_other_community()
    client = sign_in(world.secretary)
    page = upload(client, content)
    assert "志愿者0人" in page.words
    form = next(f for f in page.soup.select('form[action$="/columns"]') if f.select_one('input[value="人口"]'))
    answer = client.submit(form, expect=303, **{"column-8": Field.VOLUNTEER.value})
    helpers = sum(one.helps for one in truth)
    assert helpers > 5
    assert f"志愿者{helpers}人" in client.get(answer.location, expect=200).words
    assert f"志愿者{helpers}人" in upload(client, content).words


def test_a_heading_between_rows_says_the_building_where_no_column_does() -> None:
    rows = [
        ["单元", "室", "姓名", "电话"],
        ["一、3号楼"],
        [1, 101, "赵一", "13700000001"],
        ["二、第2网格5栋（18户）"],
        [1, 101, "钱二", "13700000002"],
    ]
    reading = reading_of(make_xlsx({"S": rows}))
    assert found(reading) == []
    assert [(p.dwelling.building, p.dwelling.grid) for p in reading.people if p.dwelling] == [("3", ""), ("5", "2")]
