"""A phone may send the same thing twice; the second time gets the first answer (trust C5, C6).

Keys live as long as the data (service-points §5.5): no purge after a day.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.database import BigKey, TenantBase, in_turn, require_transaction, tenant_args
from engage.core.errors import N_, Conflict
from engage.core.tenancy import current_community_id


class IdempotencyKey(TenantBase):
    """What was answered to a key, for one actor."""

    __tablename__ = "idempotency_key"
    __table_args__ = tenant_args(UniqueConstraint("community_id", "actor_id", "key"))

    actor_id: Mapped[int] = mapped_column(BigKey)
    key: Mapped[str] = mapped_column(String(64))
    fingerprint: Mapped[str] = mapped_column(String(64))
    outcome: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime]


def new_key() -> str:
    """Return a fresh key for a form about to be shown."""
    return uuid.uuid4().hex


def fingerprint_of(**content: object) -> str:
    """Return the hash of what the form said, so that the same key with other content is noticed."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def recall(*, actor_id: int, key: str, fingerprint: str) -> dict[str, Any] | None:
    """Return the outcome remembered for this key, or None the first time.

    Of two deliveries at the same moment the second waits here and finds the first one's outcome.
    Raises `Conflict` when the key came before with other content.
    """
    session = require_transaction()
    in_turn(f"key:{actor_id}:{key[:64]}", community_id=current_community_id())
    row = session.scalar(
        select(IdempotencyKey).where(IdempotencyKey.actor_id == actor_id, IdempotencyKey.key == key[:64])
    )
    if row is None:
        return None
    if row.fingerprint != fingerprint:
        raise Conflict(N_("这张表刚才已经交过，内容不一样。请回上一页重新打开再填。"))
    return row.outcome


def remember(*, actor_id: int, key: str, fingerprint: str, outcome: dict[str, Any], now: datetime) -> None:
    """Keep the outcome of this key in the same transaction as the act."""
    require_transaction().add(
        IdempotencyKey(actor_id=actor_id, key=key[:64], fingerprint=fingerprint, outcome=outcome, at=now)
    )
