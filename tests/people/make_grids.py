"""Two grids with their people: what an officer of one may see, and what lies outside."""

from __future__ import annotations

from dataclasses import dataclass

from engage import people, places
from engage.core import tenancy
from engage.core.access import Actor, Role
from engage.core.database import transaction
from engage.core.tenancy import CommunityCard
from tests.make import NOW


@dataclass(frozen=True, kw_only=True)
class Grids:
    """`ours` is the officer's grid, with one building; `theirs` is the one next to it."""

    ours: int
    theirs: int
    building: int
    officer: Actor
    #: lives in our grid by the roll; by a unit of our building; in their grid
    near: int
    housed: int
    far: int


def make_grids(community: CommunityCard) -> Grids:
    """Make the grids, three people, and the officer of ours, who lives in neither."""
    with tenancy.scoped(community.id), transaction() as session:
        ours, theirs = places.add_grid(name="第1网格", code="01"), places.add_grid(name="第2网格", code="02")
        building = places.add_building(name="1栋", grid_id=ours.id)
        home = places.add_unit(label="柳巷1栋101", building_id=building.id, grid_id=None, area_centi=7000)
        away = places.add_unit(label="枣巷9栋909", building_id=None, grid_id=theirs.id, area_centi=7000)
        near = people.enrol(name="近邻甲", phone="13511110001", grid_id=ours.id, is_volunteer=True, now=NOW)
        housed = people.enrol(name="近邻乙", phone="13511110002", is_volunteer=True, now=NOW)
        people.settle(person=housed, unit_id=home.id, verified_at=NOW)
        far = people.enrol(name="远邻丙", phone="13511119903", grid_id=theirs.id, is_volunteer=True, now=NOW)
        people.settle(person=far, unit_id=away.id, verified_at=NOW)
        officer = people.enrol(name="网格员丁", phone="13511110004", is_volunteer=False, now=NOW)
        people.grant_role(person=officer, role=Role.GRID_OFFICER, now=NOW, place_id=ours.id)
        session.flush()
        actor = people.actor_of(officer)
        return Grids(
            ours=ours.id,
            theirs=theirs.id,
            building=building.id,
            officer=actor,
            near=near.id,
            housed=housed.id,
            far=far.id,
        )
