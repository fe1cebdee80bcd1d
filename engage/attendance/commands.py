"""Checking in and out: by a live code, or scanned by the leader. Every command may be sent twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from engage import activities, guardians, people
from engage.activities import CodeSeed, ShiftCard
from engage.attendance import codes, rules, scans
from engage.attendance.rules import CodeMatch, CodeRefused, Grade, Kind, RollRefused
from engage.core import limits
from engage.core.access import Actor
from engage.core.database import transaction
from engage.core.errors import N_


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What is durably in the book. `at` is the time that counts, UTC."""

    shift_id: int
    person_id: int
    kind: Kind
    at: datetime
    grade: str
    #: True when it had been recorded before
    again: bool


@dataclass(frozen=True, kw_only=True)
class Handed:
    """A code as it was handed in."""

    digits: str
    client_event_id: str
    medium: str = "typed"
    #: waited in the phone without signal
    stored: bool = False
    #: what the phone's clock says, if it says anything
    claimed_at: datetime | None = None
    #: proof that the same person opened the code while it was live
    ticket: str = ""


def check_in_with_code(*, shift_id: int, handed: Handed, actor: Actor, now: datetime) -> Receipt:
    """Check the actor in or out with a live code of this shift; the code says which. Same direction, same answer.

    Raises `CodeRefused` for a wrong or expired code, and after five wrong ones for every code (service-points §4.1).
    """
    seed = activities.seed_of(shift_id=shift_id, now=now)
    if seed.shift.cancelled:
        raise CodeRefused(N_("这一班取消了，不用签到"), field="code")
    if handed.medium == "typed":
        _ensure_can_be_a_code(handed.digits)
    _ensure_minor_may(seed.shift, person_id=actor.person_id, born=actor.birth_year, name=actor.name, now=now)
    with transaction() as session:
        receipt = _judge_and_write(session.connection(), seed=seed, handed=handed, actor=actor, now=now)
    if receipt is None:  # raised out here: the count of wrong tries must stay
        raise CodeRefused(N_("这个码不对，看着屏幕再输一遍"), field="code")
    return receipt


def _ensure_can_be_a_code(typed: str) -> None:
    """Refuse a slip of the finger; it is not one of the five wrong tries, for it could not have been right."""
    if not (typed.isascii() and typed.isdigit()):
        raise CodeRefused(N_("要六位数字，看着屏幕再输一遍"), field="code")
    if len(typed) not in {rules.TYPED_DIGITS, rules.QR_DIGITS}:
        raise CodeRefused(N_("要六位数字，您输了%(count)s位"), field="code", count=len(typed))


def _ensure_minor_may(shift: ShiftCard, *, person_id: int, born: int | None, name: str, now: datetime) -> None:
    """Refuse night patrols and service without a guardian's yes also to a minor who just walks up (service-points §5.7)."""
    activities.ensure_old_enough(kind=shift.kind, starts_at=shift.starts_at, ends_at=shift.ends_at, birth_year=born)
    guardians.ensure_consented(person_id, born=born, name=name, now=now)


def _judge_and_write(
    connection: Connection, *, seed: CodeSeed, handed: Handed, actor: Actor, now: datetime
) -> Receipt | None:
    shift, key = seed.shift, f"code:{actor.community_id}:{seed.shift.id}:{actor.person_id}"
    match = codes.book_of(seed).find(handed.digits)
    wrong = limits.named(key, since=shift.starts_at)
    found = scans.look(connection, shift_id=shift.id, person_id=actor.person_id, tries=wrong)
    row = found if found.id is not None else None
    if match is not None and row is not None and scans.has(row, match.kind):
        at = row.started_at if match.kind is Kind.IN else row.ended_at
        return _receipt(shift, actor.person_id, kind=match.kind, at=at, grade=row.grade, again=True)
    if found.tries >= rules.MOST_TRIES:
        raise CodeRefused(N_("错了五次，这一班不能再输码了。请组长扫您的证件"), field="code")
    if match is None:
        limits.add_try(key, since=shift.starts_at)
        return None
    verdict = _judged(match, shift=shift, handed=handed, actor=actor, now=now)
    scans.write(
        connection,
        scans.Arrival(
            shift=shift,
            person_id=actor.person_id,
            by_person_id=actor.person_id,
            device_id=actor.device_id,
            client_event_id=handed.client_event_id[:64],
            medium=handed.medium,
            kind=match.kind,
            slot_time=match.slot_time,
            claimed_at=handed.claimed_at,
            received_at=now,
            effective_at=verdict.at,
            grade=verdict.grade,
            flags=verdict.flags,
        ),
        known=row,
        signed_up=found.joined or shift.leader_id == actor.person_id,
    )
    return _receipt(shift, actor.person_id, kind=match.kind, at=verdict.at, grade=verdict.grade.value, again=False)


def _judged(match: CodeMatch, *, shift: ShiftCard, handed: Handed, actor: Actor, now: datetime) -> rules.Verdict:
    seen = codes.seen_at(handed.ticket, shift_id=shift.id, person_id=actor.person_id, code=handed.digits)
    return rules.judge_code(match, now=now, seen_at=seen, stored=handed.stored)


def check_in_person(
    *,
    shift_id: int,
    person_id: int,
    kind: Kind,
    medium: str,
    client_event_id: str,
    actor: Actor,
    now: datetime,
    shown: people.Shown | None = None,
) -> Receipt:
    """Check somebody in or out as the leader: `medium` is "card" (scanned), "number" (typed) or "mark" (ticked).

    `shown` is the card or phone code that was scanned; it is used up in the same transaction (invariant 10, K4).

    A scanned card is the best evidence; what was typed or ticked is recorded as by hand (service-points §4.3).
    Raises `RollRefused` outside the shift's hours, `Forbidden` for anybody who does not lead it.
    """
    shift = activities.get_shift(shift_id)
    activities.ensure_leads(shift, actor=actor)
    ensure_roll_open(shift, now=now)
    if not people.ids_within([person_id], reach=activities.reach_over(shift, actor=actor)):
        raise RollRefused(N_("这位不住在您的网格里，请这一班的组长来签"))
    signed_up = activities.is_joined(shift_id, person_id) or person_id == shift.leader_id
    grade = Grade.DESK_SCAN if medium == "card" and person_id != actor.person_id else Grade.BY_HAND
    with transaction() as session:
        connection = session.connection()
        person = people.get_person(person_id)
        if person.status != "active":
            raise RollRefused(N_("%(name)s的登记现在停着，请找社区工作人员"), name=person.name)
        _ensure_minor_may(shift, person_id=person.id, born=person.birth_year, name=person.name, now=now)
        row = scans.find_session(connection, shift_id=shift_id, person_id=person_id)
        if row is not None and scans.has(row, kind):
            at = row.started_at if kind is Kind.IN else row.ended_at
            return _receipt(shift, person_id, kind=kind, at=at, grade=row.grade, again=True)
        if kind is Kind.OUT and row is None:
            raise RollRefused(N_("%(name)s还没签到，先签到再签退"), name=person.name)
        if shown is not None:
            people.use_medium(shown, event=client_event_id, now=now)
        scans.write(
            connection,
            scans.Arrival(
                shift=shift,
                person_id=person_id,
                by_person_id=actor.person_id,
                device_id=actor.device_id,
                client_event_id=client_event_id[:64],
                medium=medium,
                kind=kind,
                slot_time=None,
                claimed_at=None,
                received_at=now,
                effective_at=now,
                grade=grade,
                flags=(),
                medium_id=shown.medium_id if shown else None,
            ),
            known=row,
            signed_up=signed_up,
        )
    return _receipt(shift, person_id, kind=kind, at=now, grade=grade.value, again=False)


def ensure_roll_open(shift: ShiftCard, *, now: datetime) -> None:
    """Refuse scanning people long before or after the shift. Raises `RollRefused`."""
    if shift.cancelled:
        raise RollRefused(N_("这一班取消了"))
    if now < shift.starts_at - rules.CODES_EARLY:
        raise RollRefused(N_("还早，开始前一小时才能签到"))
    if now >= shift.ends_at + rules.CODES_LATE:
        raise RollRefused(N_("结束一个多小时了，不能再扫码。没签退的人，在名单里补走的时间"))


def _receipt(shift: ShiftCard, person_id: int, *, kind: Kind, at: datetime, grade: str, again: bool) -> Receipt:
    return Receipt(shift_id=shift.id, person_id=person_id, kind=kind, at=at, grade=grade, again=again)
