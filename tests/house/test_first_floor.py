"""The ground floor holds: scope, fence, transactions."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from engage import people
from engage.core import audit, tenancy
from engage.core.database import db, transaction
from engage.core.errors import NestedTransaction, NotFound, OutsideTransaction, ScopeMissing
from engage.people.models import Person, Tenancy
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW


def test_a_query_without_a_community_is_refused(world: World) -> None:
    tenancy.enter(None)
    with pytest.raises(ScopeMissing):
        db.session.scalars(select(Person)).all()
    with pytest.raises(ScopeMissing):
        db.session.scalar(select(func.count()).select_from(Person))


def test_a_query_sees_one_community_only(world: World) -> None:
    names = {row.name for row in db.session.scalars(select(Person))}
    assert "周桂芳" in names
    assert "外社区书记" not in names
    assert db.session.scalar(select(func.count()).select_from(Person)) == 8
    assert db.session.scalar(select(func.count(Person.id))) == 8


def test_a_foreign_id_is_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        people.get_person(world.outsider.person_id)


def test_the_database_refuses_a_foreign_parent(world: World) -> None:
    with pytest.raises(IntegrityError), transaction() as session:
        session.add(Tenancy(unit_id=1, person_id=world.outsider.person_id, role="member", verified_at=NOW))


def test_a_row_of_another_community_is_not_written(world: World) -> None:
    with pytest.raises(ScopeMissing), transaction() as session:
        session.add(Person(community_id=world.liyuan.id, member_no=99, name="错", created_at=NOW))


def test_a_write_outside_a_command_is_refused(world: World) -> None:
    db.session.add(Person(member_no=99, name="错", created_at=NOW))
    with pytest.raises(OutsideTransaction):
        db.session.flush()
    db.session.rollback()


def test_a_command_does_not_call_a_command(world: World) -> None:
    with pytest.raises(NestedTransaction), transaction(), transaction():
        pass


def test_the_audit_log_is_append_only(world: World) -> None:
    with transaction():
        audit.record("looked", actor=world.secretary, subject="person:1", now=NOW)
    for statement in ("UPDATE audit_event SET verb='x'", "DELETE FROM audit_event"):
        with pytest.raises(DatabaseError), transaction() as session:
            session.execute(text(statement))


def test_the_process_answers(client: CheckingClient) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/nowhere").status_code == 404
