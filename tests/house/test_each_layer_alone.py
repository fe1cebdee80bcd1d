"""W3: each fence between communities holds alone. The walk of W1 and W2, with one layer taken down.

`rows`: the ORM confines and checks nothing; PostgreSQL's policies are all there is. `fence`: policies do not bind
(an administrator's connection); the ORM's fence is all there is. The reviewed expectation is the same table as with
both: with `rows` alone a foreign id is a row that is not there, so it is 404 as well.

SQLite has no policies: there `fence` alone is what tests/house/test_route_walk.py walks, and the second layer are the
composite keys. They hold what is written, not what is read; the last test tries every one of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import ForeignKeyConstraint, event, func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from engage.core import fence, tenancy
from engage.core.database import Base, TenantMixin, as_owner, db
from engage.topics.models import Topic
from tests import postgres
from tests.conftest import KINDS
from tests.databases import Databases, PostgresDatabases, make_app
from tests.house.story import walking_through
from tests.house.test_route_walk import (
    test_w1_every_route_answers_each_actor_as_its_mark_says,
    test_w1_no_page_outside_shows_a_canary,
    test_w2_foreign_ids_in_forms_are_refused_or_mean_nothing,
    test_w2_the_ids_of_another_community_are_not_found_and_do_nothing,
)
from tests.house.walkers import CANARY, Walk
from tests.told import told

__all__ = [
    "test_w1_every_route_answers_each_actor_as_its_mark_says",
    "test_w1_no_page_outside_shows_a_canary",
    "test_w2_foreign_ids_in_forms_are_refused_or_mean_nothing",
    "test_w2_the_ids_of_another_community_are_not_found_and_do_nothing",
]


@contextmanager
def without_the_fence() -> Iterator[None]:
    """Let the ORM send whatever it is asked; new rows still get the community of whoever writes them."""

    def name_the_community(session: Session, *_rest: object) -> None:
        for row in session.new:
            if isinstance(row, TenantMixin) and row.community_id is None:
                row.community_id = tenancy.current_community_id()

    event.remove(Session, "do_orm_execute", fence._confine)
    event.remove(Session, "before_flush", fence._check_writes)
    event.listen(Session, "before_flush", name_the_community)
    try:
        yield
    finally:
        event.remove(Session, "before_flush", name_the_community)
        event.listen(Session, "before_flush", fence._check_writes)
        event.listen(Session, "do_orm_execute", fence._confine)


@pytest.fixture(scope="module", params=["rows", "fence"])
def walk(
    request: pytest.FixtureRequest, _postgresql: PostgresDatabases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Walk]:
    """The story on PostgreSQL, walked through with one layer only."""
    url = told(_postgresql, folder=tmp_path_factory.mktemp("story"))
    asked = url if request.param == "rows" else postgres.as_role(url, postgres.ADMINISTRATOR)
    with walking_through(make_app(database_url=asked, data_dir=tmp_path_factory.mktemp("layers"))) as walk:
        if request.param == "rows":
            with without_the_fence():
                yield walk
        else:
            yield walk
    _postgresql.discard(url)


def test_w3_the_layer_that_is_down_is_down_and_the_other_is_up(walk: Walk, request: pytest.FixtureRequest) -> None:
    """So that the walk says something about the layer it names."""
    topics = Base.metadata.tables["topic"]
    db.session.rollback()
    with tenancy.scoped(walk.liyuan.id):
        by_orm = set(db.session.scalars(select(Topic.community_id)))
        below = set(db.session.connection().execute(select(topics.c.community_id)).scalars())
    db.session.rollback()
    if request.node.callspec.params["walk"] == "rows":
        assert walk.donghu.id not in by_orm | below
    else:
        assert walk.donghu.id not in by_orm
        assert walk.donghu.id in below


def test_w3_with_one_policy_gone_as_well_the_walk_would_notice(walk: Walk, request: pytest.FixtureRequest) -> None:
    """The planted fault: without the fence, and with the rows of one table open, the canary sings."""
    topics = Base.metadata.tables["topic"]
    newest = select(func.max(topics.c.id)).where(topics.c.community_id == walk.donghu.id)
    db.session.rollback()
    with tenancy.scoped(walk.donghu.id):
        topic = db.session.connection().scalar(newest)
    db.session.rollback()
    only_rows = request.node.callspec.params["walk"] == "rows"
    status, body, _ = walk.ask("next door", f"/topics/{topic}", "GET")
    assert (status, CANARY in body) == (404, False)
    with _open_table("topic"):
        status, body, _ = walk.ask("next door", f"/topics/{topic}", "GET")
        assert (status == 200 and CANARY in body) is only_rows
    assert walk.ask("next door", f"/topics/{topic}", "GET")[0] == 404


@contextmanager
def _open_table(table: str) -> Iterator[None]:
    for words in ("DISABLE", "ENABLE"):
        with as_owner() as connection, connection.begin():
            connection.exec_driver_sql(f"ALTER TABLE {table} {words} ROW LEVEL SECURITY")
        if words == "DISABLE":
            yield


@pytest.fixture(scope="module", params=KINDS)
def story(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """The story on each database, for somebody whom neither fence nor policies bind."""
    databases: Databases = request.getfixturevalue(f"_{request.param}")
    url = told(databases, folder=tmp_path_factory.mktemp("story"))
    asked = url if request.param == "sqlite" else postgres.as_role(url, postgres.ADMINISTRATOR)
    with walking_through(make_app(database_url=asked, data_dir=tmp_path_factory.mktemp("keys"))) as walk:
        yield walk
    databases.discard(url)


def test_w3_composite_keys_alone_refuse_every_reference_next_door(story: Walk) -> None:
    """Each reference of each table, pointed at a row of the other community by plain SQL."""
    db.session.rollback()
    connection = db.session.connection(execution_options={"begin": "IMMEDIATE"})
    tried, passed = set(), []
    for constraint, row_id, foreign_id in _crossings(story):
        table = constraint.parent
        [column] = [one for one in constraint.column_keys if one != "community_id"]
        before = connection.begin_nested()
        try:
            connection.execute(update(table).where(table.c.id == row_id).values({column: foreign_id}))
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
        except DBAPIError as refused:  # the guards of what is written once come before the keys
            if "foreign key" in str(refused.orig).lower():
                tried.add(f"{table.name}.{column}")
        else:
            passed.append(f"{table.name}.{column}")
        before.rollback()
    db.session.rollback()
    assert passed == []
    assert len(tried) >= 30, sorted(tried)


def _crossings(story: Walk) -> Iterator[tuple[ForeignKeyConstraint, int, int]]:
    """Yield (reference, a row of one community that has it, a row of the other it must not have)."""
    connection = db.session.connection()
    for table in Base.metadata.sorted_tables:
        for constraint in table.foreign_key_constraints:
            parent = constraint.referred_table
            if "community_id" not in constraint.column_keys or "community_id" not in parent.c or "id" not in table.c:
                continue
            for here, there in ((story.liyuan.id, story.donghu.id), (story.donghu.id, story.liyuan.id)):
                row_id = connection.scalar(select(func.min(table.c.id)).where(table.c.community_id == here))
                foreign_id = connection.scalar(select(func.max(parent.c.id)).where(parent.c.community_id == there))
                if row_id is not None and foreign_id is not None:
                    yield constraint, row_id, foreign_id
                    break
