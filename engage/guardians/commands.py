"""Tying a guardian to a minor, the guardian's yes, and taking it back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from engage import people
from engage.core import audit, clock
from engage.core.access import Actor
from engage.core.database import in_turn, require_transaction, transaction
from engage.core.errors import N_, NotFound
from engage.guardians import queries, rules
from engage.guardians.models import Guardianship
from engage.guardians.rules import GuardianRefused


def link(*, minor_id: int, guardian_no: int | None, kind: str, signed: bool, actor: Actor, now: datetime) -> int:
    """Write down who stands for a minor; with `signed` the office has the signed sheet in hand. Returns the tie's id.

    Twice is once; the second time may bring the signature. Raises `GuardianRefused`, `NotFound`.
    """
    if kind not in rules.KINDS:
        raise GuardianRefused(N_("选一下是孩子的什么人"), field="kind")
    with transaction() as session:
        in_turn("guardians", community_id=actor.community_id)
        minor = people.get_person(minor_id)
        guardian = people.find_by_member_no(guardian_no) if guardian_no is not None else None
        if guardian is None or guardian.status != "active":
            raise GuardianRefused(N_("没有这个编号，或者这个人的登记停着。再看一眼证件"), field="guardian_no")
        if guardian.id == minor.id:
            raise GuardianRefused(N_("自己不能当自己的监护人"), field="guardian_no")
        if guardian.id == actor.person_id:
            raise GuardianRefused(N_("自己孩子的这一项，请另一位工作人员来办"), field="guardian_no")
        rules.ensure_pair(guardian_born=guardian.birth_year, minor_born=minor.birth_year, on=clock.local_date(now))
        row = queries.open_between(guardian_id=guardian.id, minor_id=minor.id)
        if row is None:
            _ensure_few(guardian.id)
            row = Guardianship(
                guardian_id=guardian.id,
                minor_id=minor.id,
                kind=kind,
                recorded_by=actor.person_id,
                recorded_at=now,
                reason="",
            )
            session.add(row)
            session.flush()
            audit.record("guardian_linked", actor=actor, subject=f"person:{minor.id}", now=now, guardian=guardian.id)
        if signed:
            _confirm(row, evidence="paper", actor=actor, now=now)
        return row.id


def _ensure_few(guardian_id: int) -> None:
    statement = select(func.count(Guardianship.id)).where(
        Guardianship.guardian_id == guardian_id, Guardianship.ended_at.is_(None)
    )
    if int(require_transaction().scalar(statement) or 0) >= rules.MOST_CHILDREN:
        raise GuardianRefused(N_("这位名下的孩子太多了，看看是不是编号写错了"), field="guardian_no")


def _confirm(row: Guardianship, *, evidence: str, actor: Actor, now: datetime) -> None:
    if row.confirmed_at is not None:
        return
    row.confirmed_at, row.confirmed_by, row.evidence = now, actor.person_id, evidence
    audit.record(
        "guardian_confirmed",
        actor=actor,
        subject=f"person:{row.minor_id}",
        now=now,
        on_behalf_of=row.guardian_id if evidence == "paper" else None,
        evidence=evidence,
    )


def confirm_on_paper(*, bond_id: int, minor_id: int, actor: Actor, now: datetime) -> None:
    """Keep that the guardian signed a sheet the office holds. Twice is once.

    Raises `GuardianRefused` for one's own children and for an ended tie, `NotFound`.
    """
    with transaction():
        row = queries.get_row(bond_id, minor_id=minor_id)
        if actor.person_id in {row.guardian_id, row.minor_id}:
            raise GuardianRefused(N_("自己孩子的这一项，请另一位工作人员来办"))
        _ensure_open(row)
        _confirm(row, evidence="paper", actor=actor, now=now)


def confirm_own(*, bond_id: int, actor: Actor, now: datetime) -> None:
    """Say yes oneself, signed in. Twice is once. Raises `NotFound` for anybody but the guardian, `GuardianRefused`."""
    with transaction():
        row = queries.get_row(bond_id)
        if row.guardian_id != actor.person_id:
            raise NotFound
        _ensure_open(row)
        _confirm(row, evidence="account", actor=actor, now=now)


def _ensure_open(row: Guardianship) -> None:
    if row.ended_at is not None:
        raise GuardianRefused(N_("这一条已经结束了。要再登记，请重新加一次"))


def end(*, bond_id: int, minor_id: int, reason: str, actor: Actor, now: datetime) -> None:
    """End a tie, with a reason both can read; the history stays. Twice is once. Raises `GuardianRefused`, `NotFound`."""
    if not reason:
        raise GuardianRefused(N_("写一句为什么结束"), field="reason")
    with transaction():
        row = queries.get_row(bond_id, minor_id=minor_id)
        end_row(row, reason=reason, actor=actor, now=now)


def end_row(row: Guardianship, *, reason: str, actor: Actor, now: datetime) -> bool:
    """End a loaded tie inside the caller's transaction; returns whether it was open."""
    require_transaction()
    if row.ended_at is not None:
        return False
    row.ended_at, row.ended_by, row.reason = now, actor.person_id, reason[:120]
    require_transaction().flush()
    audit.record("guardian_ended", actor=actor, subject=f"person:{row.minor_id}", now=now, guardian=row.guardian_id)
    return True


def withdraw_consent(*, bond_id: int, actor: Actor, now: datetime) -> int | None:
    """Take a guardian's yes back inside the caller's transaction. Returns the minor if nobody else said yes for them.

    Then nothing may go on in the minor's name: the caller takes them off what lies ahead. Raises `NotFound` for anybody
    but the guardian.
    """
    require_transaction()
    row = queries.get_row(bond_id)
    if row.guardian_id != actor.person_id:
        raise NotFound
    end_row(row, reason="", actor=actor, now=now)
    return None if queries.has_consent(row.minor_id) else row.minor_id
