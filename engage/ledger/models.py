"""The rows of the book. Only this room may import them (house §6); the database refuses to change what was written.

A movement of points is one transfer with two legs, so double entry holds by construction (trust §3 (a)).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.database import BigKey, TenantBase, tenant_args, tenant_fk
from engage.core.references import way_back


class Account(TenantBase):
    """Where points are. Accounts of persons store a balance; the community's own are summed from their rows.

    A stored balance on the issuing account would be one hot row for everybody (speed.md, technique 10).
    """

    __tablename__ = "ledger_account"
    __table_args__ = tenant_args(
        tenant_fk("person_id", "person"),
        UniqueConstraint("community_id", "kind", "person_id"),
        way_back("ledger_account", "person_id"),
        # NULLs are all different to a unique constraint: the community's own accounts need an index of their own
        Index(
            "uq_ledger_account_own",
            "community_id",
            "kind",
            unique=True,
            sqlite_where=text("person_id IS NULL"),
            postgresql_where=text("person_id IS NULL"),
        ),
        CheckConstraint("kind IN ('person', 'held', 'owed', 'issue', 'spent', 'expired', 'merged')", name="kind"),
        CheckConstraint("(kind IN ('person', 'held', 'owed')) = (person_id IS NOT NULL)", name="person"),
        CheckConstraint("(person_id IS NULL) = (balance IS NULL)", name="balance"),
        CheckConstraint("kind NOT IN ('person', 'held') OR balance >= 0", name="no_overdraft"),
        CheckConstraint("kind <> 'owed' OR balance <= 0", name="owed"),
    )

    #: person: free to spend; held: kept for goods not yet fetched; owed: what a reversal could not take back;
    #: merged: what is on the way between two accounts of one person, always 0 after the act
    kind: Mapped[str] = mapped_column(String(10))
    person_id: Mapped[int | None]
    balance: Mapped[int | None]


class Head(TenantBase):
    """The last entry of a community's chain. Locked by every writer, so that entries have one order."""

    __tablename__ = "ledger_head"
    __table_args__ = tenant_args(UniqueConstraint("community_id"))

    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime | None]


class Entry(TenantBase):
    """One entry of the book: why points moved, and the link to the entry before it."""

    __tablename__ = "ledger_entry"
    __table_args__ = tenant_args(
        tenant_fk("person_id", "person"),
        tenant_fk("reverses_id", "ledger_entry"),
        tenant_fk("settles_id", "ledger_entry"),
        UniqueConstraint("community_id", "seq"),
        UniqueConstraint("community_id", "source"),
        UniqueConstraint("reverses_id"),
        UniqueConstraint("settles_id"),
        CheckConstraint("kind IN ('award', 'hold', 'release', 'spend', 'expire', 'reversal', 'merge')", name="kind"),
        CheckConstraint("(kind = 'reversal') = (reverses_id IS NOT NULL)", name="reverses"),
        CheckConstraint("(kind IN ('release', 'spend')) = (settles_id IS NOT NULL)", name="settles"),
        Index("ix_ledger_entry_person", "community_id", "person_id", "seq"),
    )

    seq: Mapped[int]
    kind: Mapped[str] = mapped_column(String(10))
    #: what caused it, e.g. "session:17:patrol"; the same cause never pays twice
    source: Mapped[str] = mapped_column(String(120))
    person_id: Mapped[int]
    reverses_id: Mapped[int | None]
    #: the hold that a release or a spend ends
    settles_id: Mapped[int | None]
    #: Shanghai day the points were earned on (awards), else the day of the entry
    earned_on: Mapped[date]
    actor_id: Mapped[int | None] = mapped_column(BigKey)
    approver_id: Mapped[int | None] = mapped_column(BigKey)
    at: Mapped[datetime]
    #: SHA-256 over salt and words: the words stay out of the chain and may be erased (trust §3 (a))
    note_hash: Mapped[str] = mapped_column(String(64))
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class Note(TenantBase):
    """The words of an entry: what the passbook says, and the arithmetic behind the number."""

    __tablename__ = "ledger_note"
    __table_args__ = tenant_args(tenant_fk("entry_id", "ledger_entry"), UniqueConstraint("community_id", "entry_id"))

    entry_id: Mapped[int]
    salt: Mapped[str] = mapped_column(String(32))
    memo: Mapped[str] = mapped_column(String(120))
    basis: Mapped[dict[str, Any]] = mapped_column(JSON)


class Transfer(TenantBase):
    """Points moving from one account to another, with the balances it left behind on accounts that store one."""

    __tablename__ = "ledger_transfer"
    __table_args__ = tenant_args(
        tenant_fk("entry_id", "ledger_entry"),
        tenant_fk("debit_id", "ledger_account"),
        tenant_fk("credit_id", "ledger_account"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("debit_id <> credit_id", name="legs"),
        Index("ix_ledger_transfer_entry", "community_id", "entry_id"),
        Index("ix_ledger_transfer_debit", "debit_id", "id"),
        Index("ix_ledger_transfer_credit", "credit_id", "id"),
    )

    entry_id: Mapped[int]
    debit_id: Mapped[int]
    credit_id: Mapped[int]
    amount: Mapped[int]
    debit_after: Mapped[int | None]
    credit_after: Mapped[int | None]


class Lot(TenantBase):
    """Points that came together and expire together, at the end of their last Shanghai day."""

    __tablename__ = "ledger_lot"
    __table_args__ = tenant_args(
        tenant_fk("account_id", "ledger_account"),
        tenant_fk("transfer_id", "ledger_transfer"),
        tenant_fk("origin_id", "ledger_lot"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("remaining BETWEEN 0 AND amount", name="remaining"),
        Index("ix_ledger_lot_order", "account_id", "expires_on", "id"),
        Index("ix_ledger_lot_transfer", "community_id", "transfer_id"),
    )

    account_id: Mapped[int]
    #: the transfer that brought the points in
    transfer_id: Mapped[int]
    #: set on the lot that replaces one which expired while it was held: days of grace are given once
    origin_id: Mapped[int | None]
    expires_on: Mapped[date]
    amount: Mapped[int]
    remaining: Mapped[int]


class LotUse(TenantBase):
    """How much a transfer took from a lot (negative) or gave back to it (positive)."""

    __tablename__ = "ledger_lot_use"
    __table_args__ = tenant_args(
        tenant_fk("transfer_id", "ledger_transfer"),
        tenant_fk("lot_id", "ledger_lot"),
        UniqueConstraint("transfer_id", "lot_id"),
        CheckConstraint("points <> 0", name="points"),
        Index("ix_ledger_lot_use_lot", "community_id", "lot_id"),
    )

    transfer_id: Mapped[int]
    lot_id: Mapped[int]
    points: Mapped[int]
