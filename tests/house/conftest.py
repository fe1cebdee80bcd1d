"""For the tests that look at the application and touch no row: one for them all, whatever the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.databases import make_app

if TYPE_CHECKING:
    from flask import Flask


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application as it is wired; its database is empty and is not asked."""
    folder = tmp_path_factory.mktemp("house")
    return make_app(database_url=f"sqlite:///{folder / 'nothing.sqlite'}", data_dir=folder)
