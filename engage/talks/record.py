"""The evening's record, told from stored rows: nothing in it was typed but the recorder's own lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from engage import guardians, people, votes
from engage.core import clock
from engage.core.database import db
from engage.core.i18n import _
from engage.talks import queries
from engage.talks.models import Motion, TalkNote


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the record; `at` is UTC."""

    at: datetime
    text: str


def record_of(talk_id: int, *, now: datetime, limit: int = 40) -> list[Line]:
    """Return what happened, newest first, at most `limit` lines."""
    talk = queries.get_talk(talk_id)
    lines = [Line(at=talk.started_at, text=_("开场。"))] if talk.started_at else []
    if talk.adjourned_at:
        lines.append(Line(at=talk.adjourned_at, text=_("散会。")))
    lines += _agenda_lines(talk_id) + _speech_lines(talk_id) + _vote_lines(talk_id, now=now)
    notes = db.session.scalars(select(TalkNote).where(TalkNote.talk_id == talk_id))
    lines += [Line(at=note.at, text=note.text) for note in notes]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:limit]


def _agenda_lines(talk_id: int) -> list[Line]:
    lines = []
    for number, item in enumerate(queries.list_items(talk_id), start=1):
        if item.started_at:
            lines.append(
                Line(at=item.started_at, text=_("开始议第%(number)s项：%(title)s", number=number, title=item.title))
            )
        if item.state == "deferred" and item.ended_at:
            lines.append(
                Line(at=item.ended_at, text=_("第%(number)s项放到下一期：%(title)s", number=number, title=item.title))
            )
    return lines


def _speech_lines(talk_id: int) -> list[Line]:
    spoken = [entry for entry in queries.list_speakers(talk_id) if entry.started_at]
    persons = people.persons_of([entry.person_id for entry in spoken])
    return [
        Line(at=entry.started_at, text=_("%(name)s发言。", name=_listed(persons[entry.person_id], entry.started_at)))
        for entry in spoken
        if entry.started_at
    ]


def _listed(person: people.Person, at: datetime) -> str:
    return guardians.name_for_all(person, on=clock.local_date(at))


def _vote_lines(talk_id: int, *, now: datetime) -> list[Line]:
    motions = [motion for motion in queries.list_motions(talk_id) if motion.put_at]
    cards = votes.cards_of([queries.subject_of(motion.id) for motion in motions], now=now)
    lines: list[Line] = []
    for motion in motions:
        lines += _lines_of(motion, cards.get(queries.subject_of(motion.id)))
    return lines


def _lines_of(motion: Motion, card: votes.VoteCard | None) -> list[Line]:
    if card is None:
        return []
    lines = []
    if card.opened_at:
        lines.append(Line(at=card.opened_at, text=_("开始表决：%(text)s", text=motion.text)))
    if card.outcome and card.deadline:
        lines.append(Line(at=card.deadline, text=_("表决结束。%(sentence)s", sentence=card.outcome.sentence)))
    return lines
