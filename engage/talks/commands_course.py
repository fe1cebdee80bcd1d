"""Leading the evening: doors, start, one point after the other, the last word."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engage import votes
from engage.core import audit
from engage.core.access import Actor
from engage.core.database import transaction
from engage.core.errors import N_
from engage.core.fence import get_in_scope
from engage.talks import queries, rules
from engage.talks.models import AgendaItem, SpeakerEntry, Talk


def open_doors(*, talk_id: int, actor: Actor, now: datetime) -> None:
    """Start the check-in: from here on people arrive. Needs the four roles filled. Raises `TalkRefused`."""
    with transaction():
        talk = queries.get_talk(talk_id, lock=True)
        if talk.state == "checkin":
            return
        rules.ensure_move(rules.TALK_MOVES, talk.state, "checkin")
        rules.ensure_staffed(
            chair=talk.chair_id, recorder=talk.recorder_id, tellers=(talk.first_teller_id, talk.second_teller_id)
        )
        talk.state = "checkin"
        audit.record("opened doors of talk", actor=actor, subject=f"talk:{talk.id}", now=now)


def start_talk(*, talk_id: int, actor: Actor, now: datetime) -> None:
    """Open the evening; the clock of the agenda runs from here. Raises `TalkRefused`."""
    with transaction():
        talk = queries.get_talk(talk_id, lock=True)
        if talk.state == "in_session":
            return
        rules.ensure_move(rules.TALK_MOVES, talk.state, "in_session")
        talk.state, talk.started_at = "in_session", now
        audit.record("started talk", actor=actor, subject=f"talk:{talk.id}", now=now)


def activate_item(*, item_id: int, actor: Actor, now: datetime) -> None:
    """Call the next point: the one before is done. Calling the active one again changes nothing.

    Raises `TalkRefused` while a vote is under way or the point was already dealt with.
    """
    with transaction() as session:
        item = get_in_scope(AgendaItem, item_id)
        talk = talk_in(item.talk_id, "in_session")
        session.refresh(item)
        items = queries.list_items(talk.id)
        if item.state == "active":
            return
        rules.ensure_move(rules.ITEM_MOVES, item.state, "active")
        ensure_no_vote(talk.id, now=now)
        end_speech(session, talk.id, now=now)
        for other in items:
            if other.state == "active":
                other.state, other.ended_at = "done", now
        session.flush()  # the database allows one active point: end the old one before the new one begins
        item.state, item.started_at = "active", now
        audit.record("called agenda item", actor=actor, subject=f"agenda_item:{item.id}", now=now)


def defer_item(*, item_id: int, actor: Actor, now: datetime) -> None:
    """Put a point off: it heads the next agenda (talks §5.2). Raises `TalkRefused`."""
    with transaction() as session:
        item = get_in_scope(AgendaItem, item_id)
        talk = talk_in(item.talk_id, "in_session")
        session.refresh(item)
        if item.state == "deferred":
            return
        rules.ensure_move(rules.ITEM_MOVES, item.state, "deferred")
        if item.state == "active":
            ensure_no_vote(talk.id, now=now)
            end_speech(session, talk.id, now=now)
        item.state, item.ended_at = "deferred", now
        audit.record("deferred agenda item", actor=actor, subject=f"agenda_item:{item.id}", now=now)


def adjourn_talk(*, talk_id: int, actor: Actor, now: datetime) -> None:
    """End the evening: the active point is done, what was not reached heads the next agenda.

    Raises `TalkRefused` while a vote is under way; an open speech simply ends.
    """
    with transaction() as session:
        talk = queries.get_talk(talk_id, lock=True)
        if talk.state == "adjourned":
            return
        rules.ensure_move(rules.TALK_MOVES, talk.state, "adjourned")
        ensure_no_vote(talk.id, now=now)
        end_speech(session, talk.id, now=now)
        for entry in queries.list_speakers(talk.id):
            if entry.state == "waiting":
                entry.state, entry.ended_at = "skipped", now
        for item in queries.list_items(talk.id):
            if item.state in {"active", "pending"}:
                item.state = "done" if item.state == "active" else "deferred"
                item.ended_at = now
        talk.state, talk.adjourned_at = "adjourned", now
        audit.record("adjourned talk", actor=actor, subject=f"talk:{talk.id}", now=now)


def talk_in(talk_id: int, *states: str) -> Talk:
    """Return the talk, locked, if it is in one of the states. Raises `NotFound`, `TalkRefused`."""
    talk = queries.get_talk(talk_id, lock=True)
    if talk.state not in states:
        raise rules.TalkRefused(N_("这一步现在办不了，请刷新看看到哪一步了。"))
    return talk


def ensure_no_vote(talk_id: int, *, now: datetime) -> None:
    """Refuse while a vote of this talk is under way. Raises `TalkRefused`."""
    motions = [motion for motion in queries.list_motions(talk_id) if motion.put_at]
    cards = votes.cards_of([queries.subject_of(motion.id) for motion in motions], now=now)
    if any(card.state in {"frozen", "open", "closing"} for card in cards.values()):
        raise rules.TalkRefused(N_("表决还没结束。先结束表决，念了结果再走下一步。"))


def end_speech(session: Session, talk_id: int, *, now: datetime) -> None:
    """End the speech under way, if any."""
    entry = session.scalar(
        select(SpeakerEntry).where(SpeakerEntry.talk_id == talk_id, SpeakerEntry.state == "speaking")
    )
    if entry:
        entry.state, entry.ended_at = "done", now
        session.flush()
