"""Taking the roll out of the house: with a purpose, counted, for an hour and for oneself (trust row 54, W18)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from engage import people, places
from engage.core import audit, clock
from engage.core.access import Actor, Permission
from engage.core.database import db, in_turn, require_transaction, transaction
from engage.core.errors import N_, NotFound, TooManyAttempts
from engage.core.fence import get_in_scope
from engage.core.tenancy import current_community_id
from engage.roster import rules
from engage.roster.models_export import RosterExport

LATEST = 20


@dataclass(frozen=True, kw_only=True)
class PhonesTaken:
    """Somebody took the list with whole phones out of the house."""

    actor_id: int
    reason: str
    at: datetime


def export(*, purpose: str, whole_phones: bool, reason: str, key: str, actor: Actor, now: datetime) -> int:
    """Give leave to fetch the roll and return its number; five a day, the same key twice is one.

    Ask for the password first. Raises `ExportRefused`, `TooManyAttempts`.
    """
    rules.ensure_reasoned(
        purpose=purpose,
        whole_phones=whole_phones,
        reason=reason,
        may_have_phones=actor.can(Permission.EXPORT_PHONES),
    )
    with transaction() as session:
        in_turn("roster export", community_id=actor.community_id)
        mine = RosterExport.actor_id == actor.person_id
        if known := session.scalar(select(RosterExport.id).where(mine, RosterExport.key == key)):
            return known
        today, tomorrow = clock.day_bounds(clock.local_date(now))
        taken = session.scalar(select(func.count(RosterExport.id)).where(mine, RosterExport.made_at >= today))
        if int(taken or 0) >= rules.EXPORTS_A_DAY:
            minutes = max(int((tomorrow - now).total_seconds() // 60), 1)
            raise TooManyAttempts(
                N_("今天已经导出5次了，过%(minutes)s分钟到明天再来。"), retry_after=minutes * 60, minutes=minutes
            )
        row = RosterExport(
            actor_id=actor.person_id,
            key=key,
            purpose=purpose[: rules.LONGEST_PURPOSE],
            whole_phones=whole_phones,
            reason=reason[: rules.LONGEST_PURPOSE] if whole_phones else "",
            people=len(people.roll()),
            made_at=now,
            expires_at=rules.export_expires_at(now=now),
        )
        session.add(row)
        session.flush()
        facts: dict[str, Any] = {"people": row.people, "whole_phones": whole_phones, "purpose": row.purpose}
        audit.record("roster_exported", actor=actor, subject=f"roster_export:{row.id}", now=now, **facts)
        return row.id


def get_own(export_id: int, *, actor: Actor, now: datetime) -> RosterExport:
    """Return leave that still holds for the person asking.

    Raises `NotFound` for somebody else's, after an hour, and for who lost the right since then (trust W18).
    """
    row = get_in_scope(RosterExport, export_id)
    allowed = actor.can(Permission.EXPORT_ROSTER) and (not row.whole_phones or actor.can(Permission.EXPORT_PHONES))
    if row.actor_id != actor.person_id or now >= row.expires_at or not allowed:
        raise NotFound
    return row


def end_leaves(*, now: datetime) -> int:
    """End every leave to fetch the roll that still holds, inside the caller's transaction; returns how many."""
    ended = update(RosterExport).where(RosterExport.expires_at > now).values(expires_at=now).returning(RosterExport.id)
    return len(require_transaction().execute(ended, execution_options={"synchronize_session": False}).all())


def list_latest() -> Sequence[RosterExport]:
    """Return the latest exports of the community, the newest first, at most 20."""
    statement = select(RosterExport).order_by(RosterExport.made_at.desc(), RosterExport.id.desc())
    return db.session.scalars(statement.limit(LATEST)).all()


def phones_taken(*, since: datetime) -> list[PhonesTaken]:
    """Return who took everybody's whole phones out since then, the newest first, at most 20: everybody may know."""
    statement = (
        select(RosterExport.actor_id, RosterExport.reason, RosterExport.made_at)
        .where(RosterExport.whole_phones, RosterExport.made_at >= since)
        .order_by(RosterExport.made_at.desc(), RosterExport.id.desc())
        .limit(LATEST)
    )
    return [PhonesTaken(actor_id=a, reason=reason, at=at) for a, reason, at in db.session.execute(statement)]


def community_name() -> str:
    """Return whose roll it is."""
    return places.community_of(current_community_id()).name
