"""Reading talks, and the cards that other rooms get to see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import ScalarSelect, Select, distinct, func, select
from sqlalchemy.orm import aliased

from engage import people
from engage.core.database import db
from engage.core.errors import NotFound
from engage.core.fence import get_in_scope
from engage.talks.models import AgendaItem, Motion, SpeakerEntry, Talk, TalkAttendance

#: a talk that never adjourned stops being "the next one" after this long
_STALE = timedelta(hours=12)
Row = TypeVar("Row")


@dataclass(frozen=True, kw_only=True)
class TalkCard:
    """A talk in lists. `present` counts households, `starts_at` is UTC."""

    id: int
    number: int
    title: str
    place: str
    starts_at: datetime
    state: str
    present: int
    agenda_count: int


def subject_of(motion_id: int) -> str:
    """Return the name under which the votes room knows a motion."""
    return f"motion:{motion_id}"


def talk_of_motion(motion_id: int) -> int:
    """Return the talk a motion belongs to. Raises `NotFound`."""
    talk_id = db.session.scalar(
        select(AgendaItem.talk_id)
        .join(Motion, (Motion.agenda_item_id == AgendaItem.id) & (Motion.community_id == AgendaItem.community_id))
        .where(Motion.id == motion_id)
    )
    if talk_id is None:
        raise NotFound
    return talk_id


def get_talk(talk_id: int, *, lock: bool = False) -> Talk:
    """Return the talk. Raises `NotFound`."""
    return get_in_scope(Talk, talk_id, lock=lock)


def get_evening(talk_id: int) -> tuple[Talk, int]:
    """Return the talk, and how many households came that may vote; one statement. Raises `NotFound`."""
    row = db.session.execute(select(Talk, _came()).where(Talk.id == talk_id)).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def get_card(talk_id: int) -> TalkCard:
    """Return the card of one talk. Raises `NotFound`."""
    cards = _cards(select(Talk).where(Talk.id == talk_id))
    if not cards:
        raise NotFound
    return cards[0]


def _cards(statement: Select[Talk]) -> list[TalkCard]:
    """Return the talks with how many households came to each and how many items it has; one statement."""
    items = select(func.count(AgendaItem.id)).where(AgendaItem.talk_id == Talk.id)
    rows = db.session.execute(statement.add_columns(_came(), items.scalar_subquery()))
    return [
        TalkCard(
            id=talk.id,
            number=talk.number,
            title=talk.title,
            place=talk.place,
            starts_at=talk.starts_at,
            state=talk.state,
            present=present,
            agenda_count=agenda_count,
        )
        for talk, present, agenda_count in rows
    ]


def _came() -> ScalarSelect[int]:
    """Return the column with how many households came to a talk."""
    return (
        select(func.count(distinct(TalkAttendance.unit_id))).where(TalkAttendance.talk_id == Talk.id).scalar_subquery()
    )


def find_running(*, now: datetime) -> TalkCard | None:
    """Return the talk that is open for check-in or under way, or None."""
    statement = select(Talk).where(Talk.state.in_(("checkin", "in_session")), Talk.starts_at > now - _STALE)
    return _first(statement.order_by(Talk.starts_at, Talk.id))


def find_next(*, now: datetime) -> TalkCard | None:
    """Return the talk under way, else the next announced one, or None."""
    statement = select(Talk).where(Talk.state.in_(("checkin", "in_session", "noticed")), Talk.starts_at > now - _STALE)
    return _first(statement.order_by(Talk.state == "noticed", Talk.starts_at, Talk.id))


def _first(statement: Select[Talk]) -> TalkCard | None:
    return next(iter(_cards(statement.limit(1))), None)


def recent(*, limit: int, offset: int = 0) -> list[TalkCard]:
    """Return talks that are over, newest first."""
    statement = select(Talk).where(Talk.state == "adjourned").order_by(Talk.starts_at.desc(), Talk.id.desc())
    return _cards(statement.limit(limit).offset(offset))


def count_recent() -> int:
    """Return how many talks are over."""
    return int(db.session.scalar(select(func.count(Talk.id)).where(Talk.state == "adjourned")) or 0)


def list_all(*, search: str = "", limit: int, offset: int = 0) -> list[TalkCard]:
    """Return every talk for the office, the latest start first; `search` looks at title, place and number."""
    statement = _searched(select(Talk), search).order_by(Talk.starts_at.desc(), Talk.id.desc())
    return _cards(statement.limit(limit).offset(offset))


def count_all(*, search: str = "") -> int:
    """Return how many talks the search finds."""
    return int(db.session.scalar(_searched(select(func.count(Talk.id)), search)) or 0)


def _searched(statement: Select[Row], search: str) -> Select[Row]:
    wanted = search.strip()
    if not wanted:
        return statement
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 6:
        return statement.where(Talk.number == int(wanted))
    return statement.where(
        Talk.title.icontains(wanted, autoescape=True) | Talk.place.icontains(wanted, autoescape=True)
    )


def list_items(talk_id: int) -> Sequence[AgendaItem]:
    """Return the agenda in order."""
    statement = select(AgendaItem).where(AgendaItem.talk_id == talk_id)
    return db.session.scalars(statement.order_by(AgendaItem.position, AgendaItem.id)).all()


def agenda_of(talk_id: int) -> list[tuple[AgendaItem, list[Motion]]]:
    """Return the agenda in order, each point with its motions, the oldest first; one statement."""
    statement = (
        select(AgendaItem, Motion)
        .outerjoin(Motion, (Motion.agenda_item_id == AgendaItem.id) & (Motion.community_id == AgendaItem.community_id))
        .where(AgendaItem.talk_id == talk_id)
        .order_by(AgendaItem.position, AgendaItem.id, Motion.id)
    )
    agenda: dict[AgendaItem, list[Motion]] = {}
    for item, motion in db.session.execute(statement):
        agenda.setdefault(item, []).extend([motion] if motion else [])
    return list(agenda.items())


def list_deferred() -> Sequence[AgendaItem]:
    """Return the points put off that no later agenda has taken up, oldest first."""
    later = aliased(AgendaItem)
    taken_up = (
        (later.community_id == AgendaItem.community_id)
        & (later.id > AgendaItem.id)
        & (later.talk_id != AgendaItem.talk_id)
        & (later.title == AgendaItem.title)
    )
    statement = select(AgendaItem).where(AgendaItem.state == "deferred", ~select(later.id).where(taken_up).exists())
    return db.session.scalars(statement.order_by(AgendaItem.id)).all()


def item_ids(talk_id: int) -> list[int]:
    """Return the ids of the agenda points in order."""
    return [item.id for item in list_items(talk_id)]


def list_motions(talk_id: int) -> Sequence[Motion]:
    """Return the motions of an evening, oldest first."""
    statement = (
        select(Motion)
        .join(
            AgendaItem,
            (AgendaItem.id == Motion.agenda_item_id) & (AgendaItem.community_id == Motion.community_id),
        )
        .where(AgendaItem.talk_id == talk_id)
    )
    return db.session.scalars(statement.order_by(Motion.id)).all()


def list_speakers(talk_id: int) -> Sequence[SpeakerEntry]:
    """Return the whole queue of an evening, whatever became of it, oldest first."""
    statement = select(SpeakerEntry).where(SpeakerEntry.talk_id == talk_id)
    return db.session.scalars(statement.order_by(SpeakerEntry.queued_at, SpeakerEntry.id)).all()


def speakers_of(talk_id: int) -> list[tuple[SpeakerEntry, people.Person]]:
    """Return what `list_speakers` does, each with who it is; one statement."""
    person = people.Person
    statement = (
        select(SpeakerEntry, person)
        .join(person, (person.id == SpeakerEntry.person_id) & (person.community_id == SpeakerEntry.community_id))
        .where(SpeakerEntry.talk_id == talk_id)
        .order_by(SpeakerEntry.queued_at, SpeakerEntry.id)
    )
    return [(entry, who) for entry, who in db.session.execute(statement)]


def units_present(talk_id: int) -> list[int]:
    """Return the households that came and may vote."""
    statement = (
        select(TalkAttendance.unit_id)
        .where(TalkAttendance.talk_id == talk_id, TalkAttendance.unit_id.is_not(None))
        .distinct()
    )
    return sorted(unit_id for unit_id in db.session.scalars(statement) if unit_id)


def find_attendance(*, talk_id: int, person_id: int) -> TalkAttendance | None:
    """Return the person's check-in, or None."""
    return db.session.scalar(
        select(TalkAttendance).where(TalkAttendance.talk_id == talk_id, TalkAttendance.person_id == person_id)
    )


def list_arrivals(talk_id: int, *, limit: int) -> Sequence[TalkAttendance]:
    """Return who came, the latest first."""
    statement = select(TalkAttendance).where(TalkAttendance.talk_id == talk_id)
    return db.session.scalars(
        statement.order_by(TalkAttendance.arrived_at.desc(), TalkAttendance.id.desc()).limit(limit)
    ).all()
