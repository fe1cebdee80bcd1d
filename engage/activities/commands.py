"""Planning activities and putting people down for them. The shift's row is locked first: nobody is seated twice (C9)."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engage import guardians, people, teams
from engage.activities import queries, rules
from engage.activities.models import Activity, Shift, SignUp
from engage.activities.rules import JoinRefused, Plan, PlanRefused, SignUpState
from engage.activities.writers import ensure_may_write_for
from engage.core import audit, clock, idempotency
from engage.core.access import Actor
from engage.core.database import transaction
from engage.core.errors import N_, DomainError
from engage.core.fence import get_in_scope


class CancelRefused(DomainError):
    """The shift cannot be called off like this."""


@dataclass(frozen=True, kw_only=True)
class SignUpReceipt:
    """What stands in the book now; `promoted` are persons who moved up from the waiting list."""

    shift_id: int
    person_id: int
    state: SignUpState
    promoted: tuple[int, ...] = ()


def plan_activity(*, plan: Plan, actor: Actor, key: str, now: datetime) -> list[int]:
    """Publish an activity with one shift a week; returns the shifts' ids. The same key plans nothing twice.

    Raises `PlanRefused`.
    """
    rules.ensure_plan(plan, now=now)
    fingerprint = idempotency.fingerprint_of(plan=plan)
    with transaction() as session:
        if done := idempotency.recall(actor_id=actor.person_id, key=key, fingerprint=fingerprint):
            return list(done["shifts"])
        activity = Activity(created_by=actor.person_id, created_at=now, **_activity_columns(plan))
        session.add(activity)
        session.flush()
        shifts = [
            Shift(
                activity_id=activity.id,
                starts_at=start,
                ends_at=end,
                capacity=plan.capacity,
                joined=0,
                token=base64.b32encode(secrets.token_bytes(10)).decode(),
                secret=secrets.token_bytes(32),
            )
            for start, end in rules.dates_of(plan)
        ]
        session.add_all(shifts)
        session.flush()
        ids = [shift.id for shift in shifts]
        audit.record("planned", actor=actor, subject=f"activity:{activity.id}", now=now, shifts=ids)
        idempotency.remember(
            actor_id=actor.person_id, key=key, fingerprint=fingerprint, outcome={"shifts": ids}, now=now
        )
        return ids


def change_shift(*, shift_id: int, plan: Plan, actor: Actor, now: datetime) -> list[int]:
    """Change one shift (and the words of its activity); more places let the waiting list move up.

    Returns who moved up. Raises `PlanRefused`.
    """
    rules.ensure_plan(plan, now=now)
    with transaction() as session:
        shift = get_in_scope(Shift, shift_id, lock=True)
        if shift.cancelled_at is not None:
            raise PlanRefused(N_("这一班已经取消，改不了了。要办就新排一班"))
        if plan.capacity < shift.joined:
            raise PlanRefused(N_("已经报了%(joined)s人，人数不能再少"), field="capacity", joined=shift.joined)
        activity = get_in_scope(Activity, shift.activity_id)
        for name, value in _activity_columns(plan).items():
            setattr(activity, name, value)
        ((shift.starts_at, shift.ends_at),) = rules.dates_of(plan)[:1]
        shift.capacity = plan.capacity
        if not (session.is_modified(shift) or session.is_modified(activity)):  # the same form once more
            return []
        promoted = _promote(session, shift, now=now)
        audit.record("changed", actor=actor, subject=f"shift:{shift_id}", now=now)
    queries.forget_seeds()
    return promoted


def cancel_shift(*, shift_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """Call one shift off, with a reason people will read. A second time changes nothing. Raises `CancelRefused`."""
    if not reason:
        raise CancelRefused(N_("写一句为什么取消，报名的人会看到"), field="reason")
    with transaction():
        shift = get_in_scope(Shift, shift_id, lock=True)
        if shift.cancelled_at is not None:
            return
        if now >= shift.ends_at:
            raise CancelRefused(N_("这一班已经结束，取消不了。时长不对的话，请在审核里退回"))
        shift.cancelled_at, shift.cancelled_by, shift.cancel_reason = now, actor.person_id, reason[:120]
        audit.record("cancelled", actor=actor, subject=f"shift:{shift_id}", now=now, joined=shift.joined)
    queries.forget_seeds()


def sign_up(*, shift_id: int, person_id: int, actor: Actor, now: datetime) -> SignUpReceipt:
    """Put a person down: joined while there is room, else on the waiting list. Asking twice gives the same answer.

    A minor is put down only with a guardian's yes on record; the guardian may do it for them.
    Raises `JoinRefused`, `guardians.NeedsGuardian`, `Forbidden` when it is done for somebody else without leading shifts.
    """
    with transaction() as session:
        shift = get_in_scope(Shift, shift_id, lock=True)
        actor = ensure_may_write_for(person_id, shift=queries.get_shift(shift_id), actor=actor, now=now)
        person = people.get_person(person_id)
        row = _find_row(session, shift_id=shift_id, person_id=person_id)
        if row is not None and row.state in {SignUpState.JOINED, SignUpState.WAITLISTED}:
            return SignUpReceipt(shift_id=shift_id, person_id=person_id, state=SignUpState(row.state))
        activity = get_in_scope(Activity, shift.activity_id)
        if person.status != "active":
            raise JoinRefused(N_("%(name)s的登记现在停着，请找社区工作人员"), name=person.name)
        guardians.ensure_consented(person_id, born=person.birth_year, name=person.name, now=now)
        rules.ensure_can_join(
            kind=activity.kind,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            cancelled=shift.cancelled_at is not None,
            birth_year=person.birth_year,
            now=now,
        )
        if activity.required_training:
            day = clock.local_date(shift.starts_at)
            teams.ensure_qualified(person_id=person_id, name=person.name, kind=activity.required_training, on=day)
        state = SignUpState.JOINED if shift.joined < shift.capacity else SignUpState.WAITLISTED
        number = _next_queue_no(session, shift_id)
        if row is None:
            row = SignUp(shift_id=shift_id, person_id=person_id)
            session.add(row)
        row.state, row.queue_no = state.value, number
        row.recorded_by = actor.person_id if actor.person_id != person_id else None
        row.changed_at = now
        if state is SignUpState.JOINED:
            shift.joined += 1
        _note(state.value, shift_id=shift_id, person_id=person_id, actor=actor, now=now)
        return SignUpReceipt(shift_id=shift_id, person_id=person_id, state=state)


def cannot_come(*, shift_id: int, person_id: int, actor: Actor, now: datetime) -> SignUpReceipt:
    """Take a person off a shift (or off its waiting list); the first in line moves up. Twice is not an error.

    Raises `JoinRefused` when the shift is over, `Forbidden` as `sign_up`.
    """
    with transaction() as session:
        shift = get_in_scope(Shift, shift_id, lock=True)
        actor = ensure_may_write_for(person_id, shift=queries.get_shift(shift_id), actor=actor, now=now)
        row = _find_row(session, shift_id=shift_id, person_id=person_id)
        if row is None or row.state in {SignUpState.CANNOT_COME, SignUpState.WITHDRAWN}:
            state = SignUpState(row.state) if row else SignUpState.WITHDRAWN
            return SignUpReceipt(shift_id=shift_id, person_id=person_id, state=state)
        if now >= shift.ends_at:
            raise JoinRefused(N_("这一班已经结束，不用退了"))
        promoted = leave_shift(session, shift, row, actor=actor, now=now)
        return SignUpReceipt(
            shift_id=shift_id, person_id=person_id, state=SignUpState(row.state), promoted=tuple(promoted)
        )


def leave_shift(session: Session, shift: Shift, row: SignUp, *, actor: Actor, now: datetime) -> list[int]:
    """Free a person's place on a locked shift inside the caller's transaction; returns who moves up."""
    was_joined = row.state == SignUpState.JOINED
    row.state = (SignUpState.CANNOT_COME if was_joined else SignUpState.WITHDRAWN).value
    row.changed_at = now
    shift.joined -= was_joined
    # The seat is free in the database before anybody moves into it: the CHECK holds at every step.
    session.flush()
    promoted = _promote(session, shift, now=now)
    _note(row.state, shift_id=row.shift_id, person_id=row.person_id, actor=actor, now=now)
    return promoted


def _activity_columns(plan: Plan) -> dict[str, object]:
    leader = people.find_by_member_no(plan.leader_no)
    if leader is None:
        raise PlanRefused(N_("没有编号%(number)s的人，再看一眼证件"), field="leader_no", number=f"{plan.leader_no:04d}")
    if leader.status != "active":
        raise PlanRefused(N_("%(name)s的登记现在停着，请找社区工作人员"), field="leader_no", name=leader.name)
    return {
        "title": plan.title[:60],
        "kind": plan.kind.value,
        "nature": plan.nature.value,
        "place": plan.place[:60],
        "task": plan.task[:400],
        "insurance": plan.insurance[:120],
        "leader_id": leader.id,
        "required_training": plan.training,
    }


def _find_row(session: Session, *, shift_id: int, person_id: int) -> SignUp | None:
    return session.scalar(select(SignUp).where(SignUp.shift_id == shift_id, SignUp.person_id == person_id))


def _next_queue_no(session: Session, shift_id: int) -> int:
    last = session.scalar(select(func.max(SignUp.queue_no)).where(SignUp.shift_id == shift_id))
    return (last or 0) + 1


def _promote(session: Session, shift: Shift, *, now: datetime) -> list[int]:
    """Seat as many of the waiting as there are places, in order."""
    free = shift.capacity - shift.joined
    if free <= 0 or shift.cancelled_at is not None or now >= shift.ends_at:
        return []
    waiting = {
        row.person_id: row
        for row in session.scalars(
            select(SignUp).where(SignUp.shift_id == shift.id, SignUp.state == SignUpState.WAITLISTED.value)
        )
    }
    trained = _trained(shift, waiting)
    moving = rules.next_in_line([(row.queue_no, row.person_id) for row in trained], free=free)
    for person_id in moving:
        waiting[person_id].state = SignUpState.JOINED.value
        waiting[person_id].changed_at = now
    shift.joined += len(moving)
    session.flush()
    return moving


def _trained(shift: Shift, waiting: dict[int, SignUp]) -> list[SignUp]:
    """Return those of the waiting who still have the training the activity asks for: one may have been revoked."""
    kind = get_in_scope(Activity, shift.activity_id).required_training
    if not kind:
        return list(waiting.values())
    on = clock.local_date(shift.starts_at)
    return [waiting[person_id] for person_id in teams.qualified_ids(waiting, kind=kind, on=on)]


def _note(state: str, *, shift_id: int, person_id: int, actor: Actor, now: datetime) -> None:
    other = person_id if person_id != actor.person_id else None
    audit.record(state, actor=actor, subject=f"shift:{shift_id}", now=now, on_behalf_of=other)
