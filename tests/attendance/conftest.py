"""An evening at a patrol: codes as the leader's screen shows them, clocks that move."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from engage import activities, attendance
from engage.activities.queries import ShiftCard
from engage.attendance.commands import Handed
from engage.attendance.rules import Kind
from engage.core.access import Actor
from engage.core.database import db
from tests.activities.conftest import make_shift
from tests.conftest import World

#: the patrol runs 20:00 to 21:30 in Shanghai
START = datetime(2026, 6, 12, 12, 0, tzinfo=UTC)
END = START + timedelta(minutes=90)


@contextmanager
def at(moment: datetime) -> Iterator[datetime]:
    """Stop the clock at another moment."""
    with time_machine.travel(moment, tick=False):
        yield moment


def shown(shift: ShiftCard, kind: Kind, moment: datetime) -> str:
    """Return the ten digits on the leader's screen."""
    code = attendance.live_code(shift_id=shift.id, kind=kind, now=moment)
    assert code is not None
    return code


def hand_in(
    shift: ShiftCard,
    person: Actor,
    kind: Kind = Kind.IN,
    *,
    read_at: datetime = START,
    now: datetime | None = None,
    event: str = "",
    stored: bool = False,
    claimed_at: datetime | None = None,
) -> attendance.Receipt:
    """Type the six digits that were on the screen at `read_at`, at `now`."""
    handed = Handed(
        digits=shown(shift, kind, read_at)[:6],
        client_event_id=event or f"{shift.id}-{person.person_id}-{kind}-{read_at:%H%M%S}",
        stored=stored,
        claimed_at=claimed_at,
    )
    return attendance.check_in_with_code(shift_id=shift.id, handed=handed, actor=person, now=now or read_at)


@pytest.fixture
def patrol(world: World) -> ShiftCard:
    """Tonight's patrol; the volunteer and the neighbour have signed up."""
    shift = make_shift(actor=world.secretary, leader_no=world.leader.member_no)
    for person in (world.volunteer, world.neighbour):
        activities.sign_up(
            shift_id=shift.id, person_id=person.person_id, actor=person, now=START - timedelta(minutes=50)
        )
    return activities.get_shift(shift.id)


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def scan_card(shift: ShiftCard, person: Actor, leader: Actor, *, kind: Kind = Kind.IN, event: str = "e1", **facts):
    return attendance.check_in_person(
        shift_id=shift.id,
        person_id=person.person_id,
        kind=kind,
        medium=facts.get("medium", "card"),
        client_event_id=event,
        actor=leader,
        now=facts.get("now", START),
    )
