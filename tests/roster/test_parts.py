"""A long import goes in part by part; a run that dies leaves something that can be carried on, ended and undone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from engage import people
from engage.core import tenancy
from engage.core.audit import AuditEvent
from engage.core.database import db
from engage.core.errors import Conflict
from engage.people import intake
from engage.roster import parts, queries, turns, views_background
from engage.roster.importing import begin, carry_on, confirm, stop
from engage.roster.parts import Run, write_part
from engage.roster.turns import TakenOver, is_dead
from engage.roster.undo import undo
from tests.conftest import World
from tests.make import NOW
from tests.roster.importing import everything, put_in, staged
from tests.roster.make_workbooks import workbook

LATER = NOW + turns.DEAD_AFTER


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PART", 10)


def under_way(world: World, *, written: int) -> tuple[int, Run]:
    """Return an import of 25 that wrote so many parts and then died."""
    batch_id = staged(world, workbook())
    run = begin(batch_id=batch_id, revision=1, actor=world.secretary, now=NOW)
    assert isinstance(run, Run)
    for _part in range(written):
        assert write_part(run, now=NOW) is None
    return batch_id, run


def test_in_parts_and_at_once_make_the_same(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    before = everything()
    batch_id = staged(world, workbook())
    outcome = confirm(batch_id=batch_id, revision=1, actor=world.secretary, now=NOW)
    in_parts = everything()
    assert (outcome.people, outcome.units, outcome.volunteers) == (25, 9, 12)
    undo(batch_id=batch_id, actor=world.secretary, now=NOW)
    assert everything() == before
    monkeypatch.setattr(parts, "PART", 1000)
    assert put_in(workbook(), actor=world.secretary) == outcome
    assert everything() == in_parts
    assert len(db.session.scalars(select(AuditEvent).where(AuditEvent.verb == "roster_imported")).all()) == 2


@pytest.mark.parametrize("written", [0, 1, 2])
def test_an_import_that_died_is_carried_on_and_nobody_is_there_twice(world: World, written: int) -> None:
    before = people.count_persons()
    batch_id, _dead = under_way(world, written=written)
    assert people.count_persons() == before + 10 * written
    run = carry_on(batch_id=batch_id, actor=world.secretary, now=LATER)
    assert isinstance(run, Run)
    assert run.rest == 25 - 10 * written
    while (outcome := write_part(run, now=LATER)) is None:
        pass
    assert (outcome.people, outcome.volunteers, outcome.unchanged, outcome.units) == (25, 12, 0, 9)
    assert people.count_persons() == before + 25
    assert put_in(workbook(), actor=world.secretary).nothing_new


def test_a_carried_on_import_is_undone_as_a_whole(world: World) -> None:
    before = everything()
    batch_id, _dead = under_way(world, written=1)
    run = carry_on(batch_id=batch_id, actor=world.secretary, now=LATER)
    assert isinstance(run, Run)
    while write_part(run, now=LATER) is None:
        pass
    assert undo(batch_id=batch_id, actor=world.secretary, now=LATER + timedelta(hours=1)).kept == 0
    assert everything() == before


def test_an_import_that_died_can_be_ended_there_and_undone(world: World) -> None:
    before = everything()
    batch_id, _dead = under_way(world, written=1)
    outcome = stop(batch_id=batch_id, actor=world.secretary, now=LATER)
    assert (outcome.stopped, outcome.people) == (True, 10)
    undo(batch_id=batch_id, actor=world.secretary, now=LATER)
    assert everything() == before


def test_a_run_somebody_took_over_writes_no_more(world: World) -> None:
    batch_id, slow = under_way(world, written=1)
    run = carry_on(batch_id=batch_id, actor=world.secretary, now=LATER)
    with pytest.raises(TakenOver):
        write_part(slow, now=LATER)
    assert isinstance(run, Run)
    while write_part(run, now=LATER) is None:
        pass
    with pytest.raises(TakenOver):
        write_part(slow, now=LATER)
    assert len(people.roll()) == len({(one.name, one.phone_index) for one in people.roll()})


def test_a_living_run_is_left_alone(world: World) -> None:
    batch_id, _run = under_way(world, written=1)
    batch = queries.get_batch(batch_id, now=NOW)
    assert not is_dead(batch, now=LATER - timedelta(seconds=1))
    assert is_dead(batch, now=LATER)
    for act in (carry_on, stop):
        with pytest.raises(Conflict):
            act(batch_id=batch_id, actor=world.secretary, now=LATER - timedelta(seconds=1))
    with pytest.raises(Conflict):
        begin(batch_id=batch_id, revision=1, actor=world.secretary, now=NOW)


def test_one_import_at_a_time_and_the_neighbours_at_theirs(world: World) -> None:
    under_way(world, written=0)
    other = staged(world, workbook(3))
    with pytest.raises(Conflict, match="正在导入"):
        confirm(batch_id=other, revision=1, actor=world.secretary, now=NOW)
    with tenancy.scoped(world.liyuan.id):
        assert put_in(workbook(3), actor=world.outsider).people == 3


def test_a_part_that_fails_leaves_whole_parts_only(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    before = people.count_persons()
    batch_id, run = under_way(world, written=1)

    def fail(*_args: object, **_named: object) -> None:
        raise RuntimeError("the power went")

    with monkeypatch.context() as broken:
        broken.setattr(intake, "_join_teams", fail)
        with pytest.raises(RuntimeError):
            write_part(run, now=NOW)
    assert people.count_persons() == before + 10
    made = queries.get_batch(batch_id, now=NOW).made or {}
    assert len(made["persons"]) == 10


def test_a_long_import_goes_on_by_itself_after_the_request(world: World, app: Flask) -> None:
    batch_id, run = under_way(world, written=0)
    db.session.remove()
    views_background.follow(run).join(30)
    with tenancy.scoped(world.donghu.id):
        db.session.expire_all()
        batch = queries.get_batch(batch_id, now=NOW)
        assert (batch.outcome or {})["people"] == 25
