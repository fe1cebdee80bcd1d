"""A long undo goes on when its request has been answered, and says so where it cannot."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from engage import people
from engage.core import tenancy
from engage.core.database import db
from engage.people.models import Person
from engage.roster import history, queries, undo_parts, views_background
from engage.roster.undo import carry_on
from engage.roster.undo_parts import take_part
from tests.conftest import World
from tests.roster.importing import imported
from tests.roster.make_workbooks import workbook
from tests.roster.undoing import LATER, begun, name, to_the_end


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undo_parts, "PART", 5)
    monkeypatch.setattr(undo_parts, "AT_ONCE", 10)


def test_a_long_undo_goes_on_by_itself_after_the_request(world: World, app: Flask) -> None:
    batch_id = imported(world, workbook())
    run = begun(batch_id)
    db.session.remove()
    views_background.follow(run).join(30)
    with tenancy.scoped(world.donghu.id):
        db.session.expire_all()
        assert (queries.get_batch(batch_id, now=LATER).undone or {})["people"] == 25


def test_a_run_that_fails_says_at_once_that_it_stopped(
    world: World, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_id = imported(world, workbook())
    run = begun(batch_id, parts=1)
    db.session.remove()
    with monkeypatch.context() as broken:
        broken.setattr(people, "withdraw_many", lambda *_args, **_named: 1 / 0)
        views_background.follow(run).join(30)
    with tenancy.scoped(world.donghu.id):
        db.session.expire_all()
        batch = queries.get_batch(batch_id, now=LATER)
        assert history.state_of(batch, now=LATER) == "stopped"
        assert undo_parts.Progress.of(batch).done.persons == 5
        assert (
            len(db.session.scalars(select(Person.id).where(Person.name.in_([name(n) for n in range(25)]))).all()) == 20
        )
        assert to_the_end(carry_on(batch_id=batch_id, actor=None, now=LATER), take_part, now=LATER).people == 25
