"""The audit log: written in the transaction of the act it tells of, never changed (trust §3 (e))."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.access import Actor
from engage.core.database import TenantBase, require_transaction, tenant_args
from engage.core.ddl import append_only
from engage.core.tenancy import current_community_id


class AuditEvent(TenantBase):
    """Who did what to which thing. No phones, no tokens, no choices."""

    __tablename__ = "audit_event"
    __table_args__ = tenant_args(Index("ix_audit_event_at", "community_id", "at"))

    at: Mapped[datetime]
    #: None when the clock or an operator's command acted
    actor_id: Mapped[int | None]
    on_behalf_of: Mapped[int | None]
    verb: Mapped[str] = mapped_column(String(60))
    #: kind and id, e.g. "shift:17"
    subject: Mapped[str] = mapped_column(String(80))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)


append_only("audit_event")


def record(
    verb: str, *, actor: Actor | None, subject: str, now: datetime, on_behalf_of: int | None = None, **facts: Any
) -> None:
    """Add one line to the log of this community. Raises `OutsideTransaction` outside a command.

    What a helper does for somebody at the desk stands under the helper's name, on behalf of the person.
    """
    helped = actor.person_id if actor and actor.helper_id else None
    require_transaction().add(
        AuditEvent(
            community_id=current_community_id(),
            at=now,
            actor_id=actor.hand_id if actor else None,
            on_behalf_of=on_behalf_of or helped,
            verb=verb,
            subject=subject,
            facts=facts,
        )
    )
