"""L2 and the second fence: what PostgreSQL itself refuses the application's role, and what it shows it.

These run on PostgreSQL always: SQLite has no roles and no policies.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from engage import ledger, people
from engage.core import tenancy
from engage.core.access import Actor
from engage.core.database import db, transaction
from engage.core.errors import ScopeMissing
from engage.people.devices import token_hash
from engage.people.models import Device, Person, Team
from tests import make
from tests.client import CheckingClient
from tests.conftest import World, counted_queries
from tests.house.fence import database as database
from tests.house.fence import two as two

SignIn = Callable[[Actor], CheckingClient]


def names(statement: str = "SELECT name FROM person ORDER BY id") -> list[str]:
    return list(db.session.connection().execute(text(statement)).scalars())


def test_plain_sql_sees_one_community_and_without_one_nothing(two: tuple[int, int]) -> None:
    """No word of a community in the statement, no fence of the ORM: the database alone."""
    seen = {}
    for number in two:
        with tenancy.scoped(number):
            seen[number] = names()
    assert list(seen.values()) == [["donghu的人"], ["liyuan的人"]]
    db.session.rollback()
    assert names() == []
    assert names() == [], "nor in the same transaction, after others were asked"


def test_the_community_is_forgotten_with_the_transaction(two: tuple[int, int]) -> None:
    """`SET LOCAL`: a connection that comes back from the pool carries nobody's rows over (trust §3 (d) 3)."""
    with tenancy.scoped(two[0]):
        assert names() == ["donghu的人"]
    db.session.commit()
    setting = "SELECT current_setting('app.community', true)"
    assert names(setting) == [""]
    with tenancy.scoped(two[1]):
        db.session.connection().begin_nested().rollback()
        assert names() == ["liyuan的人"]


def test_reading_everywhere_is_declared_and_writes_nothing(two: tuple[int, int]) -> None:
    with tenancy.everywhere(reason="a test counts everybody"):
        assert names() == ["donghu的人", "liyuan的人"]
        changed = db.session.connection().execute(text("UPDATE person SET name = 'x'"))
        assert changed.rowcount == 0
        with pytest.raises(DBAPIError, match="row-level security"):
            db.session.connection().execute(
                text(f"INSERT INTO team (community_id, name, kind) VALUES ({two[0]}, 'x', 'x')")
            )
    db.session.rollback()
    with tenancy.scoped(two[0]):
        assert names() == ["donghu的人"]


def test_the_fence_of_the_application_refuses_the_same_before_it_is_sent(two: tuple[int, int]) -> None:
    with tenancy.everywhere(reason="a test tries to write"):
        with pytest.raises(ScopeMissing), transaction() as session:
            session.execute(db.update(Person).values(name="x"))
        with pytest.raises(ScopeMissing), transaction() as session:
            session.add(Team(community_id=two[0], name="x", kind="other"))


def test_a_row_of_the_community_next_door_is_neither_changed_nor_written_nor_moved(two: tuple[int, int]) -> None:
    here, there = two
    statements = {
        f"UPDATE person SET name = 'x' WHERE community_id = {there}": 0,
        f"DELETE FROM device WHERE community_id = {there}": 0,
        f"UPDATE person SET community_id = {there}": None,
        f"INSERT INTO team (community_id, name, kind) VALUES ({there}, 'x', 'x')": None,
    }
    for statement, rows in statements.items():
        with tenancy.scoped(here):
            if rows is None:
                with pytest.raises(DBAPIError, match="row-level security"):
                    db.session.connection().execute(text(statement))
            else:
                assert db.session.connection().execute(text(statement)).rowcount == rows
            db.session.rollback()


def test_a_page_asks_nothing_more_because_of_the_fence(app: Flask, two: tuple[int, int]) -> None:
    """BEGIN carries the community; only who changes it in mid-transaction pays a statement."""
    with tenancy.scoped(two[0]):
        db.session.rollback()
        with counted_queries() as statements:
            db.session.scalars(select(Person)).all()
            ledger.head()
    assert [one for one in statements if "set_config" in one] == []
    assert len(statements) == 2
    with counted_queries() as statements, tenancy.scoped(two[1]):
        db.session.scalars(select(Person)).all()
    assert len([one for one in statements if "set_config" in one]) == 1


def test_a_signed_in_page_is_served_in_the_scope_its_cookie_names(world: World, sign_in: SignIn) -> None:
    """Who asks is found inside their own community: nothing is read across the fence, nothing said in mid-transaction."""
    client = sign_in(world.volunteer)
    client.get("/me", expect=200)
    with counted_queries() as statements:
        client.get("/me", expect=200)
    assert [one for one in statements if "set_config" in one] == []


def test_a_cookie_opens_nothing_in_a_community_it_was_not_made_for(world: World, client: CheckingClient) -> None:
    own = make.open_device(world.volunteer)
    assert own.startswith(f"{world.donghu.id}.")
    secret = own.partition(".")[2]
    for forged in (
        f"{world.liyuan.id}.{secret}",
        secret,
        f".{secret}",
        f"9999999999999.{secret}",
        f"²{own}",
        "1.",
        ".",
    ):
        client.set_cookie(people.COOKIE, forged)
        client.get("/me", expect=303)
    client.set_cookie(people.COOKIE, own)
    client.get("/me", expect=200)


def test_a_cookie_from_before_cookies_named_their_community_still_opens(world: World, client: CheckingClient) -> None:
    make.open_device(world.volunteer)
    with transaction() as session:
        device = session.scalars(select(Device).where(Device.person_id == world.volunteer.person_id)).one()
        device.token_hash = token_hash("an-old-cookie")
    client.set_cookie(people.COOKIE, "an-old-cookie")
    client.get("/me", expect=200)
