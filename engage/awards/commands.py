"""Rules come into force through two persons; approved minutes become points in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from engage import attendance, ledger, people
from engage.attendance import SessionCard
from engage.awards import queries, rules
from engage.awards.models import Award, AwardRule
from engage.awards.rules import Terms, Version
from engage.core import audit, clock
from engage.core.access import Actor, Permission
from engage.core.database import in_turn, require_transaction, transaction
from engage.core.errors import N_, Forbidden
from engage.core.fence import get_in_scope


@dataclass(frozen=True, kw_only=True)
class AwardReceipt:
    """What an approval brought: points, the book's number if there were any, and the cap that trimmed them."""

    session_id: int
    person_id: int
    minutes: int
    points: int
    trimmed_by: str | None
    entry_seq: int | None


def draft_rule(
    *,
    terms: Terms,
    valid_from: date,
    actor: Actor,
    now: datetime,
    code: str = rules.DEFAULT_CODE,
    source: str = "",
) -> int:
    """Draft the next version of a rule; returns its id. It pays nothing until somebody else approves it.

    Raises `BadRule`, `Forbidden`.
    """
    if not actor.can(Permission.DRAFT_RULES):
        raise Forbidden
    rules.ensure_terms(terms)
    with transaction():
        in_turn(f"award_rule:{code}", community_id=actor.community_id)
        return _write_draft(terms=terms, valid_from=valid_from, actor=actor, now=now, code=code, source=source)


def draft_first_rule(*, actor: Actor, now: datetime) -> bool:
    """Draft the rule every community starts with, from today (Shanghai) on.

    Tells whether it did: one that waits or is in force is enough. Raises `Forbidden`.
    """
    if not actor.can(Permission.DRAFT_RULES):
        raise Forbidden
    today = clock.local_date(now)
    with transaction():
        in_turn(f"award_rule:{rules.DEFAULT_CODE}", community_id=actor.community_id)
        lacking = queries.lacks_rule(today=today)
        if lacking:
            _write_draft(
                terms=rules.DEFAULT_TERMS, valid_from=today, actor=actor, now=now, code=rules.DEFAULT_CODE, source=""
            )
    return lacking


def _write_draft(*, terms: Terms, valid_from: date, actor: Actor, now: datetime, code: str, source: str) -> int:
    session = require_transaction()
    last = session.scalar(select(func.max(AwardRule.version)).where(AwardRule.code == code)) or 0
    row = AwardRule(
        code=code,
        version=last + 1,
        quantum_minutes=terms.quantum_minutes,
        unit_points=terms.unit_points,
        coefficients=dict(terms.coefficients),
        cap_activity=terms.cap_activity,
        cap_day=terms.cap_day,
        cap_month=terms.cap_month,
        valid_from=valid_from,
        source=source,
        drafted_by=actor.person_id,
        drafted_at=now,
        approved_by=None,
        approved_at=None,
    )
    session.add(row)
    session.flush()
    audit.record("rule drafted", actor=actor, subject=f"award_rule:{row.id}", now=now, version=row.version)
    return row.id


def approve_rule(*, rule_id: int, actor: Actor, now: datetime) -> None:
    """Bring a draft into force from its first day; approving twice is once.

    Somebody of the office other than the drafter. Raises `BadRule`, `Forbidden`, `NotFound`.
    """
    if not actor.can(Permission.APPROVE_RULES):
        raise Forbidden
    with transaction():
        row = get_in_scope(AwardRule, rule_id, lock=True)
        if row.approved_by is not None:
            return
        rules.ensure_approvable(
            drafted_by=row.drafted_by,
            approver_id=actor.person_id,
            valid_from=row.valid_from,
            today=clock.local_date(now),
            is_first=not queries.approved_versions(code=row.code),
        )
        row.approved_by, row.approved_at = actor.person_id, now
        audit.record("rule approved", actor=actor, subject=f"award_rule:{rule_id}", now=now, version=row.version)


def approve_and_award(*, session_id: int, actor: Actor, now: datetime, reason: str = "") -> AwardReceipt:
    """Approve somebody's minutes and post the points, in one transaction; again gives the first receipt.

    The version in force on the day of service decides. Raises `attendance.ApprovalRefused`, `NoRule`, `NotFound`.
    """
    with transaction() as session:
        actor = attendance.ensure_may_judge(session_id, actor=actor)
        if done := queries.find_award(session_id=session_id):
            return _receipt(done)
        versions = queries.approved_versions(code=rules.DEFAULT_CODE, lock=True)
        if done := queries.find_award(session_id=session_id):
            return _receipt(done)
        card = attendance.approve(session_id=session_id, approver_id=actor.person_id, now=now, reason=reason)
        row = _award(card, versions, actor=actor, now=now)
        session.add(row)
        session.flush()
        audit.record("service approved", actor=actor, subject=f"session:{session_id}", now=now, points=row.points)
        return _receipt(row)


def refuse_service(*, session_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """Refuse somebody's minutes with a reason they will read. Raises `attendance.ApprovalRefused`, `NotFound`."""
    with transaction():
        actor = attendance.ensure_may_judge(session_id, actor=actor)
        attendance.refuse(session_id=session_id, approver_id=actor.person_id, reason=reason, now=now)
        audit.record("service refused", actor=actor, subject=f"session:{session_id}", now=now, reason=reason)


def _award(card: SessionCard, versions: list[Version], *, actor: Actor, now: datetime) -> Award:
    if card.started_at is None:
        raise attendance.ApprovalRefused(N_("这条没有到场时间，先请组长补上"))
    served_on = clock.local_date(card.started_at)
    version = rules.in_force(versions, on=served_on)
    earned = queries.earned_by(
        person_id=people.find_survivor(card.person_id) or card.person_id,
        activity_id=card.activity_id,
        served_on=served_on,
        code=version.code,
    )
    # Paid duty and drills are logged but never rewarded (service-points §5.2).
    minutes = card.minutes if card.nature == "volunteer" else 0
    result = rules.compute(terms=version.terms, minutes=minutes, kind=card.kind, earned=earned)
    entry_seq = _post(card, version, result, served_on=served_on, actor=actor, now=now) if result.points else None
    return Award(
        session_id=card.id,
        rule_id=version.id,
        person_id=card.person_id,
        activity_id=card.activity_id,
        served_on=served_on,
        minutes=minutes,
        points=result.points,
        trimmed_by=result.trimmed_by,
        entry_seq=entry_seq,
        at=now,
    )


def _post(
    card: SessionCard, version: Version, result: rules.Result, *, served_on: date, actor: Actor, now: datetime
) -> int:
    receipt = ledger.post_award(
        person_id=card.person_id,
        points=result.points,
        source=f"session:{card.id}:{version.code}",
        memo=card.title,
        earned_on=served_on,
        actor_id=card.recorded_by or card.person_id,
        approver_id=actor.person_id,
        now=now,
        basis={
            "rule": {
                "code": version.code,
                "version": version.version,
                "name": rules.NAMES.get(version.code, version.code),
            },
            "minutes": card.minutes,
            "grade": card.grade,
            "trimmed_by": result.trimmed_by,
            "steps": list(result.steps),
        },
    )
    return receipt.seq


def _receipt(row: Award) -> AwardReceipt:
    return AwardReceipt(
        session_id=row.session_id,
        person_id=row.person_id,
        minutes=row.minutes,
        points=row.points,
        trimmed_by=row.trimmed_by,
        entry_seq=row.entry_seq,
    )
