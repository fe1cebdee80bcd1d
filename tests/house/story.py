"""The story the walks go through: told once for each file of walks, in a database of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import time_machine
from flask import Flask

from engage import demo
from engage.core.database import db
from tests import make
from tests.conftest import KINDS
from tests.databases import Databases, make_app
from tests.house import walkers, walking
from tests.house.walkers import Walk, cast


@pytest.fixture(scope="module", params=KINDS)
def walk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """The whole story in one database, told once for all the walks."""
    databases: Databases = request.getfixturevalue(f"_{request.param}")
    url = databases.fresh()
    with walking_through(make_app(database_url=url, data_dir=tmp_path_factory.mktemp("walk"))) as walk:
        yield walk
    databases.discard(url)


@contextmanager
def walking_through(app: Flask) -> Iterator[walkers.Walk]:
    """Tell the story in an empty database, and stop the clock at its evening."""
    app.config["WTF_CSRF_ENABLED"] = False  # the token has a test of its own, for every route
    walking.listen_to_forms(app)
    with app.app_context(), time_machine.travel(make.NOW, tick=False):
        demo.tell(now=make.NOW)
        yield cast(app)
        db.session.remove()
        db.engine.dispose()
