"""An audit log with six lines, and a community next door with two."""

from __future__ import annotations

import pytest

from engage.core import audit, tenancy
from engage.core.access import Actor
from engage.core.database import transaction
from tests.conftest import World
from tests.make import NOW


def note(actor: Actor | None, *subjects: str, **facts: object) -> None:
    with transaction():
        for subject in subjects:
            audit.record("changed", actor=actor, subject=subject, now=NOW, **facts)


@pytest.fixture
def log(world: World) -> World:
    """Six lines here, two next door; facts with Chinese and numbers, lines of one command and of several."""
    note(world.leader, "shift:1", reason="下雨", points=3)
    note(world.secretary, "shift:2", "shift:3")
    note(None, "shift:4")
    with transaction():
        audit.record(
            "joined", actor=world.desk, subject="shift:5", now=NOW, on_behalf_of=world.resident.person_id, kept=[1, 2]
        )
    note(world.clerk, f"person:{world.volunteer.person_id}", reason="送药")
    with tenancy.scoped(world.liyuan.id):
        note(world.outsider, "shift:8", "shift:9")
    return world
