"""Taking people off the roll again whom an import put there by mistake, and only if nothing hangs on them yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, func, select, update

from engage.core.audit import AuditEvent
from engage.core.database import db, require_transaction
from engage.core.references import parts_of, referring_tables
from engage.people.models import Activation, Medium, Membership, Person, RoleGrant, RollMark, Team, Tenancy
from engage.people.models_media import CardBatchLine

#: what `persons_in_use` calls a line of the audit log about somebody
LOG: Final = "audit_event"


@dataclass(frozen=True, kw_only=True)
class Withdrawn:
    """Who went, and who stayed because of rows in which tables."""

    gone: list[int]
    stayed: dict[int, frozenset[str]]


def _brought(at: datetime) -> dict[str, ColumnElement[bool]]:
    """Return the rows that came with an entry made at this instant, or die with it: they are no reason to stay."""
    return {
        "tenancy": Tenancy.verified_at == at,
        "membership": Membership.joined_on.is_(None),
        "role_grant": and_(RoleGrant.granted_at == at, RoleGrant.ended_at.is_(None)),
        "medium": and_(Medium.issued_at == at, Medium.revoked_at.is_(None)),
        "activation": Activation.used_at.is_(None),
        # A card on paper of somebody who was never there dies with the entry; the batch says it had one more line.
        "card_batch_line": CardBatchLine.id.is_not(None),
    }


def persons_in_use(person_ids: Collection[int], *, brought_at: datetime) -> dict[int, frozenset[str]]:
    """Return, for each person on whom something hangs, the names of the tables that hold it; two statements.

    Every foreign key to `person` is asked, whichever room it belongs to, and the audit log. What came with the entry
    itself at `brought_at` (ties, teams, card, office) and slips nobody used do not count.
    """
    found: defaultdict[int, frozenset[str]] = defaultdict(frozenset)
    found.update(referring_tables("person", person_ids, apart_from=_brought(brought_at)))
    for person_id in _spoken_of(since=brought_at) & set(person_ids):
        found[person_id] |= {LOG}
    return dict(found)


def _spoken_of(*, since: datetime) -> set[int]:
    """Return the persons the log names since then: the log has no foreign keys, and must not speak of nobody."""
    statement = select(AuditEvent.actor_id, AuditEvent.on_behalf_of, AuditEvent.subject).where(AuditEvent.at >= since)
    spoken: set[int] = set()
    for actor_id, other_id, subject in db.session.execute(statement.distinct()):
        kind, _, number = subject.partition(":")
        spoken |= {one for one in (actor_id, other_id) if one}
        if kind == "person" and number.isdecimal():
            spoken.add(int(number))
    return spoken


def count_unused_slips(person_ids: Collection[int]) -> int:
    """Return how many printed activation slips of these people nobody has used: they die with the entries."""
    statement = select(func.count(Activation.id)).where(Activation.used_at.is_(None))
    counts = (db.session.scalar(statement.where(part)) for part in parts_of(Activation.person_id, person_ids))
    return sum(int(count or 0) for count in counts)


def withdraw_many(person_ids: Collection[int], *, brought_at: datetime, now: datetime) -> Withdrawn:
    """Take those off the roll on whom nothing hangs, inside the caller's transaction; the others stay as they are.

    The rows are locked first, so that nobody signs in between the question and the deletion. Ids and member
    numbers are not given out again: a card that was printed opens nobody else's page.
    """
    session = require_transaction()
    if not person_ids:
        return Withdrawn(gone=[], stayed={})
    present: set[int] = set()
    for part in parts_of(Person.id, person_ids):
        present |= set(session.scalars(select(Person.id).where(part).order_by(Person.id).with_for_update()))
    stayed = persons_in_use(present, brought_at=brought_at)
    gone = sorted(present - stayed.keys())
    if gone:
        highest = session.execute(select(func.max(Person.id), func.max(Person.member_no))).one()
        session.add(RollMark(highest_person_id=highest[0], highest_member_no=highest[1], at=now))
    for model in (CardBatchLine, Tenancy, Membership, RoleGrant, Medium, Activation):
        for part in parts_of(model.person_id, gone):
            session.execute(delete(model).where(part), execution_options={"synchronize_session": False})
    for part in parts_of(Person.id, gone):
        session.execute(delete(Person).where(part), execution_options={"synchronize_session": False})
    session.expire_all()
    return Withdrawn(gone=gone, stayed=stayed)


def end_grants(grant_ids: Collection[int], *, now: datetime) -> int:
    """End these roles if they are still in force, inside the caller's transaction; returns how many were."""
    session = require_transaction()
    ended = 0
    for part in parts_of(RoleGrant.id, grant_ids):
        in_force = select(RoleGrant.id).where(part, RoleGrant.ended_at.is_(None))
        ended += len(session.scalars(in_force).all())
        ending = update(RoleGrant).where(part, RoleGrant.ended_at.is_(None)).values(ended_at=now)
        session.execute(ending, execution_options={"synchronize_session": False})
    return ended


def dissolve_empty_teams(names: Collection[str]) -> int:
    """Remove those of these teams that nothing refers to, inside the caller's transaction; returns how many."""
    session = require_transaction()
    ids = list(session.scalars(select(Team.id).where(Team.name.in_(set(names))))) if names else []
    empty = sorted(set(ids) - referring_tables("team", ids).keys())
    for part in parts_of(Team.id, empty):
        session.execute(delete(Team).where(part), execution_options={"synchronize_session": False})
    return len(empty)
