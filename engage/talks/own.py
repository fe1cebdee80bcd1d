"""A person's own evenings and roles, and stepping down from them when the account closes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, update

from engage.core import audit
from engage.core.access import Actor
from engage.core.database import db, require_transaction
from engage.talks.models import SpeakerEntry, Talk, TalkAttendance

_ROLES = ("chair_id", "recorder_id", "first_teller_id", "second_teller_id")
_ENDED = ("adjourned", "cancelled")
#: from here on the evening needs its people
_UNDER_WAY = ("checkin", "in_session")


@dataclass(frozen=True, kw_only=True)
class OwnEvening:
    """A talk somebody came to, when, and how often they spoke."""

    talk_id: int
    title: str
    arrived_at: datetime
    speeches: int


@dataclass(frozen=True, kw_only=True)
class TalkDuty:
    """A role at a talk that is not over: chair, recorder or teller."""

    talk_id: int
    title: str
    starts_at: datetime
    role: str
    under_way: bool


def counting_evenings(person_ids: Collection[int]) -> Select[int]:
    """Return the statement for how many talks these entries came to, to be asked together with others."""
    return select(func.count(TalkAttendance.id)).where(TalkAttendance.person_id.in_(set(person_ids)))


def evenings_of(person_ids: Collection[int], *, limit: int | None = None) -> list[OwnEvening]:
    """Return the talks a person came to under these entries, the newest first: two queries."""
    wanted = set(person_ids)
    statement = (
        select(Talk.id, Talk.title, TalkAttendance.arrived_at, TalkAttendance.person_id)
        .join(TalkAttendance, (TalkAttendance.talk_id == Talk.id) & (TalkAttendance.community_id == Talk.community_id))
        .where(TalkAttendance.person_id.in_(wanted))
        .order_by(TalkAttendance.id.desc())
        .limit(limit)
    )
    spoken = select(SpeakerEntry.person_id, SpeakerEntry.talk_id).where(
        SpeakerEntry.person_id.in_(wanted), SpeakerEntry.state == "done"
    )
    speeches = Counter((row.person_id, row.talk_id) for row in db.session.execute(spoken))
    return [
        OwnEvening(talk_id=row.id, title=row.title, arrived_at=row.arrived_at, speeches=speeches[row.person_id, row.id])
        for row in db.session.execute(statement)
    ]


def duties_of(person_id: int) -> list[TalkDuty]:
    """Return a person's roles at talks that are not over, by start."""
    return [
        TalkDuty(
            talk_id=talk.id,
            title=talk.title,
            starts_at=talk.starts_at,
            role="teller" if "teller" in column else column.removesuffix("_id"),
            under_way=talk.state in _UNDER_WAY,
        )
        for talk in _staffed_by(person_id)
        for column in _ROLES
        if getattr(talk, column) == person_id
    ]


def counting_duties(person_id: int) -> Select[int]:
    """Return the statement for at how many talks that are not over somebody has a role, to be asked together with others."""
    return select(func.count(Talk.id)).where(_staffs(person_id))


def _staffed_by(person_id: int) -> list[Talk]:
    return list(db.session.scalars(select(Talk).where(_staffs(person_id)).order_by(Talk.starts_at, Talk.id)))


def _staffs(person_id: int) -> ColumnElement[bool]:
    holds = or_(*(getattr(Talk, column) == person_id for column in _ROLES))
    return and_(Talk.state.not_in(_ENDED), holds)


def step_down(*, person_id: int, actor: Actor, now: datetime) -> int:
    """Empty a person's roles at talks that have not begun and leave every queue, inside the caller's transaction.

    The talk's page at the desk shows the empty place. Returns how many talks lost somebody.
    """
    session = require_transaction()
    talks = [talk for talk in _staffed_by(person_id) if talk.state not in _UNDER_WAY]
    for talk in talks:
        for column in _ROLES:
            if getattr(talk, column) == person_id:
                setattr(talk, column, None)
        audit.record("stepped down from talk", actor=actor, subject=f"talk:{talk.id}", now=now)
    session.execute(
        update(SpeakerEntry)
        .where(SpeakerEntry.person_id == person_id, SpeakerEntry.state == "waiting")
        .values(state="withdrawn")
    )
    session.flush()
    return len(talks)
