"""Whether the database holds what was acknowledged: all of it, once, and nothing beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import text

from engage import ledger
from engage.core import clock, tenancy
from engage.core.database import db
from tests.crowd import Crowd, inside
from tests.live import Installation
from tests.resilience.rush import Acknowledged


def complaints(installation: Installation, crowd: Crowd, done: Acknowledged) -> list[str]:
    """Return what is lost, doubled or inexact; empty when the book closes."""
    with inside(installation), tenancy.scoped(crowd.community_id):
        found = [
            *done.odd,
            *_check_ins(crowd, done),
            *_redemptions(crowd, done),
            *_stock(crowd),
            *_points(crowd),
            *ledger.verify(),
        ]
        db.session.rollback()
    return found


def _rows(statement: str, crowd: Crowd) -> list[tuple[object, ...]]:
    found = db.session.connection().execute(text(statement), {"here": crowd.community_id})
    return [tuple(row) for row in found]


def _check_ins(crowd: Crowd, done: Acknowledged) -> Iterator[str]:
    scans = _rows("SELECT shift_id, person_id, kind, client_event_id FROM scan WHERE community_id = :here", crowd)
    events = Counter(scan[:3] for scan in scans)
    yield from (f"scanned {times} times: {scan}" for scan, times in events.items() if times > 1)
    stored = {scan[:3]: scan[3] for scan in scans}
    for act, event in done.check_ins.items():
        if act not in stored:
            yield f"lost: check-in {act}"
        elif stored[act] != event:
            yield f"another event stands for {act}"
    sessions = _rows(
        "SELECT shift_id, person_id, count(*), count(started_at), count(ended_at) FROM service_session "
        "WHERE community_id = :here GROUP BY shift_id, person_id",
        crowd,
    )
    expected = Counter((shift, person) for shift, person, _kind in stored)
    for shift, person, rows, begun, ended in sessions:
        if rows != 1 or begun + ended != expected.pop((shift, person), 0):  # type: ignore[operator]
            yield f"session of {person} at {shift}: {rows} rows, {begun} begun, {ended} ended"
    yield from (f"a scan made no session: {act}" for act in expected)


def _redemptions(crowd: Crowd, done: Acknowledged) -> Iterator[str]:
    stored = {
        row[0]: (row[1], row[2])
        for row in _rows("SELECT id, person_id, state FROM redemption WHERE community_id = :here", crowd)
    }
    for number, (person, state) in done.redemptions.items():
        if number not in stored:
            yield f"lost: reservation {number}"
        elif stored[number] != (person, state) and stored[number][1] not in done.unsure.get(number, set()):
            yield f"reservation {number} is {stored[number]}, acknowledged was {(person, state)}"
    beside = len(stored.keys() - done.redemptions.keys())
    if beside > done.unanswered:
        yield f"{beside} reservations nobody was told of, {done.unanswered} were unanswered"


def _stock(crowd: Crowd) -> Iterator[str]:
    rows = _rows(
        "SELECT i.id, i.on_hand, i.reserved,"
        " (SELECT sum(quantity) FROM stock_move m WHERE m.community_id = :here AND m.item_id = i.id),"
        " (SELECT count(*) FROM redemption r WHERE r.community_id = :here AND r.item_id = i.id AND state = 'collected'),"
        " (SELECT count(*) FROM redemption r WHERE r.community_id = :here AND r.item_id = i.id AND state = 'reserved')"
        " FROM item i WHERE i.community_id = :here",
        crowd,
    )
    for item, on_hand, reserved, moved, collected, waiting in rows:
        if on_hand != moved or on_hand != crowd.stock - collected or reserved != waiting:  # type: ignore[operator]
            yield f"stock of {item}: {on_hand} on hand, {moved} by the moves, {collected} collected, {reserved} kept for {waiting}"


def _points(crowd: Crowd) -> Iterator[str]:
    ids = [member.person_id for member in crowd.members]
    counted: dict[object, Counter[object]] = {}
    for person, state, times in _rows(
        "SELECT person_id, state, count(*) FROM redemption WHERE community_id = :here GROUP BY person_id, state", crowd
    ):
        counted.setdefault(person, Counter())[state] = times  # type: ignore[assignment]
    for person, balance in ledger.balances_of(person_ids=ids, now=clock.now()).items():
        states = counted.get(person, Counter())
        wanted = (crowd.points - states["collected"] * crowd.price, states["reserved"] * crowd.price)
        if (balance.total, balance.held) != wanted:
            yield f"points of {person}: {(balance.total, balance.held)}, not {wanted}"
