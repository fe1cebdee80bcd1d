"""Epochs: from one restored backup to the next. What is derived with an older one is never derived again (trust row 60)."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.database import Base, BigKey, db, require_transaction
from engage.core.ddl import append_only


class Epoch(Base):
    """A backup became the books. An installation that was never restored has no row."""

    __tablename__ = "epoch"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    #: drawn, not counted: the same backup restored twice gives two epochs
    name: Mapped[str] = mapped_column(String(16))
    began_at: Mapped[datetime]
    #: how old the books were
    backup_at: Mapped[datetime]


append_only("epoch")


def current_epoch() -> str:
    """Return what new codes are derived with beside the master key; empty before the first restore."""
    return db.session.scalar(select(Epoch.name).order_by(Epoch.id.desc()).limit(1)) or ""


def parts(epoch: str) -> tuple[str, ...]:
    """Return what an epoch adds to a derivation: nothing before the first restore, so that what is printed stays good."""
    return (epoch,) if epoch else ()


def begin_epoch(*, backup_at: datetime, now: datetime) -> str:
    """Begin a new epoch inside the caller's transaction; returns its name."""
    name = secrets.token_hex(8)
    session = require_transaction()
    session.add(Epoch(name=name, began_at=now, backup_at=backup_at))
    session.flush()
    return name
