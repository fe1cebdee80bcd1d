"""Cards and phone codes: what stands for a person when somebody scans it, and what was printed in which batch."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.database import TenantBase, tenant_args, tenant_fk
from engage.core.references import way_back


class Medium(TenantBase):
    """A printed card or the code on a phone. Tokens are derived; the version makes a lost one worthless (trust row 18)."""

    __tablename__ = "medium"
    __table_args__ = tenant_args(
        tenant_fk("person_id", "person"),
        tenant_fk("revoked_by", "person"),
        UniqueConstraint("community_id", "token_hash"),
        UniqueConstraint("community_id", "person_id", "kind", "version"),
        CheckConstraint("kind IN ('card', 'phone')", name="kind"),
        # Invariant 10 (service-points §6): whatever the code does, nothing counts after the revocation.
        CheckConstraint("revoked_at IS NULL OR last_used_at IS NULL OR last_used_at <= revoked_at", name="used"),
        way_back("medium", "revoked_by"),
        Index(
            "uq_medium_live",
            "community_id",
            "person_id",
            "kind",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    person_id: Mapped[int]
    kind: Mapped[str] = mapped_column(String(5), default="card", server_default="card")
    #: counts from 1 for each person and kind
    version: Mapped[int]
    #: of the books it was issued in; its tokens are derived with it (core.epochs)
    epoch: Mapped[str] = mapped_column(String(16), default="", server_default="")
    #: SHA-256 of a card's token; of a phone code, whose token changes, of the name of its version
    token_hash: Mapped[str] = mapped_column(String(64))
    issued_at: Mapped[datetime]
    #: when it was last accepted; written together with what it was accepted for
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    #: who said so; None for those revoked before this was kept
    revoked_by: Mapped[int | None]
    #: lost | replaced | left | restored: dead since a backup became the books
    revoke_reason: Mapped[str] = mapped_column(String(10), default="", server_default="")


class SpentCode(TenantBase):
    """One half-minute of a phone code that was accepted once: a picture of it opens nothing again (trust row 16, K4)."""

    __tablename__ = "spent_code"
    __table_args__ = tenant_args(
        tenant_fk("medium_id", "medium"), UniqueConstraint("community_id", "medium_id", "step")
    )

    medium_id: Mapped[int]
    step: Mapped[int]
    #: the event it was accepted for: the same event may come again
    event: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class CardBatch(TenantBase):
    """One sheet of cards that was printed, so that somebody can say which and print one again."""

    __tablename__ = "card_batch"
    __table_args__ = tenant_args(tenant_fk("made_by", "person"))

    made_by: Mapped[int]
    made_at: Mapped[datetime]
    #: what was chosen, as words of the moment: a grid, a team, "new"
    chosen: Mapped[str] = mapped_column(String(80), default="")


class CardBatchLine(TenantBase):
    """One card in a batch."""

    __tablename__ = "card_batch_line"
    __table_args__ = tenant_args(
        tenant_fk("batch_id", "card_batch"),
        tenant_fk("medium_id", "medium"),
        tenant_fk("person_id", "person"),
        UniqueConstraint("community_id", "batch_id", "medium_id"),
        Index("ix_card_batch_line_medium", "community_id", "medium_id"),
        Index("ix_card_batch_line_person", "community_id", "person_id"),
    )

    batch_id: Mapped[int]
    medium_id: Mapped[int]
    person_id: Mapped[int]
