"""Reading attendance: who is here, what waits for approval, whose minutes count."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select

from engage import activities, people
from engage.activities import ShiftCard
from engage.attendance import rules
from engage.attendance.judging import within_judgement
from engage.attendance.models import HeadCount, Presence, RollClosure, Scan
from engage.core.access import Actor
from engage.core.database import db
from engage.core.fence import get_in_scope


@dataclass(frozen=True, kw_only=True)
class SessionCard:
    """One person's time at one shift, as other rooms may know it. Times UTC, minutes whole, grade "0"-"4" or "A"."""

    id: int
    shift_id: int
    activity_id: int
    person_id: int
    title: str
    kind: str
    nature: str
    started_at: datetime | None
    ended_at: datetime | None
    minutes: int
    grade: str
    flags: tuple[str, ...]
    state: str
    #: somebody else who wrote part of it down, if anybody did; they may not approve it
    recorded_by: int | None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Roll:
    """What the leader entered: heads before scans, and the end of the shift."""

    counted: int | None
    checked_in: int | None
    closed_at: datetime | None

    @property
    def too_many(self) -> bool:
        """Tell whether more had checked in than stood there."""
        return rules.too_many(checked_in=self.checked_in or 0, counted=self.counted)


def list_to_approve(limit: int, offset: int, *, judge: Actor | None = None) -> list[SessionCard]:
    """Return the sessions that wait for approval, oldest first; with a judge, those within their reach."""
    return _cards(
        select(Presence)
        .where(Presence.state == "proposed", within_judgement(judge))
        .order_by(Presence.ended_at, Presence.id)
        .limit(limit)
        .offset(offset)
    )


def count_to_approve(*, judge: Actor | None = None) -> int:
    """Return how many sessions wait for approval; with a judge, those within their reach."""
    return db.session.scalar(counting_to_approve(judge=judge)) or 0


def counting_to_approve(*, judge: Actor | None = None) -> Select[int]:
    """Return the statement of `count_to_approve`, to be asked together with others."""
    return select(func.count(Presence.id)).where(Presence.state == "proposed", within_judgement(judge))


def session_cards(session_ids: Collection[int]) -> dict[int, SessionCard]:
    """Return sessions by id."""
    if not session_ids:
        return {}
    return {card.id: card for card in _cards(select(Presence).where(Presence.id.in_(set(session_ids))))}


def sessions_of_shift(shift_id: int, *, shift: ShiftCard | None = None) -> list[SessionCard]:
    """Return everybody's time at one shift, by arrival. Whoever knows the shift already hands it over."""
    statement = select(Presence).where(Presence.shift_id == shift_id).order_by(Presence.started_at, Presence.id)
    return cards_from(db.session.scalars(statement).all(), shifts={shift.id: shift} if shift else None)


def times_of(person_id: int, *, shift_ids: Collection[int]) -> dict[int, tuple[datetime | None, datetime | None]]:
    """Return since when and until when (UTC) a person was at these shifts, by shift; no check-in, no entry."""
    if not shift_ids:
        return {}
    statement = select(Presence.shift_id, Presence.started_at, Presence.ended_at).where(
        Presence.person_id == person_id, Presence.shift_id.in_(set(shift_ids))
    )
    return {row.shift_id: (row.started_at, row.ended_at) for row in db.session.execute(statement)}


def session_of(shift_id: int, person_id: int) -> SessionCard | None:
    """Return a person's time at a shift, or None when they have not checked in."""
    cards = _cards(select(Presence).where(Presence.shift_id == shift_id, Presence.person_id == person_id))
    return cards[0] if cards else None


def minutes_of(person_id: int, start: datetime, end: datetime) -> int:
    """Return a person's approved volunteer minutes that began within [start, end): paid duty and drills never count."""
    rows = db.session.execute(
        select(Presence.shift_id, Presence.minutes).where(
            Presence.person_id.in_(people.selves(person_id)),
            Presence.state == "approved",
            Presence.started_at >= start,
            Presence.started_at < end,
        )
    ).all()
    shifts = activities.shift_cards([row.shift_id for row in rows])
    return sum(row.minutes for row in rows if shifts[row.shift_id].nature == activities.Nature.VOLUNTEER)


def roll_of(shift_id: int) -> Roll:
    """Return what the leader entered about a shift."""
    heads = HeadCount.shift_id == shift_id
    counted = select(HeadCount.counted).where(heads).scalar_subquery().label("counted")
    checked_in = select(HeadCount.checked_in).where(heads).scalar_subquery().label("checked_in")
    closed_at = select(RollClosure.closed_at).where(RollClosure.shift_id == shift_id).scalar_subquery()
    row = db.session.execute(select(counted, checked_in, closed_at.label("closed_at"))).one()
    return Roll(counted=row.counted, checked_in=row.checked_in, closed_at=row.closed_at)


def media_of(shift_id: int) -> dict[tuple[int, str], str]:
    """Return how each scan of a shift was made, by person and direction."""
    statement = select(Scan.person_id, Scan.kind, Scan.medium).where(Scan.shift_id == shift_id)
    return {(row.person_id, row.kind): row.medium for row in db.session.execute(statement)}


def count_checked_in(shift_id: int) -> int:
    """Return how many persons have checked in to a shift."""
    statement = select(func.count(Presence.id)).where(Presence.shift_id == shift_id, Presence.started_at.is_not(None))
    return db.session.scalar(statement) or 0


def last_arrival(shift_id: int) -> int | None:
    """Return who checked in last, or None."""
    statement = select(Scan.person_id).where(Scan.shift_id == shift_id, Scan.kind == "in")
    return db.session.scalar(statement.order_by(Scan.received_at.desc(), Scan.id.desc()).limit(1))


def recorders_of(rows: Iterable[Presence]) -> dict[int, set[int]]:
    """Return who else wrote part of each session down, by session id: they may not approve it."""
    by_pair = {(row.shift_id, row.person_id): row for row in rows}
    others: dict[int, set[int]] = {row.id: {row.closed_by} - {None} for row in by_pair.values()}  # type: ignore[misc]
    if by_pair:
        statement = select(Scan.shift_id, Scan.person_id, Scan.by_person_id).where(
            Scan.by_person_id != Scan.person_id,
            Scan.shift_id.in_({shift_id for shift_id, _ in by_pair}),
            Scan.person_id.in_({person_id for _, person_id in by_pair}),
        )
        for scan in db.session.execute(statement.order_by(Scan.id)):
            if row := by_pair.get((scan.shift_id, scan.person_id)):
                others[row.id].add(scan.by_person_id)
    return others


def running_for(*, person_id: int, now: datetime) -> list[ShiftCard]:
    """Return the shifts whose codes live now: the person's own first, then the others."""
    own = {card.id for card in activities.shifts_of(person_id, now - timedelta(days=1), now + timedelta(days=1))}
    running = activities.list_running(now=now, early=rules.CODES_EARLY, late=rules.CODES_LATE)
    return sorted(running, key=lambda card: (card.id not in own, card.starts_at, card.id))


def over_counted(shift_ids: Collection[int]) -> set[int]:
    """Return the shifts where more persons checked in than the leader counted (service-points §4.15).

    Computed when asked: a scan that was stored in a phone and arrives after the count is noticed too.
    """
    if not shift_ids:
        return set()
    checked_in = (
        select(Presence.shift_id, func.count(Presence.id).label("number"))
        .where(Presence.shift_id.in_(set(shift_ids)), Presence.started_at.is_not(None))
        .group_by(Presence.shift_id)
        .subquery()
    )
    statement = select(HeadCount.shift_id, HeadCount.counted, checked_in.c.number).join(
        checked_in, checked_in.c.shift_id == HeadCount.shift_id
    )
    return {
        row.shift_id
        for row in db.session.execute(statement)
        if rules.too_many(checked_in=row.number, counted=row.counted)
    }


def cards_from(rows: Sequence[Presence], *, shifts: Mapping[int, ShiftCard] | None = None) -> list[SessionCard]:
    """Return the cards of loaded rows, in the same order, with three queries for all of them, two with the shifts given."""
    shift_ids = {row.shift_id for row in rows}
    if shifts is None:
        shifts = activities.shift_cards(shift_ids)
    crowded = over_counted(shift_ids)
    recorders = recorders_of(rows)
    return [
        SessionCard(
            id=row.id,
            shift_id=row.shift_id,
            activity_id=shifts[row.shift_id].activity_id,
            person_id=row.person_id,
            title=shifts[row.shift_id].title,
            kind=shifts[row.shift_id].kind,
            nature=shifts[row.shift_id].nature,
            started_at=row.started_at,
            ended_at=row.ended_at,
            minutes=row.minutes,
            grade=row.grade,
            flags=(*rules.split_flags(row.flags), *(["head_count"] if row.shift_id in crowded else [])),
            state=row.state,
            recorded_by=min(recorders[row.id], default=None),
            reason=row.reason,
        )
        for row in rows
    ]


def _cards(statement: Select[Presence]) -> list[SessionCard]:
    return cards_from(db.session.scalars(statement).all())


def get_session(session_id: int) -> SessionCard:
    """Return one session. Raises `NotFound`."""
    return cards_from([get_in_scope(Presence, session_id)])[0]
