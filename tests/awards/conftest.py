"""A rule in force and somebody who served last night."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engage import attendance, awards
from engage.activities.queries import ShiftCard
from engage.attendance import Kind, SessionCard
from engage.core import clock
from engage.core.access import Actor
from tests.attendance.conftest import END, START, hand_in
from tests.attendance.conftest import patrol as patrol
from tests.conftest import World
from tests.make import NOW

MORNING = END + timedelta(hours=10)


@pytest.fixture
def rule(world: World) -> int:
    """The default rule, founded by two persons, in force from today."""
    rule_id = awards.draft_rule(
        terms=awards.DEFAULT_TERMS, valid_from=clock.local_date(NOW), actor=world.secretary, now=NOW
    )
    awards.approve_rule(rule_id=rule_id, actor=world.clerk, now=NOW)
    return rule_id


def attended(shift: ShiftCard, person: Actor, *, minutes: int = 90) -> SessionCard:
    """Check somebody in at the start and out after some minutes."""
    hand_in(shift, person)
    hand_in(shift, person, Kind.OUT, read_at=START + timedelta(minutes=minutes))
    card = attendance.session_of(shift.id, person.person_id)
    assert card is not None
    return card
