"""Statements made ready once (engage.core.prepared) say, read, refuse and are heard as SQLAlchemy's own are."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import JSON, Boolean, Column, Integer, MetaData, String, Table, bindparam, insert, select, text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from engage.core import prepared, tenancy
from engage.core.database import BigKey, UTCDateTime, db, dialect
from engage.core.errors import OutsideTransaction
from engage.core.limits import AttemptCount
from engage.core.prepared import Prepared
from engage.people.models import Person
from tests.conftest import World

pytestmark = pytest.mark.usefixtures("app")

COUNTS: Any = AttemptCount.__table__
PEOPLE: Any = Person.__table__
NOON = datetime(2026, 11, 21, 4, 0, 0, 123456, tzinfo=UTC)
KINDS: dict[str, tuple[Any, Any]] = {
    "moment": (UTCDateTime(), NOON),
    "never": (UTCDateTime(), None),
    "yes": (Boolean(), True),
    "no": (Boolean(), False),
    "unknown": (Boolean(), None),
    "words": (String(), "王芳'; --"),
    "number": (BigKey, 2**40),
    "no_number": (BigKey, None),
}
COUNT = insert(COUNTS).values(key=bindparam("name"), window_start=bindparam("since"), count=bindparam("tries"))


def test_reads_what_sqlalchemy_reads_of_every_kind_of_value() -> None:
    echo: Any = select(*(bindparam(name, type_=kind).label(name) for name, (kind, _value) in KINDS.items()))
    values = {name: value for name, (_kind, value) in KINDS.items()}
    connection = db.session.connection()
    read = Prepared(echo).first(connection, values)
    assert read._asdict() == values == connection.execute(echo, values).one()._asdict()


def test_a_time_of_no_zone_does_not_reach_the_database() -> None:
    at: Any = select(bindparam("at", type_=UTCDateTime()).label("at"))
    with pytest.raises(ValueError, match="naive"):
        Prepared(at).rows(db.session.connection(), {"at": NOON.replace(tzinfo=None)})


def test_reads_a_list_kept_as_json() -> None:
    connection = db.session.connection()
    connection.execute(text("CREATE TEMPORARY TABLE kept (id INTEGER, options JSON)"))
    kept = Table("kept", MetaData(), Column("id", Integer), Column("options", JSON))
    connection.execute(insert(kept), {"id": 1, "options": ["修车棚", "装路灯"]})
    assert Prepared(select(kept.c.options)).first(connection, {}).options == ["修车棚", "装路灯"]
    db.session.rollback()


def test_values_of_the_statement_itself_go_with_it() -> None:
    fixed = select(
        bindparam("given", type_=Integer()).label("given"), bindparam("own", 7, type_=Integer()).label("own")
    )
    statement = Prepared(fixed)
    assert [tuple(statement.first(db.session.connection(), {"given": each})) for each in (1, 2)] == [(1, 7), (2, 7)]


def test_a_missing_value_is_no_null() -> None:
    with pytest.raises(KeyError, match="tries"):
        Prepared(COUNT).rows(db.session.connection(), {"name": "a", "since": NOON})


def test_refuses_what_would_be_left_out() -> None:
    defaults = Table("kept", MetaData(), Column("id", Integer), Column("used", Boolean, default=False))
    connection = db.session.connection()
    with pytest.raises(TypeError, match="defaults"):
        Prepared(insert(defaults).values(id=bindparam("number"))).rows(connection, {"number": 1})
    with pytest.raises(TypeError, match="lists"):
        Prepared(select(COUNTS.c.key).where(COUNTS.c.count.in_([1, 2]))).rows(connection, {})
    moment: Any = select(bindparam("now", callable_=lambda: NOON, type_=UTCDateTime()).label("now"))
    with pytest.raises(TypeError, match="moments"):
        Prepared(moment).rows(connection, {})


def test_does_not_run_where_nothing_has_begun() -> None:
    """Core begins by itself; without that a write would stay, whatever is rolled back."""
    with db.engine.connect() as connection, pytest.raises(OutsideTransaction):
        Prepared(COUNT).rows(connection, {"name": "a", "since": NOON, "tries": 1})


def test_writes_and_is_told_what_a_constraint_refuses() -> None:
    values = {"name": "code:1", "since": NOON, "tries": 1}
    connection = db.session.connection()
    assert Prepared(COUNT).rows(connection, values) == []
    assert connection.execute(select(COUNTS.c.window_start, COUNTS.c.count)).all() == [(NOON, 1)]
    with pytest.raises(IntegrityError):
        Prepared(COUNT).rows(connection, values)
    db.session.rollback()
    assert db.session.connection().execute(select(COUNTS.c.count)).all() == []


def test_is_counted_like_every_other(count_queries: Callable[[], AbstractContextManager[list[str]]]) -> None:
    connection = db.session.connection()
    with count_queries() as sent:
        Prepared(select(COUNTS.c.count)).rows(connection, {})
    assert len(sent) == 1
    assert "attempt_count" in sent[0]


def test_w3_postgresql_is_told_of_the_community_before_each(world: World) -> None:
    """The same transaction, another community: the rows obey (on SQLite plain Core is not confined)."""
    communities = Prepared(select(PEOPLE.c.community_id).distinct())
    ours, theirs = world.donghu.id, world.liyuan.id
    seen = []
    for community in (ours, theirs):
        with tenancy.scoped(community):
            seen.append({row.community_id for row in communities.rows(db.session.connection(), {})})
    assert seen == ([{ours}, {theirs}] if dialect() == "postgresql" else [{ours, theirs}] * 2)


@pytest.mark.parametrize("core", [True, False])
def test_what_was_typed_is_not_in_the_error(core: bool) -> None:  # noqa: FBT001 - both ways to run it
    """Errors are logged, and a ballot is a value like any other (talks §4.8)."""
    secret = {"name": "赞成", "since": NOON, "tries": 1}
    connection = db.session.connection()
    connection.execute(COUNT, secret)
    with pytest.raises(IntegrityError) as refused:
        connection.execute(COUNT, secret) if core else Prepared(COUNT).rows(connection, secret)
    assert "[SQL parameters hidden" in str(refused.value)
    assert "赞成" not in str(refused.value).partition("DETAIL")[0]
    db.session.rollback()


def test_a_connection_that_is_closed_is_thrown_away_and_the_next_one_works() -> None:
    connection = db.session.connection()
    driver: Any = connection.connection.dbapi_connection
    driver.close()
    with pytest.raises((OperationalError, ProgrammingError)):
        Prepared(select(COUNTS.c.count)).rows(connection, {})
    db.session.remove()
    assert Prepared(select(COUNTS.c.count)).rows(db.session.connection(), {}) == []


def test_what_is_cut_off_in_the_middle_is_thrown_away(monkeypatch: pytest.MonkeyPatch) -> None:
    connection = db.session.connection()
    with monkeypatch.context() as patch:
        patch.setattr(type(connection.connection), "cursor", lambda _self: cut_off())
        with pytest.raises(KeyboardInterrupt):
            prepared.execute(connection, "SELECT 1")
    assert connection.invalidated
    db.session.remove()


def cut_off() -> None:
    raise KeyboardInterrupt


def test_what_the_database_cannot_do_is_raised_as_sqlalchemy_raises_it() -> None:
    with pytest.raises((OperationalError, ProgrammingError), match="no_such_table"):
        prepared.execute(db.session.connection(), "SELECT 1 FROM no_such_table")
    db.session.rollback()
