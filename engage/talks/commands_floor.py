"""What people do in the courtyard: arrive, ask for the microphone, propose, and put a question to the vote."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from engage import people, votes
from engage.core import audit
from engage.core.access import Actor
from engage.core.database import transaction
from engage.core.errors import N_
from engage.core.fence import get_in_scope
from engage.core.i18n import day_and_time
from engage.talks import evening, queries, rules
from engage.talks.commands_course import end_speech, ensure_no_vote, talk_in
from engage.talks.models import AgendaItem, Motion, SpeakerEntry, TalkAttendance, TalkNote


def check_in(*, talk_id: int, person_id: int, channel: str, actor: Actor, now: datetime) -> bool:
    """Note that somebody came; returns False when they had been noted already.

    The household they may vote for counts as present. Raises `TalkRefused` before the doors open and after the end.
    """
    with transaction() as session:
        talk = queries.get_talk(talk_id, lock=True)
        rules.ensure_arrivals(state=talk.state, begins=day_and_time(talk.starts_at))
        person = people.get_person(person_id)
        if queries.find_attendance(talk_id=talk.id, person_id=person.id):
            return False
        _ensure_active(person)
        session.add(
            TalkAttendance(
                talk_id=talk.id,
                person_id=person.id,
                unit_id=people.household_of(person.id),
                arrived_at=now,
                channel=channel,
                recorded_by=actor.person_id,
            )
        )
        return True


def queue_to_speak(*, talk_id: int, person_id: int, stance: str, actor: Actor, now: datetime) -> None:
    """Join the queue for the microphone; joining twice is joining once.

    Raises `TalkRefused` for those who have not checked in or had two turns on this point.
    """
    with transaction() as session:
        talk = talk_in(talk_id, "checkin", "in_session")
        _ensure_active(people.get_person(person_id))
        if queries.find_attendance(talk_id=talk.id, person_id=person_id) is None:
            raise rules.TalkRefused(N_("先签到，再排队发言。"))
        entries = queries.list_speakers(talk.id)
        mine = [entry for entry in entries if entry.person_id == person_id]
        if any(entry.state in {"waiting", "speaking"} for entry in mine):
            return
        item = _active_item(talk.id)
        here = item.id if item else None
        rules.ensure_may_queue(turns_here=sum(1 for e in mine if e.state == "done" and e.agenda_item_id == here))
        session.add(
            SpeakerEntry(
                talk_id=talk.id,
                agenda_item_id=here,
                person_id=person_id,
                stance=stance if stance in {"for", "against"} else "open",
                queued_at=now,
                state="waiting",
            )
        )
        audit.record("queued to speak", actor=actor, subject=f"talk:{talk.id}", now=now, person=person_id)


def leave_queue(*, entry_id: int, skipped: bool, actor: Actor, now: datetime) -> None:
    """Take a waiting entry out: withdrawn by the person, or skipped by the chair. Twice is once."""
    with transaction() as session:
        entry = get_in_scope(SpeakerEntry, entry_id)
        talk_in(entry.talk_id, "checkin", "in_session")
        session.refresh(entry)  # it was read before the talk was locked
        wanted = "skipped" if skipped else "withdrawn"
        if entry.state in {"withdrawn", "skipped"}:
            return
        rules.ensure_move(rules.SPEAKER_MOVES, entry.state, wanted)
        entry.state, entry.ended_at = wanted, now
        audit.record(f"{wanted} speaker", actor=actor, subject=f"speaker_entry:{entry.id}", now=now)


def call_next(*, talk_id: int, after: int, actor: Actor, now: datetime) -> int | None:
    """End the speech under way and call the next in the fair order; returns who speaks now.

    `after` is the entry the chair saw at the microphone (0 for none): when somebody else has been called
    meanwhile the tap came late or twice, and nobody is skipped. None when nobody waits.
    """
    with transaction() as session:
        talk = talk_in(talk_id, "in_session")
        entries = queries.list_speakers(talk.id)
        speaking = next((entry for entry in entries if entry.state == "speaking"), None)
        if (speaking.id if speaking else 0) != after:
            return speaking.id if speaking else None
        ensure_no_vote(talk.id, now=now)
        item = _active_item(talk.id)
        end_speech(session, talk.id, now=now)
        order = evening.waiting_order(entries, item_id=item.id if item else None)
        if not order:
            return None
        chosen = next(entry for entry in entries if entry.id == order[0].id)
        chosen.state, chosen.started_at = "speaking", now
        chosen.agenda_item_id = item.id if item else None
        audit.record("called speaker", actor=actor, subject=f"speaker_entry:{chosen.id}", now=now)
        return chosen.id


def finish_speech(*, entry_id: int, actor: Actor, now: datetime) -> None:
    """End a speech without calling the next. Twice is once."""
    with transaction() as session:
        entry = get_in_scope(SpeakerEntry, entry_id)
        talk = talk_in(entry.talk_id, "in_session")
        session.refresh(entry)
        if entry.state == "speaking":
            end_speech(session, talk.id, now=now)
            audit.record("ended speech", actor=actor, subject=f"speaker_entry:{entry_id}", now=now)


def put_motion(*, motion_id: int, secrecy: str, actor: Actor, now: datetime) -> int:
    """Freeze the roll for a motion of the active point and return the vote's id; again is the same vote.

    `secrecy` is "secret" or "open" (the votes room refuses a secret vote of too few households).
    Nobody speaks while a vote is under way. Raises `TalkRefused`, and what the votes room refuses.
    """
    with transaction() as session:
        motion = get_in_scope(Motion, motion_id)
        item = get_in_scope(AgendaItem, motion.agenda_item_id)
        talk = talk_in(item.talk_id, "in_session")
        session.refresh(item)
        known = votes.find_by_subject(queries.subject_of(motion.id), now=now)
        if known:
            return known.id
        if item.state != "active":
            raise rules.TalkRefused(N_("先叫到这一项，再表决。"))
        ensure_no_vote(talk.id, now=now)
        end_speech(session, talk.id, now=now)
        units = queries.units_present(talk.id) if motion.roll == "present" else list(people.units_with_voters())
        motion.put_at = now
        vote_id = votes.prepare(
            kind="household",
            subject=queries.subject_of(motion.id),
            question=motion.text,
            options=motion.options,
            choices_max=1,
            unit_ids=units,
            rule=rules.vote_rule(quorum=talk.quorum, secrecy=secrecy),
            changeable=False,
            actor=actor,
            now=now,
        )
        audit.record("put motion to vote", actor=actor, subject=f"motion:{motion.id}", now=now, units=len(units))
        return vote_id


def note(*, talk_id: int, text: str, actor: Actor, key: str, now: datetime) -> None:
    """Write one line of the evening's record. The same key writes once. Raises `TalkRefused` for an empty line."""
    if not text.strip():
        raise rules.TalkRefused(N_("这一条还是空的，写一句再保存。"), field="text")
    with transaction() as session:
        talk = talk_in(talk_id, "checkin", "in_session", "adjourned")
        known = select(TalkNote.id).where(TalkNote.talk_id == talk.id, TalkNote.key == key[:64])
        if session.scalar(known) is None:
            session.add(
                TalkNote(talk_id=talk.id, person_id=actor.person_id, at=now, text=text.strip()[:200], key=key[:64])
            )


def _ensure_active(person: people.Person) -> None:
    if person.status != "active":
        raise rules.TalkRefused(N_("%(name)s的登记现在停着，请找社区工作人员"), field="who", name=person.name)


def _active_item(talk_id: int) -> AgendaItem | None:
    return next((item for item in queries.list_items(talk_id) if item.state == "active"), None)
