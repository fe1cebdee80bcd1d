"""Staging, correcting and confirming an import."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from engage import people, places
from engage.core import tenancy
from engage.core.access import Role
from engage.core.audit import AuditEvent
from engage.core.database import db
from engage.core.errors import Conflict, NotFound
from engage.people.models import Membership, Person, Team
from engage.people.phones import unsealed_phone
from engage.roster import queries
from engage.roster.commands import choose_columns, correct_row, decide, stage
from engage.roster.importing import confirm
from engage.roster.models import RosterBatch
from engage.roster.rules import Field
from tests.conftest import World, counted_queries
from tests.make import NOW
from tests.roster.importing import everything, put_in, staged
from tests.roster.make_workbooks import LONGMA, SMALL, make_xlsx


def test_staging_writes_nobody(world: World) -> None:
    before = everything()
    staged(world)
    assert everything() == before


def test_a_confirmed_roster_is_on_the_roll(world: World) -> None:
    before = people.count_persons()
    outcome = put_in(make_xlsx({"名单": SMALL}), actor=world.secretary)
    assert (outcome.people, outcome.volunteers, outcome.units, outcome.places, outcome.held_back) == (4, 2, 3, 4, 1)
    assert people.count_persons() == before + 4
    first = db.session.scalars(select(Person).where(Person.name == "吴明宇")).one()
    assert unsealed_phone(first) == "13311226483"
    assert (first.birth_year, first.is_volunteer, first.pinyin) == (1971, True, "wu ming yu")
    home = places.find_unit_by_label("1栋1单元101")
    assert home is not None
    assert (home.area_centi, first.unit_id, people.household_of(first.id)) == (12016, home.id, home.id)
    assert set(places.place_names([home.grid_id, home.building_id]).values()) == {"第1网格", "1栋"}
    teams = set(db.session.scalars(select(Team.name).join(Membership, Membership.team_id == Team.id)))
    assert teams == {"治安巡逻队", "红马甲"}


def test_importing_the_same_file_again_changes_nothing(world: World) -> None:
    put_in(make_xlsx({"名单": SMALL}), actor=world.secretary)
    before = everything()
    again = put_in(make_xlsx({"名单": SMALL}), actor=world.secretary)
    assert again.nothing_new
    assert again.unchanged == 4
    assert everything() == before


def test_a_second_confirmation_is_the_first(world: World) -> None:
    batch_id = staged(world)
    first = confirm(batch_id=batch_id, revision=1, actor=world.secretary, now=NOW)
    before = everything()
    assert confirm(batch_id=batch_id, revision=1, actor=world.secretary, now=NOW + timedelta(days=9)) == first
    assert everything() == before


def test_longma_goes_in_with_few_statements_and_stays_as_it_is(world: World) -> None:
    batch_id = staged(world, LONGMA.read_bytes())
    before = people.count_persons()
    with counted_queries() as statements:
        outcome = confirm(batch_id=batch_id, revision=1, actor=world.secretary, now=NOW)
    # Persons, ties and memberships go in by the thousand; the driver splits what is too long for one statement.
    assert len(statements) < 60
    assert (outcome.people, outcome.volunteers, outcome.units, outcome.officers, outcome.posts) == (
        1080,
        243,
        420,
        9,
        9,
    )
    assert outcome.held_back == 4
    assert people.count_persons() == before + 1089
    assert len(people.holders_of(Role.GRID_OFFICER)) == 9
    again = put_in(LONGMA.read_bytes(), actor=world.secretary)
    assert again.nothing_new


def test_nothing_stays_when_the_import_fails_half_way(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    batch_id, before = staged(world), everything()

    def fail(*_args: object, **_named: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr("engage.people.intake._join_teams", fail)
    with pytest.raises(RuntimeError):
        confirm(batch_id=batch_id, revision=1, actor=world.secretary, now=NOW)
    assert everything() == before
    assert queries.get_batch(batch_id, now=NOW).imported_at is None


def test_a_corrected_row_goes_in_and_one_left_out_does_not(world: World) -> None:
    batch_id = staged(world)
    correct_row(batch_id=batch_id, sheet="名单", row=7, cells={6: "13800629999"}, now=NOW)
    decide(batch_id=batch_id, act="leave", rows=["6|名单"], same_as=None, now=NOW)
    comparison = queries.comparison_of(queries.get_batch(batch_id, now=NOW), now=NOW)
    assert [person.name for person in comparison.newcomers] == ["吴明宇", "贾梓山", "黄静淑", "胡秋生"]
    with pytest.raises(Conflict):
        confirm(batch_id=batch_id, revision=1, actor=world.secretary, now=NOW)
    outcome = confirm(batch_id=batch_id, revision=3, actor=world.secretary, now=NOW)
    assert (outcome.people, outcome.left_out) == (4, 1)
    assert places.find_unit_by_label("2栋301") is None
    with pytest.raises(Conflict):
        decide(batch_id=batch_id, act="leave", rows=["5|名单"], same_as=None, now=NOW)


def test_an_id_number_typed_into_a_cell_is_not_kept(world: World) -> None:
    batch_id = staged(world)
    correct_row(batch_id=batch_id, sheet="名单", row=7, cells={6: "420106195603020011"}, now=NOW)
    contents = queries.contents_of(queries.get_batch(batch_id, now=NOW))
    assert "420106" not in str(contents)
    reading = queries.reading_of(queries.get_batch(batch_id, now=NOW), now=NOW)
    assert [finding.kind for finding in reading.errors] == ["id number in this column"]


def test_id_numbers_of_an_upload_are_kept_nowhere(world: World) -> None:
    rows = [
        ["姓名", "证件号码", "手机"],
        ["张三", "420106195603020011", "13800138001"],
        ["李四", None, "11010519491231002X"],
    ]
    batch_id = staged(world, make_xlsx({"S": rows}))
    kept = str(queries.contents_of(queries.get_batch(batch_id, now=NOW)))
    assert "420106" not in kept
    assert "110105" not in kept
    reading = queries.reading_of(queries.get_batch(batch_id, now=NOW), now=NOW)
    assert [(finding.row, finding.kind) for finding in reading.errors] == [(3, "id number in this column")]


def test_chosen_columns_are_read_again(world: World) -> None:
    batch_id = staged(world)
    choose_columns(batch_id=batch_id, sheet="名单", fields={6: Field.IGNORED}, now=NOW)
    reading = queries.reading_of(queries.get_batch(batch_id, now=NOW), now=NOW)
    assert reading.errors == []
    assert all(person.phone is None for person in reading.people)


def test_what_is_staged_lies_sealed_and_is_wiped_when_it_expires(world: World) -> None:
    batch_id = staged(world)
    content = db.session.scalar(select(RosterBatch.content).where(RosterBatch.id == batch_id))
    assert content is not None
    assert "吴明宇".encode() not in content
    later = NOW + timedelta(days=3)
    with pytest.raises(NotFound):
        queries.get_batch(batch_id, now=later)
    stage(content=make_xlsx({"名单": SMALL}), filename="b.xlsx", actor=world.secretary, now=later)
    db.session.expire_all()
    assert db.session.scalar(select(RosterBatch.content).where(RosterBatch.id == batch_id)) is None


def test_a_batch_of_another_community_is_not_found(world: World) -> None:
    batch_id = staged(world)
    with tenancy.scoped(world.liyuan.id):
        with pytest.raises(NotFound):
            confirm(batch_id=batch_id, revision=1, actor=world.outsider, now=NOW)
        assert queries.recent_batches() == []


def test_the_same_people_next_door_are_other_people(world: World) -> None:
    put_in(make_xlsx({"名单": SMALL}), actor=world.secretary)
    with tenancy.scoped(world.liyuan.id):
        assert put_in(make_xlsx({"名单": SMALL}), actor=world.outsider).people == 4


def test_a_batch_records_what_it_made(world: World) -> None:
    batch_id = staged(world)
    confirm(batch_id=batch_id, revision=1, actor=world.secretary, now=NOW)
    made = queries.get_batch(batch_id, now=NOW).made
    assert made is not None
    names = set(people.names_of(made["persons"]).values())
    assert names == {"吴明宇", "贾梓山", "黄静淑", "邓伟"}
    assert set(places.unit_labels(made["units"]).values()) == {"1栋1单元101", "1栋1单元102", "2栋301"}
    assert len(made["places"]) == 4
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.verb == "roster_imported")).one()
    assert event.facts["people"] == 4
    assert "133" not in str(event.facts)
