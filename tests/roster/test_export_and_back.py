"""What is taken out comes in again the same, whatever roll a workbook can make."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from engage import people, places
from engage.core import tenancy
from engage.core.database import transaction
from engage.roster import takeout
from engage.roster.models_export import RosterExport
from tests.conftest import World
from tests.make import NOW
from tests.roster.importing import put_in, roll, taken
from tests.roster.make_workbooks import LONGMA, SMALL, make_xlsx


@pytest.mark.parametrize("source", [make_xlsx({"名单": SMALL}), LONGMA.read_bytes()], ids=["small", "longma"])
def test_what_goes_out_comes_in_again_the_same(world: World, source: bytes) -> None:
    put_in(source, actor=world.secretary)
    content = taken(world.secretary, whole=True)
    before = roll()
    assert put_in(content, actor=world.secretary).nothing_new
    assert roll() == before
    card = places.found_community(name="空社区", slug="kong", now=NOW)
    with tenancy.scoped(card.id):
        outcome = put_in(content, actor=None)
        assert outcome.held_back == outcome.undecided == 0
        assert roll() == before


def test_a_door_somebody_wrote_otherwise_by_hand_is_the_same_door(world: World) -> None:
    with transaction():
        unit = places.add_unit(label="3号楼2单元501室", building_id=None, grid_id=None)
        person = people.enrol(name="手写的", now=NOW)
        people.settle(person=person, unit_id=unit.id, role="owner", verified_at=NOW)
    assert put_in(taken(world.secretary, whole=True), actor=world.secretary).nothing_new


def test_a_masked_list_comes_in_without_phones_and_says_so(world: World) -> None:
    put_in(make_xlsx({"名单": SMALL}), actor=world.secretary)
    content = taken(world.secretary)
    before = roll()
    assert put_in(content, actor=world.secretary).nothing_new
    assert roll() == before


_NUMBERS = itertools.count()


doors = st.builds("{}栋{}单元{}".format, st.integers(1, 4), st.integers(1, 2), st.sampled_from(["101", "102", "201"]))


persons = st.lists(
    st.tuples(
        st.sampled_from(["张三", "李四", "王小明", "欧阳春", "Zhang San", "阿依古丽·买买提", "赵6", "O'Neil"]),
        st.integers(0, 4000),
        st.none() | st.integers(1930, 2020),
        st.sampled_from(["第1网格", "桂园网格", None]),
        st.lists(doors, max_size=2, unique=True),
        st.sampled_from(["业主", "租户", None]),
        st.booleans(),
        st.lists(st.sampled_from(["红马甲", "夜巡队", "Team A"]), max_size=2, unique=True),
        st.none(),
    ),
    max_size=12,
    unique_by=lambda one: one[1],
)


#: where a door lies and how large it is, by its building and its last digits: a sheet that says both twice agrees
GRIDS = {"1": "第1网格", "2": "第1网格", "3": "桂园网格", "4": None}


AREAS = {"101": "87.42", "102": "0.01", "201": None}


def in_agreement(row: tuple[Any, ...]) -> tuple[Any, ...]:
    name, number, born, grid, homes, tenure, volunteer, teams, _area = row
    if not homes:
        return (name, number, born, grid, [], tenure, volunteer, teams, None)
    near = [home for home in homes if GRIDS[home[0]] == GRIDS[homes[0][0]]]
    return (name, number, born, GRIDS[near[0][0]], near, tenure, volunteer, teams, AREAS[near[0][-3:]])


@settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(rows=persons)
def test_import_of_export_is_the_identity(world: World, rows: list[tuple[Any, ...]]) -> None:
    """For whatever roll a workbook can make in which each door lies in one grid and has one area.

    Into an empty community it is the same roll, into its own no change.
    """
    head = ["网格", "住处", "另外的住处", "面积", "姓名", "手机", "出生年份", "业主或租户", "志愿者", "队伍"]
    table = [
        [grid, *[*homes, None, None][:2], area, name, f"138{number:08d}" if number % 5 else None, born, tenure,
         "是" if volunteer else "否" if teams else None, "、".join(teams)]
        for name, number, born, grid, homes, tenure, volunteer, teams, area in map(in_agreement, rows)
    ]  # fmt: skip
    tag = next(_NUMBERS)
    first = places.found_community(name=f"甲{tag}", slug=f"a{tag}", now=NOW)
    second = places.found_community(name=f"乙{tag}", slug=f"b{tag}", now=NOW)
    row = RosterExport(
        community_id=first.id, actor_id=0, key="k", purpose="来回", whole_phones=True, reason="", people=0, made_at=NOW,
        expires_at=NOW,
    )  # fmt: skip
    with tenancy.scoped(first.id):
        put_in(make_xlsx({"名单": [head, *table]}), actor=None) if table else None
        before, content = roll(), takeout.workbook_of(row, now=NOW)
        if before:
            assert put_in(content, actor=None).nothing_new
        assert roll() == before
    with tenancy.scoped(second.id):
        if before:
            assert put_in(content, actor=None).held_back == 0
        assert roll() == before
