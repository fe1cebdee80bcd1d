"""The story the walks go through: told once a run, copied for each file of walks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import time_machine
from flask import Flask

from engage.core.database import db
from tests import make
from tests.conftest import KINDS
from tests.databases import Databases, make_app
from tests.house import walkers, walking
from tests.house.walkers import Walk, cast
from tests.house.walking import newest_values
from tests.told import told

#: fields the views are known to ask for, at the least; the walks learn the others on their way
_FEWEST = 300


@pytest.fixture(scope="module", params=KINDS)
def walk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """The whole story in a database of these walks' own."""
    databases: Databases = request.getfixturevalue(f"_{request.param}")
    url = told(databases, folder=tmp_path_factory.mktemp("story"))
    with walking_through(make_app(database_url=url, data_dir=tmp_path_factory.mktemp("walk"))) as walk:
        yield walk
    databases.discard(url)


@contextmanager
def walking_through(app: Flask) -> Iterator[walkers.Walk]:
    """Let everybody come into a story that was told, and stop the clock at its evening."""
    app.config["WTF_CSRF_ENABLED"] = False  # the token has a test of its own, for every route
    walking.listen_to_forms(app)
    with app.app_context(), time_machine.travel(make.NOW, tick=False):
        walk = cast(app)
        learn_the_fields(walk)
        yield walk
        db.session.remove()
        db.engine.dispose()


def learn_the_fields(walk: Walk) -> None:
    """Ask every form's route as people who may, until the views name no new field; nothing of it lasts.

    A view reads its second field when it likes the first. Once a process: whichever walk comes first, or alone.
    """
    own, asked = walking.ids_of(walk.donghu), walking.AskedForm.asked
    known = -1
    with walking.nothing_lasts():
        while known < (known := sum(map(len, asked.values()))):
            for rule in (one for one in walking.rules_of(walk.app) if walking.method_of(one) != "GET"):
                path = walking.address(walk.app, rule, newest_values(walk.app, rule, own))
                for who in ("secretary", "leader", "volunteer"):
                    walk.ask(who, path, "POST", **dict.fromkeys(asked[rule.endpoint], "1"))
                    if asked[rule.endpoint]:
                        break
    assert known > _FEWEST, f"the views asked for {known} fields only"
