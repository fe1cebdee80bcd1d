"""The evening's record, told from stored rows: nothing in it was typed but the recorder's own lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from engage import votes
from engage.core.database import db
from engage.core.i18n import _
from engage.talks.evening import Evening, Point
from engage.talks.models import Motion, TalkNote


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the record; `at` is UTC."""

    at: datetime
    text: str


def record_of(picture: Evening, *, limit: int = 40) -> list[Line]:
    """Return what happened in an evening, newest first, at most `limit` lines."""
    talk = picture.talk
    lines = [Line(at=talk.started_at, text=_("开场。"))] if talk.started_at else []
    if talk.adjourned_at:
        lines.append(Line(at=talk.adjourned_at, text=_("散会。")))
    for point in picture.points:
        lines += _lines_about(point)
    lines += [Line(at=speech.at, text=_("%(name)s发言。", name=speech.name)) for speech in picture.speeches]
    for point in picture.points:
        for motion in point.motions:
            lines += _lines_of(motion, point.cards.get(motion.id))
    notes = db.session.scalars(select(TalkNote).where(TalkNote.talk_id == talk.id))
    lines += [Line(at=note.at, text=note.text) for note in notes]
    return sorted(lines, key=lambda line: line.at, reverse=True)[:limit]


def _lines_about(point: Point) -> list[Line]:
    lines = []
    if point.started_at:
        lines.append(
            Line(at=point.started_at, text=_("开始议第%(number)s项：%(title)s", number=point.number, title=point.title))
        )
    if point.state == "deferred" and point.ended_at:
        lines.append(
            Line(
                at=point.ended_at, text=_("第%(number)s项放到下一期：%(title)s", number=point.number, title=point.title)
            )
        )
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
