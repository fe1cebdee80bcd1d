"""The demo story as of `make.NOW`: told once a run for each kind of database, copied for whoever wants to read it."""

from __future__ import annotations

from pathlib import Path

import pytest
import time_machine
from flask import Flask

from engage import demo
from engage.core.database import db
from tests import make
from tests.databases import Databases, make_app

_TOLD: dict[str, str] = {}


def told(databases: Databases, *, folder: Path) -> str:
    """Return the URL of a database of one's own that holds the story and nothing else."""
    if databases.name not in _TOLD:
        url = databases.fresh()
        with make_app(database_url=url, data_dir=folder).app_context(), time_machine.travel(make.NOW, tick=False):
            demo.tell(now=make.NOW)
            db.session.remove()
            db.engine.dispose()
        _TOLD[databases.name] = url
    return databases.copy(_TOLD[databases.name])


@pytest.fixture
def story_told(app: Flask) -> None:
    """The demo story, as told at `make.NOW`; the database holds nothing else."""
