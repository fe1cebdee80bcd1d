"""The real server on a database of the test's own, for faults."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import Databases
from tests.live import Installation, serving


@pytest.fixture
def installation(database: Databases, tmp_path: Path) -> Iterator[Installation]:
    """An empty, migrated database and no server yet."""
    url = database.fresh()
    yield Installation(database_url=url, data_dir=tmp_path)
    database.discard(url)


@pytest.fixture
def running(installation: Installation) -> Iterator[Installation]:
    """The same with its server."""
    with serving(installation) as served:
        yield served
