"""Cards and phone codes in a test: what the scanner types, and a leader who scans it."""

from __future__ import annotations

from datetime import datetime

from engage import attendance, people
from engage.core.access import Actor
from engage.core.idempotency import new_key
from engage.people import media
from tests.attendance.conftest import START
from tests.conftest import World
from tests.make import NOW


def card_of(actor: Actor) -> str:
    """What the scanner types when it reads somebody's card."""
    token = people.card_token(actor.person_id)
    assert token is not None
    return token


def phone_of(actor: Actor, *, now: datetime = START) -> str:
    """What it types when it reads somebody's phone."""
    media.open_phone_code(actor=actor, now=NOW)
    code = media.phone_code_of(actor.person_id, now=now)
    assert code is not None
    return code


def live_id(actor: Actor, kind: str = media.CARD) -> int:
    """The medium that stands for somebody now."""
    return next(one.id for one in media.media_of(actor.person_id) if one.kind == kind and one.revoked_at is None)


def lose(actor: Actor, *, kind: str = media.CARD, now: datetime = START) -> None:
    media.report_lost(medium_id=live_id(actor, kind), person_id=actor.person_id, actor=actor, now=now)


def scan(
    world: World, shift_id: int, typed: str, *, now: datetime = START, event: str = "", leaving: bool = False
) -> attendance.Receipt:
    """The leader scans something, as the page does it."""
    shown = people.read_medium(typed, now=now)
    assert shown is not None
    return attendance.check_in_person(
        shift_id=shift_id,
        person_id=shown.person_id,
        kind=attendance.Kind.OUT if leaving else attendance.Kind.IN,
        medium="card",
        client_event_id=event or new_key(),
        actor=world.leader,
        now=now,
        shown=shown,
    )
