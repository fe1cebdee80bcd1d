"""Undo of an import leaves alone whoever something hangs on, whichever room holds it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Column, ForeignKeyConstraint, Integer, Table, inspect, select
from sqlalchemy.exc import IntegrityError

from engage import people, places
from engage.core import row_security, tenancy
from engage.core.database import Base, BigKey, app_role, as_owner, db, transaction
from engage.core.errors import NotFound
from engage.core.references import pointers_to
from engage.people import departure
from engage.people.membership import change_status
from engage.people.models import Activation
from engage.roster import history, queries, words
from engage.roster.undo import undo
from tests import make
from tests.conftest import World
from tests.make import NOW
from tests.roster.importing import LATER, everything, imported, named, names_on_roll


def test_who_signed_in_stays_with_home_and_team_and_the_others_go(world: World) -> None:
    batch_id = imported(world)
    signed_in = people.actor_of(named("吴明宇"))
    make.open_device(signed_in, now=LATER)
    assert undo(batch_id=batch_id, actor=world.secretary, now=LATER).kept == 1
    assert {"吴明宇", "贾梓山", "黄静淑", "邓伟"} & names_on_roll() == {"吴明宇"}
    home = places.find_unit_by_label("1栋1单元101")
    assert home is not None
    assert people.household_of(signed_in.person_id) == home.id
    assert set(places.place_names([home.grid_id, home.building_id]).values()) == {"第1网格", "1栋"}
    assert people.team_names() == ["治安巡逻队"]


def test_whose_entry_was_changed_by_hand_stays(world: World) -> None:
    batch_id = imported(world)
    change_status(person_id=named("邓伟").id, status="paused", actor=world.secretary, now=LATER)
    plan = history.plan_undo(queries.get_batch(batch_id, now=LATER))
    assert [(one.name, one.reasons) for one in plan.staying_people] == [("邓伟", ["登记后来有人改过"])]
    undo(batch_id=batch_id, actor=world.secretary, now=LATER)
    assert "邓伟" in names_on_roll()


def test_a_slip_nobody_used_goes_with_its_person_and_a_used_one_keeps_them(world: World) -> None:
    batch_id = imported(world)
    ids = [named("吴明宇").id, named("贾梓山").id]
    with transaction() as session:
        for number, (person_id, used_at) in enumerate(zip(ids, (None, LATER), strict=True)):
            session.add(
                Activation(
                    person_id=person_id, code_hash=str(number), printed_at=NOW, expires_at=LATER, used_at=used_at
                )
            )
    assert history.plan_undo(queries.get_batch(batch_id, now=LATER)).slips == 1
    undo(batch_id=batch_id, actor=world.secretary, now=LATER)
    assert {"吴明宇", "贾梓山"} & names_on_roll() == {"贾梓山"}
    assert len(db.session.scalars(select(Activation)).all()) == 1


def test_a_room_nobody_thought_of_holds_a_person_too(world: World) -> None:
    """A table made tomorrow: its foreign key alone is enough."""
    table = Table(
        "borrowed_book",
        Base.metadata,
        Column("id", BigKey, primary_key=True),
        Column("community_id", Integer, nullable=False),
        Column("reader_id", BigKey),
        ForeignKeyConstraint(["community_id", "reader_id"], ["person.community_id", "person.id"]),
    )
    try:
        with as_owner() as connection, connection.begin():
            table.create(connection)
            if connection.dialect.name == "postgresql":  # as a migration ends
                row_security.close(connection, app_role=app_role())
        batch_id = imported(world)
        reader = named("黄静淑").id
        with transaction() as session:
            session.execute(table.insert(), {"community_id": world.donghu.id, "reader_id": reader})
        assert people.persons_in_use([reader], brought_at=NOW) == {reader: frozenset({"borrowed_book"})}
        assert words.reasons({"borrowed_book"}) == ["别处有记录"]
        assert undo(batch_id=batch_id, actor=world.secretary, now=LATER).kept == 1
        assert "黄静淑" in names_on_roll()
    finally:
        db.session.remove()
        Base.metadata.remove(table)
        db.engine.dispose()
        with as_owner() as connection, connection.begin():
            table.drop(connection)


def test_every_foreign_key_the_database_has_to_a_person_is_asked(world: World) -> None:
    inspector = inspect(db.engine)
    wanted = {
        (table, key["constrained_columns"][key["referred_columns"].index("id")])
        for table in inspector.get_table_names()
        for key in inspector.get_foreign_keys(table)
        if key["referred_table"] == "person"
    }
    assert {(column.table.name, column.name) for column in pointers_to("person")} == wanted
    assert len(wanted) > 30


def test_rows_of_the_community_next_door_hold_nobody_here(world: World) -> None:
    batch_id = imported(world)
    made = queries.get_batch(batch_id, now=NOW).made or {}
    with tenancy.scoped(world.liyuan.id):
        assert people.persons_in_use(made["persons"], brought_at=NOW - timedelta(days=1)) == {}
        assert people.persons_in_use([world.volunteer.person_id], brought_at=NOW - timedelta(days=1)) == {}
        with pytest.raises(NotFound):
            undo(batch_id=batch_id, actor=world.outsider, now=LATER)


def test_the_database_refuses_where_the_question_was_forgotten(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second lock: without the check nobody is deleted from under a row, and nothing else of the undo stays."""
    batch_id = imported(world)
    make.open_device(people.actor_of(named("吴明宇")), now=LATER)
    before = everything()
    monkeypatch.setattr(departure, "persons_in_use", lambda *_args, **_kwargs: {})
    with pytest.raises(IntegrityError):
        undo(batch_id=batch_id, actor=world.secretary, now=LATER)
    assert everything() == before
    assert queries.get_batch(batch_id, now=LATER).undone_at is None


def test_the_words_for_reasons_are_about_tables_there_are(world: World) -> None:
    pointing = {column.table.name for column in pointers_to("person")}
    assert set(words.TRACES) - {departure.LOG} <= pointing
