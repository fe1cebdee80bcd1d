"""A talk in the yard."""

from __future__ import annotations

import pytest

from tests.conftest import World
from tests.talks.make_talks import Courtyard, make_talk


@pytest.fixture
def yard(world: World) -> Courtyard:
    return make_talk(world)
