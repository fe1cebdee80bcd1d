"""What a search costs the database, counted in rows and steps: several words cost what each of them costs (trust P4)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from engage import places
from engage.core import tenancy
from engage.core.database import as_owner, db
from engage.demo import street
from engage.people import narrowing
from engage.people.filters import Filters
from engage.people.models import Person
from tests.make import NOW

PERSONS = 1_500
#: the name of half the doors, of most of them, and of a family
WORDS = ("1单元", "栋", "陈")


@pytest.fixture
def village(app: Flask) -> Iterator[None]:
    """A community in which one word finds hundreds."""
    street.settle(name="大村", number=7, persons=PERSONS, now=NOW)
    home = places.find_community_by_name("大村")
    assert home is not None
    with as_owner(autocommit=True) as connection:
        connection.exec_driver_sql("ANALYZE")
    with tenancy.scoped(home.id):
        yield


def touched(plan: Mapping[str, Any]) -> int:
    """The rows a node of a plan and those below it handed on or threw away."""
    rows = plan["Actual Rows"] + sum(rows for name, rows in plan.items() if name.startswith("Rows Removed"))
    return int(plan["Actual Loops"] * rows) + sum(touched(part) for part in plan.get("Plans", ()))


def work(q: str) -> int:
    """Rows touched by PostgreSQL, thousands of steps made by SQLite, to find whom these words mean."""
    statement = narrowing.narrowed(select(Person.id), Filters(q=q), now=NOW).order_by(Person.pinyin, Person.id)
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        compiled = str(statement.compile(db.engine, compile_kwargs={"literal_binds": True}))
        explained = connection.execute(text("EXPLAIN (ANALYZE, FORMAT JSON) " + compiled.replace(":", r"\:"))).scalar()
        [found] = explained if isinstance(explained, list) else json.loads(explained or "")
        return touched(found["Plan"])
    steps: list[None] = []
    driver: Any = connection.connection.driver_connection
    driver.set_progress_handler(lambda: steps.append(None), 1_000)
    try:
        connection.execute(statement).all()
    finally:
        driver.set_progress_handler(None, 0)
    return len(steps)


def test_p4_several_words_cost_no_more_than_each_of_them(village: None) -> None:
    alone = sum(work(word) for word in WORDS)
    assert alone > 20  # there is something to find, or nothing was counted
    assert work(" ".join(WORDS)) <= 2 * alone
