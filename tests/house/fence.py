"""The fence of PostgreSQL in a test: its database whatever else runs, and two communities with one person each."""

from __future__ import annotations

import pytest
from flask import Flask

from engage.core import row_security
from engage.core.database import db
from tests import make
from tests.databases import PostgresDatabases


@pytest.fixture
def database(_postgresql: PostgresDatabases) -> PostgresDatabases:
    return _postgresql


@pytest.fixture
def two(app: Flask, at_seven: None) -> tuple[int, int]:
    """Two communities with one person each; returns their numbers."""
    made = []
    for slug in ("donghu", "liyuan"):
        card = make.make_community(name=slug, slug=slug)
        make.make_person(community=card, name=f"{slug}的人")
        made.append(card.id)
    return made[0], made[1]


def faults() -> list[str]:
    with db.engine.connect() as connection:
        return row_security.faults(connection)
