"""The hot path asks little, and what it read a moment ago decides nothing that changed meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import text

from engage.activities.queries import ShiftCard
from engage.attendance import scans
from engage.attendance.rules import Grade, Kind
from engage.core.database import db, dialect, transaction
from tests.attendance.conftest import END, START, hand_in
from tests.conftest import World


def test_a_check_in_and_a_check_out_ask_the_database_once_and_write_once_or_twice(
    world: World, patrol: ShiftCard, count_queries: Callable
) -> None:
    """Once the actor is known and the shift is warm (speed.md, techniques 1 and 6)."""
    most = {"sqlite": 3, "postgresql": 2}[dialect()]
    for kind, at in ((Kind.IN, START), (Kind.OUT, END)):
        hand_in(patrol, world.neighbour, kind, read_at=at)
        with count_queries() as statements:
            hand_in(patrol, world.volunteer, kind, read_at=at)
        assert len(statements) <= most, statements


def test_c5_a_session_that_changed_since_it_was_read_is_read_again(world: World, patrol: ShiftCard) -> None:
    """Somebody decided about it, or wrote a flag, between reading and writing: nothing of that is overwritten."""
    for person, meanwhile, state in (
        (world.volunteer, "state = 'voided', ended_at = started_at", "voided"),
        (world.neighbour, "flags = 'slow'", "proposed"),
    ):
        hand_in(patrol, person)
        with transaction() as session:
            known = scans.find_session(session.connection(), shift_id=patrol.id, person_id=person.person_id)
        assert known is not None
        with transaction() as session:
            session.execute(text(f"UPDATE service_session SET {meanwhile} WHERE id = {known.id}"))
        arrival = scans.Arrival(
            shift=patrol,
            person_id=person.person_id,
            by_person_id=person.person_id,
            device_id=0,
            client_event_id=f"out{person.person_id}",
            medium="typed",
            kind=Kind.OUT,
            slot_time=END,
            claimed_at=None,
            received_at=END,
            effective_at=END,
            grade=Grade.LIVE_CODE,
            flags=(),
        )
        with transaction() as session:
            scans.write(session.connection(), arrival, known=known, signed_up=True)
        db.session.rollback()
        now = scans.find_session(db.session.connection(), shift_id=patrol.id, person_id=person.person_id)
        assert now is not None
        assert now.state == state
        assert ("slow" in now.flags) == (state == "proposed")
