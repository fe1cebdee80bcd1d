"""Planning a talk: its people, its agenda, its notice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage import people, topics
from engage.core import audit, idempotency
from engage.core.access import Actor
from engage.core.database import in_turn, transaction
from engage.core.errors import N_, NotFound
from engage.core.fence import get_in_scope
from engage.talks import queries, rules
from engage.talks.commands_course import talk_in
from engage.talks.models import AgendaItem, Motion, Talk


def plan_talk(
    *,
    title: str,
    place: str,
    starts_at: datetime,
    booked_minutes: int,
    notice_days: int,
    staff: Sequence[int | None],
    actor: Actor,
    key: str,
    now: datetime,
) -> int:
    """Plan a talk and return its id; points put off last time and the topics residents selected are its agenda.

    `staff` is chair, recorder and two tellers, None where not yet named. The same key plans once.
    Raises `TalkRefused` when two of them are one person.
    """
    chair, recorder, *tellers = staff
    rules.ensure_distinct(chair=chair, recorder=recorder, tellers=tellers)
    _ensure_on_roll(staff)
    content = idempotency.fingerprint_of(title=title, place=place, starts_at=starts_at, staff=list(staff))
    with transaction() as session:
        in_turn("talk", community_id=actor.community_id)
        if done := idempotency.recall(actor_id=actor.person_id, key=key, fingerprint=content):
            return int(done["talk_id"])
        last = session.scalar(select(func.max(Talk.number))) or 0
        talk = Talk(
            number=last + 1,
            title=title,
            place=place,
            starts_at=starts_at,
            booked_minutes=booked_minutes,
            notice_days=notice_days,
            state="draft",
            chair_id=chair,
            recorder_id=recorder,
            first_teller_id=tellers[0],
            second_teller_id=tellers[1],
            planned_by=actor.person_id,
            created_at=now,
        )
        session.add(talk)
        session.flush()
        _prefill(session, talk, now=now)
        audit.record("planned talk", actor=actor, subject=f"talk:{talk.id}", now=now, number=talk.number)
        idempotency.remember(
            actor_id=actor.person_id, key=key, fingerprint=content, outcome={"talk_id": talk.id}, now=now
        )
        return talk.id


def _ensure_on_roll(staff: Sequence[int | None]) -> None:
    """Refuse people who are not here, or not any more. Raises `NotFound`, `TalkRefused`."""
    named = {person_id for person_id in staff if person_id is not None}
    found = people.persons_of(named)
    if set(found) != named:
        raise NotFound
    for person in found.values():
        if person.status != "active":
            raise rules.TalkRefused(N_("%(name)s的登记现在停着，请找社区工作人员"), field="chair_id", name=person.name)


def _prefill(session: Session, talk: Talk, *, now: datetime) -> None:
    """Write what was put off first (talks §5.4 24), then what the residents selected, in their order."""
    selected = topics.list_selected()
    wanted = [(item.topic_id, item.title, item.minutes) for item in queries.list_deferred()]
    wanted += [(topic.id, topic.title, topic.minutes) for topic in selected]
    for position, (topic_id, title, minutes) in enumerate(wanted, start=1):
        session.add(
            AgendaItem(
                talk_id=talk.id,
                topic_id=topic_id,
                title=title[:60],
                minutes=minutes,
                position=position,
                state="pending",
            )
        )
    if selected:
        topics.mark_scheduled(topic_ids=[topic.id for topic in selected], talk_id=talk.id, now=now)


def name_staff(*, talk_id: int, staff: Sequence[int | None], actor: Actor, now: datetime) -> None:
    """Name chair, recorder and two tellers before the doors open. Raises `TalkRefused`."""
    chair, recorder, *tellers = staff
    rules.ensure_distinct(chair=chair, recorder=recorder, tellers=tellers)
    _ensure_on_roll(staff)
    with transaction():
        talk = talk_in(talk_id, "draft", "noticed")
        talk.chair_id, talk.recorder_id = chair, recorder
        talk.first_teller_id, talk.second_teller_id = tellers
        audit.record("named staff of talk", actor=actor, subject=f"talk:{talk_id}", now=now)


def add_item(*, talk_id: int, title: str, minutes: int, actor: Actor, key: str, now: datetime) -> int:
    """Add a point of the office's own at the end of the agenda; returns its id. The same key adds once."""
    content = idempotency.fingerprint_of(talk_id=talk_id, title=title, minutes=minutes)
    with transaction() as session:
        if done := idempotency.recall(actor_id=actor.person_id, key=key, fingerprint=content):
            return int(done["item_id"])
        talk = talk_in(talk_id, "draft", "noticed", "checkin", "in_session")
        last = session.scalar(select(func.max(AgendaItem.position)).where(AgendaItem.talk_id == talk.id)) or 0
        item = AgendaItem(talk_id=talk.id, title=title, minutes=minutes, position=last + 1, state="pending")
        session.add(item)
        session.flush()
        audit.record("added agenda item", actor=actor, subject=f"talk:{talk.id}", now=now, item=item.id)
        idempotency.remember(
            actor_id=actor.person_id, key=key, fingerprint=content, outcome={"item_id": item.id}, now=now
        )
        return item.id


def add_motion(
    *, item_id: int, text: str, options: Sequence[str], owner_text: str, roll: str, actor: Actor, now: datetime
) -> int:
    """Write a motion under an agenda point and return its id; the same words again are the same motion."""
    with transaction() as session:
        item = get_in_scope(AgendaItem, item_id)
        talk_in(item.talk_id, "draft", "noticed", "checkin", "in_session")
        session.refresh(item)  # it was read before the talk was locked
        same = select(Motion).where(Motion.agenda_item_id == item.id, Motion.text == text, Motion.put_at.is_(None))
        if known := session.scalars(same).first():
            return known.id
        if item.state in {"done", "deferred"}:
            raise rules.TalkRefused(N_("这一项已经议完了，不能再加动议。"))
        motion = Motion(
            agenda_item_id=item.id,
            text=text,
            options=list(options),
            owner_text=owner_text,
            roll=roll,
            proposed_by=actor.person_id,
            created_at=now,
        )
        session.add(motion)
        session.flush()
        audit.record("added motion", actor=actor, subject=f"motion:{motion.id}", now=now)
        return motion.id


def publish_notice(*, talk_id: int, actor: Actor, now: datetime) -> None:
    """Put up the notice: agenda, time, place and the quorum are fixed. Twice is once. Raises `TalkRefused`."""
    with transaction() as session:
        talk = queries.get_talk(talk_id, lock=True)
        if talk.state == "noticed":
            return
        rules.ensure_move(rules.TALK_MOVES, talk.state, "noticed")
        items = session.scalar(select(func.count(AgendaItem.id)).where(AgendaItem.talk_id == talk.id)) or 0
        rules.ensure_noticeable(items=items, starts_at=talk.starts_at, notice_days=talk.notice_days, now=now)
        talk.state, talk.noticed_at = "noticed", now
        talk.quorum = rules.quorum_of(units=len(people.units_with_voters()))
        audit.record("noticed talk", actor=actor, subject=f"talk:{talk.id}", now=now, quorum=talk.quorum)


def cancel_talk(*, talk_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """Call a planned talk off, with a reason people can read. Raises `TalkRefused`."""
    if not reason.strip():
        raise rules.TalkRefused(N_("写一句为什么取消，邻居们要看。"), field="reason")
    with transaction():
        talk = queries.get_talk(talk_id, lock=True)
        if talk.state == "cancelled":
            return
        rules.ensure_move(rules.TALK_MOVES, talk.state, "cancelled")
        talk.state, talk.cancel_reason = "cancelled", reason.strip()[:120]
        for item in queries.list_items(talk.id):  # so that the next plan takes them up again
            item.state, item.ended_at = "deferred", now
        audit.record("cancelled talk", actor=actor, subject=f"talk:{talk.id}", now=now, reason=talk.cancel_reason)
