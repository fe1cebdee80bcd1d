"""A workbook about people who are on the roll: what is added, what waits for a choice, and taking it all back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engage import people, places
from engage.core import tenancy
from engage.core.database import db, transaction
from engage.core.errors import DomainError
from engage.people.models import Membership, Person, Tenancy
from engage.people.phones import unsealed_phone
from engage.roster import queries
from engage.roster.commands import decide, stage
from engage.roster.comparison import State
from engage.roster.importing import confirm
from engage.roster.models import RosterChange
from engage.roster.undo import forget, undo
from tests.conftest import World
from tests.make import NOW
from tests.roster.importing import put_in
from tests.roster.make_workbooks import FULLER, LONGMA, sheet

LATER = NOW + timedelta(hours=3)


def staged(world: World, *rows: list[Any]) -> int:
    return stage(content=sheet(*rows), filename="名单.xlsx", actor=world.secretary, now=NOW)


def entries(batch_id: int) -> list[Any]:
    return queries.comparison_of(queries.get_batch(batch_id, now=NOW), now=NOW).entries


def facts() -> list[tuple[Any, ...]]:
    """Everything the roll says about everybody, ids and all."""
    persons = db.session.scalars(select(Person).order_by(Person.id)).all()
    ties = db.session.execute(select(Tenancy.person_id, Tenancy.unit_id, Tenancy.role)).all()
    teams = db.session.execute(select(Membership.person_id, Membership.team_id)).all()
    return [
        (
            one.id, one.name, unsealed_phone(one), one.phone_last4, one.birth_year, one.grid_id, one.unit_id,
            one.is_volunteer, sorted(t for t in ties if t[0] == one.id), sorted(t for t in teams if t[0] == one.id),
        )
        for one in persons
    ]  # fmt: skip


def named(name: str) -> Person:
    db.session.expire_all()
    return db.session.scalars(select(Person).where(Person.name == name)).one()


@pytest.fixture
def wang(world: World) -> Person:
    """Somebody the roll knows little about."""
    put_in(sheet(["王晓明", None, "1栋1单元101", "1960", None, None]), actor=world.secretary)
    return named("王晓明")


def test_what_the_roll_lacks_is_added(world: World, wang: Person) -> None:
    batch_id = staged(world, FULLER)
    assert [str(change.fact) for change in entries(batch_id)[0].applied] == ["phone", "volunteer", "team"]
    outcome = confirm(batch_id=batch_id, revision=1, actor=world.secretary, now=NOW)
    assert (outcome.people, outcome.changed, outcome.unchanged) == (0, 1, 0)
    assert not outcome.nothing_new
    after = named("王晓明")
    assert (after.id, unsealed_phone(after), after.phone_last4, after.is_volunteer) == (
        wang.id, "13800138001", "8001", True,
    )  # fmt: skip
    assert [team.name for team in people.teams_of([wang.id])[wang.id]] == ["红马甲"]
    again = put_in(sheet(FULLER), actor=world.secretary)
    assert again.nothing_new
    assert again.unchanged == 1


def test_an_undo_gives_everybody_their_old_facts_back(world: World, wang: Person) -> None:
    before = facts()
    batch_id = staged(
        world, [*FULLER[:2], "2栋202", *FULLER[3:]], ["新来的", "13800138002", "2栋202", None, None, None]
    )
    decide(batch_id=batch_id, act="same", rows=["2|名单"], same_as=wang.id, now=NOW)  # another door, one year of birth
    decide(batch_id=batch_id, act="replace", rows=["2|名单"], same_as=None, now=NOW)
    confirm(batch_id=batch_id, revision=3, actor=world.secretary, now=NOW)
    moved = named("王晓明")
    assert places.unit_labels([moved.unit_id])[moved.unit_id or 0] == "2栋202"
    undone = undo(batch_id=batch_id, actor=world.secretary, now=LATER)
    assert (undone.people, undone.restored, undone.changed_since) == (1, 1, 0)
    assert facts() == before
    assert db.session.scalars(select(RosterChange)).all() == []
    assert places.find_unit_by_label("2栋202") is None


def test_what_somebody_changed_since_then_stays(world: World, wang: Person) -> None:
    batch_id = staged(world, FULLER)
    confirm(batch_id=batch_id, revision=1, actor=world.secretary, now=NOW)
    with transaction():
        person = people.get_person(wang.id)
        for column, value in people.phones.phone_columns("13900139000", community_id=world.donghu.id).items():
            setattr(person, column, value)
    assert undo(batch_id=batch_id, actor=world.secretary, now=LATER).changed_since == 1
    after = named("王晓明")
    assert (unsealed_phone(after), after.is_volunteer) == ("13900139000", False)


def test_a_year_somebody_corrected_since_then_stays(world: World) -> None:
    put_in(sheet(["王晓明", "13800138001", None, None, None, None]), actor=world.secretary)
    batch_id = staged(world, ["王晓明", "13800138001", None, "1960", None, None])
    confirm(batch_id=batch_id, revision=1, actor=world.secretary, now=NOW)
    with transaction():
        people.get_person(named("王晓明").id).birth_year = 1961
    assert undo(batch_id=batch_id, actor=world.secretary, now=LATER).changed_since == 1
    assert named("王晓明").birth_year == 1961


def test_what_differs_stays_until_somebody_decides_for_the_row(world: World, wang: Person) -> None:
    batch_id = staged(world, ["王晓明", None, "1栋1单元101", "1958-03-02", None, None])
    assert entries(batch_id)[0].state is State.ASK  # one name, one door, two years of birth
    decide(batch_id=batch_id, act="same", rows=["2|名单"], same_as=wang.id, now=NOW)
    entry = entries(batch_id)[0]
    assert (entry.state, entry.applied, [(c.old, c.new) for c in entry.changes]) == (
        State.CHANGED, [], [("1960", "1958")],
    )  # fmt: skip
    decide(batch_id=batch_id, act="replace", rows=["2|名单"], same_as=None, now=NOW)
    confirm(batch_id=batch_id, revision=3, actor=world.secretary, now=NOW)
    assert named("王晓明").birth_year == 1958


def test_a_suspected_person_waits_for_an_answer(world: World, wang: Person) -> None:
    put_in(sheet(["王晓明", "13800138001", "1栋1单元101", "1960", None, None]), actor=world.secretary)
    rows = ["王小明", "13800138001", "3栋303", None, None, None]
    count = people.count_persons()
    batch_id = staged(world, rows)
    (entry,) = entries(batch_id)
    assert (entry.state, [one.id for one in entry.suspects]) == (State.ASK, [wang.id])
    waiting = confirm(batch_id=batch_id, revision=1, actor=world.secretary, now=NOW)
    assert (waiting.people, waiting.undecided, waiting.units, people.count_persons()) == (0, 1, 0, count)

    batch_id = staged(world, rows)
    decide(batch_id=batch_id, act="same", rows=["2|名单"], same_as=wang.id, now=NOW)
    assert entries(batch_id)[0].renamed
    same = confirm(batch_id=batch_id, revision=2, actor=world.secretary, now=NOW)
    assert (same.people, people.count_persons(), named("王晓明").id) == (0, count, wang.id)

    batch_id = staged(world, rows)
    decide(batch_id=batch_id, act="other", rows=["2|名单"], same_as=None, now=NOW)
    assert confirm(batch_id=batch_id, revision=2, actor=world.secretary, now=NOW).people == 1
    assert named("王小明").id != wang.id
    assert put_in(sheet(rows), actor=world.secretary).nothing_new


def test_nobody_can_be_said_to_be_somebody_unsuspected(world: World, wang: Person) -> None:
    batch_id = staged(world, ["新来的", "13800138002", None, None, None, None])
    with pytest.raises(DomainError):
        decide(batch_id=batch_id, act="same", rows=["2|名单"], same_as=wang.id, now=NOW)
    assert entries(batch_id)[0].state is State.NEW


def test_a_changed_row_can_be_left_out(world: World, wang: Person) -> None:
    before = facts()
    batch_id = staged(world, FULLER)
    decide(batch_id=batch_id, act="leave", rows=["2|名单", "99|没有"], same_as=None, now=NOW)
    outcome = confirm(batch_id=batch_id, revision=2, actor=world.secretary, now=NOW)
    assert (outcome.changed, outcome.left_out) == (0, 1)
    assert facts() == before


def test_the_workbook_of_longma_a_second_time_changes_not_a_single_fact(world: World) -> None:
    whole = put_in(LONGMA.read_bytes(), actor=world.secretary)
    assert (whole.people, whole.changed) == (1080, 0)
    before = facts()
    again = put_in(LONGMA.read_bytes(), actor=world.secretary)
    assert (again.nothing_new, again.changed, again.undecided) == (True, 0, 0)
    assert facts() == before


def test_the_same_person_next_door_is_left_alone(world: World, wang: Person) -> None:
    before = facts()
    with tenancy.scoped(world.liyuan.id):
        assert put_in(sheet(FULLER), actor=world.outsider).people == 1
    assert facts() == before


def test_old_values_are_wiped_with_the_chance_to_undo(world: World, wang: Person) -> None:
    batch_id = staged(world, FULLER)
    confirm(batch_id=batch_id, revision=1, actor=world.secretary, now=NOW)
    kept = db.session.scalars(select(RosterChange)).one()
    assert "13800138001" not in f"{kept.before}{kept.after}"
    stage(content=sheet(FULLER), filename="b.xlsx", actor=world.secretary, now=NOW + timedelta(hours=25))
    db.session.expire_all()
    kept = db.session.scalars(select(RosterChange)).one()
    assert (kept.facts, kept.before, kept.after) == (["phone", "volunteer", "team"], None, None)


def test_somebody_changed_by_a_later_list_stays_when_the_earlier_one_is_undone(world: World) -> None:
    first = staged(world, ["王晓明", None, "1栋1单元101", "1960", None, None])
    confirm(batch_id=first, revision=1, actor=world.secretary, now=NOW)
    put_in(sheet(FULLER), actor=world.secretary, now=NOW + timedelta(hours=1))
    assert undo(batch_id=first, actor=world.secretary, now=LATER).kept == 1
    assert unsealed_phone(named("王晓明")) == "13800138001"


def test_an_erased_person_is_not_written_about(world: World, wang: Person) -> None:
    batch_id = staged(world, FULLER)
    with transaction():
        people.erase(person_id=wang.id, now=NOW)
    assert confirm(batch_id=batch_id, revision=1, actor=world.secretary, now=NOW).people == 1
    with transaction():
        assert people.amend_many([people.Amendment(person_id=wang.id, phone="13800138001")], now=NOW) == []


def test_closing_an_account_wipes_what_a_list_changed(world: World, wang: Person) -> None:
    batch_id = staged(world, FULLER)
    confirm(batch_id=batch_id, revision=1, actor=world.secretary, now=NOW)
    with transaction():
        forget(wang.id)
    kept = db.session.scalars(select(RosterChange)).one()
    assert (kept.before, kept.after) == (None, None)
    assert undo(batch_id=batch_id, actor=world.secretary, now=LATER).people == 0
