"""The audit log: written in the transaction of the act it tells of, chained, never changed (trust §3 (e), ADR 0024)."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BindParameter, Index, String, Table, UniqueConstraint, bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Mapped, Session, mapped_column

from engage.core import chain, tenancy
from engage.core.access import Actor
from engage.core.database import BigKey, TenantBase, at_the_end, db, dialect, tenant_args
from engage.core.ddl import append_only, guard, restrict
from engage.core.tenancy import current_community_id


class AuditEvent(TenantBase):
    """Who did what to which thing. No phones, no tokens, no choices."""

    __tablename__ = "audit_event"
    __table_args__ = tenant_args(
        Index("ix_audit_event_at", "community_id", "at"),
        Index("uq_audit_event_seq", "community_id", "seq", unique=True),
    )

    at: Mapped[datetime]
    #: None when the clock or an operator's command acted
    actor_id: Mapped[int | None] = mapped_column(BigKey)
    on_behalf_of: Mapped[int | None] = mapped_column(BigKey)
    verb: Mapped[str] = mapped_column(String(60))
    #: kind and id, e.g. "shift:17"
    subject: Mapped[str] = mapped_column(String(80))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: place in the community's chain, from 1
    seq: Mapped[int] = mapped_column(server_default="0")
    prev_hash: Mapped[str] = mapped_column(String(64), server_default="")
    hash: Mapped[str] = mapped_column(String(64), server_default="")


class AuditHead(TenantBase):
    """The last line of a community's log. Locked by every command that writes one, so that lines have one order."""

    __tablename__ = "audit_head"
    __table_args__ = tenant_args(UniqueConstraint("community_id"))

    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


append_only("audit_event")
guard(
    "audit_event_guard",
    table="audit_event",
    event="INSERT",
    refusals={
        "audit: chain": (
            "NEW.seq IS NULL OR NEW.seq < 1 OR NOT (CASE WHEN NEW.seq = 1 THEN NEW.prev_hash = '" + chain.GENESIS + "' "
            "ELSE EXISTS (SELECT 1 FROM audit_event e WHERE e.community_id = NEW.community_id "
            "AND e.seq = NEW.seq - 1 AND e.hash = NEW.prev_hash) END)"
        ),
        "audit: seq": (
            "EXISTS (SELECT 1 FROM audit_event e WHERE e.community_id = NEW.community_id AND e.seq = NEW.seq)"
        ),
    },
)
restrict("audit_head", columns=("seq", "hash"))
guard(
    "audit_head_guard",
    table="audit_head",
    event="UPDATE",
    refusals={
        "audit: head": (
            "NEW.id <> OLD.id OR NEW.community_id <> OLD.community_id OR NEW.seq <= OLD.seq OR NOT EXISTS "
            "(SELECT 1 FROM audit_event e WHERE e.community_id = NEW.community_id AND e.seq = NEW.seq AND e.hash = NEW.hash)"
        )
    },
)
guard("audit_head_kept", table="audit_head", event="DELETE", refusals={"audit_head is kept for good": "1 = 1"})

_EVENT: Table = AuditEvent.__table__  # type: ignore[assignment]
_HEAD: Table = AuditHead.__table__  # type: ignore[assignment]
_HERE: BindParameter[int] = bindparam("here")
# Core statements, made once; each names the community itself.
_LOCK_HEAD = select(_HEAD.c.seq, _HEAD.c.hash).where(_HEAD.c.community_id == _HERE).with_for_update()
_MOVE_HEAD = update(_HEAD).where(_HEAD.c.community_id == _HERE)


@dataclass(frozen=True, kw_only=True)
class Head:
    """The last line of the log: its number and its fingerprint, for the notice board and for the street."""

    seq: int
    hash: str

    @property
    def fingerprint(self) -> str:
        """Return the short form people copy."""
        return chain.fingerprint_of(self.hash)


def record(
    verb: str, *, actor: Actor | None, subject: str, now: datetime, on_behalf_of: int | None = None, **facts: Any
) -> None:
    """Add one line to the log of this community, chained and written when the command ends.

    It says for whom a stand-in acted. What a helper does for somebody at the desk stands under the helper's name, on
    behalf of the person. Raises `OutsideTransaction` outside a command.
    """
    helped = actor.person_id if actor and actor.helper_id else None
    if actor is not None and actor.acting_for is not None:
        facts["acting_for"] = actor.acting_for
    at_the_end(
        _write,
        {
            "community_id": current_community_id(),
            "at": now,
            "actor_id": actor.hand_id if actor else None,
            "on_behalf_of": on_behalf_of or helped,
            "verb": verb,
            "subject": subject,
            "facts": json.loads(json.dumps(facts)),  # as it will be read back: the hash is over that
        },
    )


def head() -> Head:
    """Return the last line of this community's log; number 0 before the first."""
    found = db.session.execute(select(AuditHead.seq, AuditHead.hash)).first()
    return Head(seq=found.seq, hash=found.hash) if found else Head(seq=0, hash=chain.GENESIS)


def leaf(line: Any) -> bytes:
    """Return what of a line is bound into the chain: all of it. Fields that came later are bound only where they are set."""
    return chain.canonical(
        {
            "log": "audit",
            "community": line["community_id"],
            "seq": line["seq"],
            "at": chain.microseconds(line["at"]),
            "actor": line["actor_id"],
            "behalf": line["on_behalf_of"],
            "verb": line["verb"],
            "subject": line["subject"],
            "facts": line["facts"],
        }
    )


def _write(session: Session, lines: list[dict[str, Any]]) -> None:
    """Chain and write the lines of one command: lock the head, insert, move the head. Communities in the order of their ids."""
    by_community: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for line in lines:
        by_community[line["community_id"]].append(line)
    for community_id, own in sorted(by_community.items()):
        with tenancy.scoped(community_id):
            connection = session.connection()
            last = _lock_head(connection, community_id)
            seq, prev_hash = last.seq, last.hash
            for line in own:
                seq += 1
                line |= {"seq": seq, "prev_hash": prev_hash}
                line["hash"] = prev_hash = chain.link(prev_hash=prev_hash, leaf=leaf(line))
            connection.execute(insert(_EVENT), own)
            connection.execute(_MOVE_HEAD, {"here": community_id, "seq": seq, "hash": prev_hash})


def _lock_head(connection: Connection, community_id: int) -> Any:
    found = connection.execute(_LOCK_HEAD, {"here": community_id}).first()
    if found is None:
        # The very first line may be written by two at once: the second one waits here and finds the first one's head.
        dialect_insert = sqlite_insert if dialect() == "sqlite" else postgresql_insert
        row = dialect_insert(_HEAD).values(community_id=community_id, seq=0, hash=chain.GENESIS)
        connection.execute(row.on_conflict_do_nothing(index_elements=["community_id"]))
        found = connection.execute(_LOCK_HEAD, {"here": community_id}).one()
    return found
