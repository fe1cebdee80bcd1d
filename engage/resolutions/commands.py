"""From a carried motion to "done": adopt, assign, accept, tell, report."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import force_locale
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage import people, talks, topics
from engage.core import audit, clock
from engage.core.access import Actor
from engage.core.database import in_turn, transaction
from engage.core.errors import N_
from engage.core.i18n import LANGUAGES
from engage.resolutions import queries, rules
from engage.resolutions.models import Resolution, ResolutionProgress


def adopt(*, motion_id: int, actor: Actor, now: datetime) -> int:
    """Make a carried motion a resolution and return its id; a motion is adopted once.

    Raises `ResolutionRefused` for a motion that was not carried.
    """
    with transaction() as session:
        year = clock.local_date(now).year
        in_turn("resolution", community_id=actor.community_id)
        last = session.scalar(select(func.max(Resolution.sequence)).where(Resolution.year == year)) or 0
        known = session.scalar(select(Resolution.id).where(Resolution.motion_id == motion_id))
        if known:
            return known
        # What is stored is in the community's own language, whoever presses the button in whichever.
        with force_locale(LANGUAGES["zh"]):
            motion = talks.find_decided(motion_id, now=now)
        if motion is None or motion.decided_at is None or motion.outcome is None:
            raise rules.ResolutionRefused(N_("只有表决通过的动议才能立成决议。"))
        row = Resolution(
            motion_id=motion.id,
            year=year,
            sequence=last + 1,
            title=motion.text,
            text=motion.outcome.sentence,
            talk_number=motion.talk_number,
            decided_on=clock.local_date(motion.decided_at),
            owner_text=motion.owner_text,
            state="adopted",
            created_at=now,
        )
        session.add(row)
        session.flush()
        if motion.topic_id:
            topics.mark_resolved(topic_id=motion.topic_id, now=now)
        _step(session, row, kind="adopted", text=motion.outcome.sentence, actor=actor, key="adopted", now=now)
        return row.id


def assign(
    *, resolution_id: int, owner_id: int, owner_text: str, due_on: date | None, actor: Actor, now: datetime
) -> None:
    """Name who does it and by when; until it is accepted this may be done again. Raises `ResolutionRefused`."""
    day = rules.ensure_assignable(owner_text=owner_text, due_on=due_on, today=clock.local_date(now))
    with transaction() as session:
        row = queries.get_resolution(resolution_id, lock=True)
        person = people.get_person(owner_id)
        if person.status != "active":
            raise rules.ResolutionRefused(
                N_("%(name)s的登记现在停着，请找社区工作人员"), field="owner", name=person.name
            )
        if (row.state, row.owner_id, row.owner_text, row.due_on) == ("assigned", person.id, owner_text, day):
            return
        rules.ensure_move(row.state, "assigned")
        row.state, row.owner_id, row.owner_text, row.due_on = "assigned", person.id, owner_text, day
        key = f"assigned-{now.isoformat()}"
        _step(session, row, kind="assigned", text=owner_text, due_on=day, actor=actor, key=key, now=now)


def accept(*, resolution_id: int, actor: Actor, now: datetime) -> None:
    """Take the work on; only the owner can. Twice is once. Raises `ResolutionRefused`."""
    _advance(resolution_id, "accepted", text="", actor=actor, now=now)


def begin(*, resolution_id: int, actor: Actor, now: datetime) -> None:
    """Start the work; only the owner can. Twice is once. Raises `ResolutionRefused`."""
    _advance(resolution_id, "in_progress", text="", actor=actor, now=now)


def report_done(*, resolution_id: int, text: str, actor: Actor, now: datetime) -> None:
    """Say that it is done and what can be seen of it; the neighbours judge. Raises `ResolutionRefused`."""
    rules.ensure_told(text)
    _advance(resolution_id, "reported_done", text=text, actor=actor, now=now)


def tell(*, resolution_id: int, text: str, actor: Actor, key: str, now: datetime) -> None:
    """Add news that change no state. The same key adds once. Raises `ResolutionRefused`."""
    rules.ensure_told(text)
    with transaction() as session:
        row = queries.get_resolution(resolution_id, lock=True)
        rules.ensure_owner(owner_id=row.owner_id, actor_id=actor.person_id)
        known = select(ResolutionProgress.id).where(
            ResolutionProgress.resolution_id == row.id, ResolutionProgress.key == key[:64]
        )
        if session.scalar(known) is None:
            _step(session, row, kind="note", text=text, actor=actor, key=key[:64], now=now)


def _advance(resolution_id: int, wanted: str, *, text: str, actor: Actor, now: datetime) -> None:
    with transaction() as session:
        row = queries.get_resolution(resolution_id, lock=True)
        rules.ensure_owner(owner_id=row.owner_id, actor_id=actor.person_id)
        if row.state == wanted:
            return
        rules.ensure_move(row.state, wanted)
        row.state = wanted
        _step(session, row, kind=wanted, text=text, actor=actor, key=wanted, now=now)


def _step(
    session: Session,
    row: Resolution,
    *,
    kind: str,
    text: str,
    actor: Actor,
    key: str,
    now: datetime,
    due_on: date | None = None,
) -> None:
    session.add(
        ResolutionProgress(
            resolution_id=row.id,
            actor_id=actor.person_id,
            at=now,
            kind=kind,
            text=text[:400],
            due_on=due_on,
            key=key,
        )
    )
    audit.record(f"resolution {kind}", actor=actor, subject=f"resolution:{row.id}", now=now)
