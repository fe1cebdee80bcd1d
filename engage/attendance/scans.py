"""The hot path: a check-in is two reads and two writes below the unit of work (speed.md, techniques 1-4 and 7).

Constraints decide, not the reads: whoever loses a race gets the answer of whoever won it.
These are Core statements, so each names the community itself. PostgreSQL takes both writes as one statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table, and_, bindparam, exists, insert, literal, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from engage import activities
from engage.activities import ShiftCard
from engage.attendance import rules
from engage.attendance.models import Presence, Scan, ScanMedium
from engage.attendance.rules import Flag, Grade, Kind
from engage.core import limits
from engage.core.database import dialect
from engage.core.errors import N_, Conflict
from engage.core.prepared import Prepared
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
_SEEN = [SESSION.c[name] for name in ("id", "state", *_READ)]
_FIND = Prepared(select(*_SEEN).where(_MINE))
_ALWAYS = select(literal(1).label("one")).subquery()
_AT_A_CODE = Prepared(select(*_SEEN, limits.TRIES, activities.JOINED).select_from(_ALWAYS.outerjoin(SESSION, _MINE)))
_FIND_LOCKED = Prepared(select(*_SEEN).where(_MINE).with_for_update())


def _given(table: Table, names: Sequence[str], prefix: str) -> dict[str, Any]:
    return {name: bindparam(f"{prefix}{name}", type_=table.c[name].type) for name in names}


_SCANNED = _given(SCAN, [column.name for column in SCAN.c if column.name != "id"], "scan_")
_BEGUN = _given(SESSION, ("community_id", "shift_id", "person_id", *_READ, "minutes", "state", "reason"), "to_")
#: only what was read a moment ago is finished; whoever changed it meanwhile goes first (one that lacks a half is open)
_FINISH = (
    update(SESSION)
    .where(
        SESSION.c.community_id == bindparam("to_community_id"),
        SESSION.c.id == bindparam("row"),
        *(SESSION.c[name].is_not_distinct_from(value) for name, value in _given(SESSION, _READ, "was_").items()),
    )
    .values(_given(SESSION, (*_READ, "minutes", "state"), "to_"))
    .returning(SESSION.c.id)
)
_FINISHED = Prepared(_FINISH)


@cache
def _statements(kind: str) -> tuple[Prepared, Prepared]:
    """Return the statements that write a scan, and the beginning of a session, unless a constraint knows the row already."""
    insert = sqlite_insert if kind == "sqlite" else postgresql_insert
    begin = insert(SESSION).values(_BEGUN).on_conflict_do_nothing().returning(SESSION.c.id)
    return Prepared(_scan_into(insert(SCAN))), Prepared(begin)


def _scan_into(insert: Any) -> Any:
    return insert.values(_SCANNED).on_conflict_do_nothing().returning(SCAN.c.id)


@cache
def _together(*, finish: bool) -> Prepared:
    """Return scan and session as one statement (PostgreSQL): without a new scan nothing happens to the session."""
    scan = _scan_into(postgresql_insert(SCAN)).cte("scan_written")
    chosen = select(*_BEGUN.values()).select_from(scan)
    begin = postgresql_insert(SESSION).from_select(list(_BEGUN), chosen).on_conflict_do_nothing()
    of_session = _FINISH.where(exists(select(scan.c.id))) if finish else begin.returning(SESSION.c.id)
    made = of_session.cte("session_written")
    both = select(select(scan.c.id).scalar_subquery().label("scan_id"), exists(select(made.c.id)).label("done"))
    return Prepared(both)


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


def find_session(connection: Connection, *, shift_id: int, person_id: int, lock: bool = False) -> Any:
    """Return the session row of a person at a shift, or None."""
    values = {"here": current_community_id(), "shift": shift_id, "person": person_id}
    return (_FIND_LOCKED if lock else _FIND).first(connection, values)


def look(connection: Connection, *, shift_id: int, person_id: int, tries: dict[str, Any]) -> Any:
    """Return what a code is judged by, in one row: the session (`id` is None without one), wrong `tries`, `joined`.

    `tries` are the values of `limits.named`.
    """
    values = {"here": current_community_id(), "shift": shift_id, "person": person_id}
    return _AT_A_CODE.first(connection, values | tries)


def has(row: Any, kind: Kind) -> bool:
    """Tell whether a session already knows its beginning, or its end."""
    return row is not None and (row.started_at if kind is Kind.IN else row.ended_at) is not None


def write(connection: Connection, arrival: Arrival, *, known: Any, signed_up: bool) -> None:
    """Write the scan and what it makes of the session. A second scan of the same kind changes nothing.

    `known` is the session as it was read a moment ago: if it still is so, it is finished without asking again.
    Raises `Conflict` when the event id was used for something else before (trust C6).
    """
    scan_id, done = _write_both(connection, arrival, known, signed_up=signed_up)
    if scan_id is None:
        _ensure_same_event(connection, arrival)
        return
    if arrival.medium_id is not None:
        with_it = {"community_id": current_community_id(), "scan_id": scan_id, "medium_id": arrival.medium_id}
        connection.execute(insert(SCAN_MEDIUM), with_it)
    if not done:  # somebody was faster: what they wrote is finished, if it still lacks this half
        row = find_session(connection, shift_id=arrival.shift.id, person_id=arrival.person_id, lock=True)
        end = None if row is None else _ending(arrival, row, signed_up=signed_up)
        if end is not None:
            _FINISHED.rows(connection, end)


def _write_both(connection: Connection, arrival: Arrival, known: Any, *, signed_up: bool) -> tuple[int | None, bool]:
    """Return the id of the scan, None if it was known before, and whether the session knows of it now."""
    scan = _scanned(arrival)
    session = _beginning(arrival) if known is None else _ending(arrival, known, signed_up=signed_up)
    if session is not None and dialect() == "postgresql":
        both = _together(finish=known is not None).first(connection, scan | session)
        return both.scan_id, both.done
    write_scan, begin = _statements(dialect())
    fresh = write_scan.first(connection, scan)
    if fresh is None or session is None:
        return (fresh.id if fresh else None), False
    return fresh.id, (begin if known is None else _FINISHED).first(connection, session) is not None


def _scanned(arrival: Arrival) -> dict[str, Any]:
    return {
        "scan_community_id": current_community_id(),
        "scan_client_event_id": arrival.client_event_id,
        "scan_shift_id": arrival.shift.id,
        "scan_person_id": arrival.person_id,
        "scan_by_person_id": arrival.by_person_id,
        "scan_device_id": arrival.device_id,
        "scan_medium": arrival.medium,
        "scan_kind": arrival.kind.value,
        "scan_slot_time": arrival.slot_time,
        "scan_claimed_at": arrival.claimed_at,
        "scan_received_at": arrival.received_at,
        "scan_effective_at": arrival.effective_at,
        "scan_grade": arrival.grade.value,
        "scan_flags": rules.joined_flags(arrival.flags),
    }


def _ensure_same_event(connection: Connection, arrival: Arrival) -> None:
    same = select(SCAN.c.id).where(
        SCAN.c.community_id == current_community_id(),
        SCAN.c.shift_id == arrival.shift.id,
        SCAN.c.person_id == arrival.person_id,
        SCAN.c.kind == arrival.kind.value,
    )
    if connection.execute(same).first() is None:
        raise Conflict(N_("这一条刚才已经交过，内容不一样。请重新打开这一页再签"))


def _beginning(arrival: Arrival) -> dict[str, Any]:
    arriving = arrival.kind is Kind.IN
    return {
        "to_community_id": current_community_id(),
        "to_shift_id": arrival.shift.id,
        "to_person_id": arrival.person_id,
        "to_started_at": arrival.effective_at if arriving else None,
        "to_ended_at": None if arriving else arrival.effective_at,
        "to_minutes": 0,
        "to_grade": arrival.grade.value,
        "to_flags": rules.joined_flags(arrival.flags),
        "to_state": "open",
        "to_reason": "",
    }


def _ending(arrival: Arrival, row: Any, *, signed_up: bool) -> dict[str, Any] | None:
    """Return what puts the missing half to an open session, which then waits for approval; None if it lacks none."""
    if row.state != "open" or has(row, arrival.kind):
        return None
    started = arrival.effective_at if arrival.kind is Kind.IN else row.started_at
    ended = row.ended_at if arrival.kind is Kind.IN else arrival.effective_at
    extra = () if signed_up else (Flag.NOT_SIGNED_UP,)
    interval = rules.credited(started, ended, starts_at=arrival.shift.starts_at, ends_at=arrival.shift.ends_at)
    return {
        "to_community_id": current_community_id(),
        "row": row.id,
        **{f"was_{name}": getattr(row, name) for name in _READ},
        "to_started_at": started,
        "to_ended_at": ended,
        "to_minutes": rules.minutes_between(*interval),
        "to_grade": rules.weaker(Grade(row.grade), arrival.grade).value,
        "to_flags": rules.joined_flags(rules.split_flags(row.flags), arrival.flags, extra),
        "to_state": "proposed",
    }
