"""The hot path: a check-in is two reads and two writes below the unit of work (speed.md, techniques 1-4).

Constraints decide, not the reads: whoever loses a race gets the answer of whoever won it.
These are Core statements, so each names the community itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Table, and_, bindparam, insert, literal, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from engage.activities import ShiftCard
from engage.attendance import rules
from engage.attendance.models import Presence, Scan, ScanMedium
from engage.attendance.rules import Flag, Grade, Kind
from engage.core import limits
from engage.core.database import dialect
from engage.core.errors import N_, Conflict
from engage.core.tenancy import current_community_id

SCAN: Table = Scan.__table__  # type: ignore[assignment]
SCAN_MEDIUM: Table = ScanMedium.__table__  # type: ignore[assignment]
SESSION: Table = Presence.__table__  # type: ignore[assignment]

#: what the end of a session is worked out from
_READ = ("started_at", "ended_at", "grade", "flags")

# Statements are made once and run with values: building one anew costs more than running it.
_MINE = and_(
    SESSION.c.community_id == bindparam("here"),
    SESSION.c.shift_id == bindparam("shift"),
    SESSION.c.person_id == bindparam("person"),
)
_FIND = select(SESSION).where(_MINE)
_ALWAYS = select(literal(1).label("one")).subquery()
_FIND_WITH_TRIES = select(SESSION, limits.TRIES).select_from(_ALWAYS.outerjoin(SESSION, _MINE))
_FIND_LOCKED = _FIND.with_for_update()
#: only what was read a moment ago is finished; whoever changed it meanwhile goes first (one that lacks a half is open)
_FINISH = (
    update(SESSION)
    .where(
        SESSION.c.community_id == bindparam("here"),
        SESSION.c.id == bindparam("row"),
        *(SESSION.c[name].is_not_distinct_from(bindparam(f"was_{name}", type_=SESSION.c[name].type)) for name in _READ),
    )
    .values({name: bindparam(f"to_{name}", type_=SESSION.c[name].type) for name in (*_READ, "minutes", "state")})
)


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """One accepted scan about to be written."""

    shift: ShiftCard
    person_id: int
    by_person_id: int
    device_id: int
    client_event_id: str
    medium: str
    kind: Kind
    slot_time: datetime | None
    claimed_at: datetime | None
    received_at: datetime
    effective_at: datetime
    grade: Grade
    flags: tuple[Flag, ...]
    #: the card or phone code somebody else scanned, if it was one
    medium_id: int | None = None


def find_session(connection: Connection, *, shift_id: int, person_id: int, lock: bool = False) -> Row[Any] | None:
    """Return the session row of a person at a shift, or None."""
    values = {"here": current_community_id(), "shift": shift_id, "person": person_id}
    return connection.execute(_FIND_LOCKED if lock else _FIND, values).first()


def find_session_and_tries(
    connection: Connection, *, shift_id: int, person_id: int, tries: dict[str, Any]
) -> tuple[Row[Any] | None, int]:
    """Return the session row of a person at a shift, or None, and how many wrong codes were typed (`limits.named`)."""
    values = {"here": current_community_id(), "shift": shift_id, "person": person_id}
    row = connection.execute(_FIND_WITH_TRIES, values | tries).one()
    return (row if row.id is not None else None), row.tries


def has(row: Row[Any] | None, kind: Kind) -> bool:
    """Tell whether a session already knows its beginning, or its end."""
    return row is not None and (row.started_at if kind is Kind.IN else row.ended_at) is not None


def write(connection: Connection, arrival: Arrival, *, known: Row[Any] | None, signed_up: bool) -> None:
    """Write the scan and what it makes of the session. A second scan of the same kind changes nothing.

    `known` is the session as it was read a moment ago: if it still is so, it is finished without asking again.
    Raises `Conflict` when the event id was used for something else before (trust C6).
    """
    if not _insert_scan(connection, arrival):
        _ensure_same_event(connection, arrival)
    elif known is None and _insert_session(connection, arrival):
        return
    elif known is None or not _finish(connection, arrival, known, signed_up=signed_up):
        row = find_session(connection, shift_id=arrival.shift.id, person_id=arrival.person_id, lock=True)
        if row is not None:
            _finish(connection, arrival, row, signed_up=signed_up)


def _insert_scan(connection: Connection, arrival: Arrival) -> bool:
    values = {
        "community_id": current_community_id(),
        "client_event_id": arrival.client_event_id,
        "shift_id": arrival.shift.id,
        "person_id": arrival.person_id,
        "by_person_id": arrival.by_person_id,
        "device_id": arrival.device_id,
        "medium": arrival.medium,
        "kind": arrival.kind.value,
        "slot_time": arrival.slot_time,
        "claimed_at": arrival.claimed_at,
        "received_at": arrival.received_at,
        "effective_at": arrival.effective_at,
        "grade": arrival.grade.value,
        "flags": rules.joined_flags(arrival.flags),
    }
    fresh = connection.execute(_insert_new(SCAN, dialect()), values).first()
    if fresh is not None and arrival.medium_id is not None:
        with_it = {"community_id": current_community_id(), "scan_id": fresh.id, "medium_id": arrival.medium_id}
        connection.execute(insert(SCAN_MEDIUM), with_it)
    return fresh is not None


def _ensure_same_event(connection: Connection, arrival: Arrival) -> None:
    same = select(SCAN.c.id).where(
        SCAN.c.community_id == current_community_id(),
        SCAN.c.shift_id == arrival.shift.id,
        SCAN.c.person_id == arrival.person_id,
        SCAN.c.kind == arrival.kind.value,
    )
    if connection.execute(same).first() is None:
        raise Conflict(N_("这一条刚才已经交过，内容不一样。请重新打开这一页再签"))


def _insert_session(connection: Connection, arrival: Arrival) -> bool:
    arriving = arrival.kind is Kind.IN
    values = {
        "community_id": current_community_id(),
        "shift_id": arrival.shift.id,
        "person_id": arrival.person_id,
        "started_at": arrival.effective_at if arriving else None,
        "ended_at": None if arriving else arrival.effective_at,
        "minutes": 0,
        "grade": arrival.grade.value,
        "flags": rules.joined_flags(arrival.flags),
        "state": "open",
        "reason": "",
    }
    return connection.execute(_insert_new(SESSION, dialect()), values).first() is not None


def _finish(connection: Connection, arrival: Arrival, row: Row[Any], *, signed_up: bool) -> bool:
    """Put the missing half to an open session, which then waits for approval; tells whether it still was as in `row`."""
    if row.state != "open" or has(row, arrival.kind):
        return False
    started = arrival.effective_at if arrival.kind is Kind.IN else row.started_at
    ended = row.ended_at if arrival.kind is Kind.IN else arrival.effective_at
    extra = () if signed_up else (Flag.NOT_SIGNED_UP,)
    interval = rules.credited(started, ended, starts_at=arrival.shift.starts_at, ends_at=arrival.shift.ends_at)
    finished = connection.execute(
        _FINISH,
        {
            "here": current_community_id(),
            "row": row.id,
            **{f"was_{name}": getattr(row, name) for name in _READ},
            "to_started_at": started,
            "to_ended_at": ended,
            "to_minutes": rules.minutes_between(*interval),
            "to_grade": rules.weaker(Grade(row.grade), arrival.grade).value,
            "to_flags": rules.joined_flags(rules.split_flags(row.flags), arrival.flags, extra),
            "to_state": "proposed",
        },
    )
    return finished.rowcount == 1


@cache
def _insert_new(table: Table, kind: str) -> Any:
    """Return the statement that writes a row unless a constraint knows it already, and tells which."""
    insert = sqlite_insert if kind == "sqlite" else postgresql_insert
    return insert(table).on_conflict_do_nothing().returning(table.c.id)
