"""What a community's office did, as the street reads it: acts of office, names of office holders, nobody else's (ADR 0025).

A secretary can neither leave out an act nor know of no reader: each hour of reading is a line of the log that is read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import String, and_, cast, literal, or_, select

from engage import people
from engage.core import audit, tenancy
from engage.core.access import Actor, Role
from engage.core.audit import AuditEvent
from engage.core.database import db, in_turn, transaction
from engage.core.errors import N_, DomainError
from engage.core.i18n import _
from engage.core.tenancy import CommunityCard
from engage.oversight import queries, words
from engage.oversight.alarms import ALARMS
from engage.oversight.queries import Line, LogPage
from engage.oversight.rules import Wanted

#: whose acts the street may read: those who work in a community's office, and who stood in for them
OFFICE: Final = (Role.SECRETARY, Role.CLERK, Role.GRID_OFFICER)
#: for how long one stated reason lets somebody read
READING: Final = timedelta(hours=1)
_LONGEST_REASON = 120


@dataclass(frozen=True, kw_only=True)
class OfficeLog:
    """One page of what an office did, and the last line of its whole log."""

    page: LogPage
    head: audit.Head
    holders: dict[int, str]


def read_office_log(*, community: CommunityCard, wanted: Wanted) -> OfficeLog:
    """Return one page of the acts of office. What somebody wrote, and what office holders do for themselves, stays out."""
    wanted = replace(wanted, words="")
    with tenancy.scoped(community.id):
        holders = people.ever_in_office(OFFICE)
        chosen = [who for who, name in holders.items() if not wanted.who or wanted.who in name]
        if wanted.who and not chosen:
            return OfficeLog(page=LogPage(lines=[], more=False, nobody=True), head=audit.head(), holders=holders)
        by_office = AuditEvent.actor_id.in_(chosen)
        # What an operator's command did is for the street to see as well; the clock alone writes no lines of office.
        # So is an alarm, whoever raised it: looking at many phones takes no office (W16).
        others = or_(AuditEvent.actor_id.is_(None), AuditEvent.verb.in_(ALARMS))
        acts = by_office if wanted.who else or_(by_office, others)
        own_entry = AuditEvent.subject == literal("person:").concat(cast(AuditEvent.actor_id, String))
        for_others = or_(
            AuditEvent.on_behalf_of.is_not(None), and_(AuditEvent.subject.startswith("person:"), ~own_entry)
        )
        statement = queries.newest_first().where(acts, or_(AuditEvent.verb.not_in(words.PRIVATE), for_others))
        rows = queries.page_of(statement, wanted)
        lines = _told(rows[: queries.PAGE], holders)
        return OfficeLog(page=LogPage(lines=lines, more=len(rows) > queries.PAGE), head=audit.head(), holders=holders)


def may_read(*, community: CommunityCard, actor: Actor, now: datetime) -> bool:
    """Tell whether the actor said why within the last hour."""
    with tenancy.scoped(community.id):
        return _open_reading(actor, now=now)


def note_reading(*, community: CommunityCard, reason: str, actor: Actor, now: datetime) -> None:
    """Write into the community's own log who reads it and why; within the hour it stays at one line. Own transaction.

    The line carries the number of the last line and the fingerprint the reader is shown, so both sides keep it.
    Raises `DomainError` without a reason.
    """
    if not reason.strip():
        raise DomainError(N_("写一句为什么要看，社区看得到"), field="reason")
    with tenancy.scoped(community.id), transaction():
        in_turn(f"reading:{actor.person_id}", community_id=community.id)
        if _open_reading(actor, now=now):
            return
        last = audit.head()
        audit.record(
            "office_acts_read",
            actor=actor,
            subject=f"log:{last.seq}",
            now=now,
            reader=_("%(name)s（街道）", name=actor.name),
            reason=reason.strip()[:_LONGEST_REASON],
            fingerprint=last.fingerprint,
        )


def _open_reading(actor: Actor, *, now: datetime) -> bool:
    statement = select(AuditEvent.id).where(
        AuditEvent.verb == "office_acts_read", AuditEvent.actor_id == actor.person_id, AuditEvent.at > now - READING
    )
    return db.session.scalar(statement.limit(1)) is not None


def _told(rows: Sequence[AuditEvent], holders: dict[int, str]) -> list[Line]:
    """Put acts in words: office holders by name, everybody else by member number."""
    subjects = [row.subject.partition(":") for row in rows]
    named = {int(number) for kind, _colon, number in subjects if kind == "person" and number.isdecimal()}
    named |= {one for row in rows for one in (row.actor_id, row.on_behalf_of, row.facts.get("acting_for")) if one}
    numbers = {row.id: row.member_no for row in people.persons_of(named - holders.keys()).values()}
    shown = holders | {who: _("成员%(number)s", number=f"{number:04d}") for who, number in numbers.items()}
    kinds = words.kind_words()
    return [
        Line(
            id=row.id,
            at=row.at,
            actor_id=row.actor_id,
            actor=shown.get(row.actor_id or 0),
            behalf=shown.get(row.on_behalf_of or 0),
            verb=words.verb_words(row.verb),
            kind=kind,
            number=number,
            subject=words.subject_words(row.subject, names=shown, kinds=kinds),
            facts=words.plain_facts(row.facts, names=shown),
        )
        for row, (kind, _colon, number) in zip(rows, subjects, strict=True)
    ]
