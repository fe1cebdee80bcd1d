"""Votes, the frozen roll, and the ballots: what a secret vote keeps is on two sides that share no value (talks §5.1)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.database import Base, TenantBase, TenantMixin, tenant_args, tenant_fk
from engage.core.ddl import append_only
from engage.core.references import way_back


class Vote(TenantBase):
    """One question put to the households on its roll. Whether it is open is computed (rules.openness), never stored."""

    __tablename__ = "vote"
    __table_args__ = tenant_args(
        UniqueConstraint("community_id", "subject"),
        CheckConstraint("kind IN ('household', 'agenda')", name="kind"),
        CheckConstraint("state IN ('frozen', 'open', 'annulled')", name="state"),
        CheckConstraint("choices_max >= 1", name="choices_max"),
        CheckConstraint("NOT (secret AND changeable)", name="secret_is_final"),
    )

    kind: Mapped[str] = mapped_column(String(10))
    #: what the vote is about, e.g. "motion:5"; one vote each
    subject: Mapped[str] = mapped_column(String(80))
    question: Mapped[str] = mapped_column(String(200))
    options: Mapped[list[str]] = mapped_column(JSON)
    choices_max: Mapped[int]
    #: ballots without a name, final once cast
    secret: Mapped[bool]
    #: the household may change its ballot until the end
    changeable: Mapped[bool]
    #: the rule pack as it was when the roll was frozen, and its SHA-256
    rule: Mapped[dict[str, Any]] = mapped_column(JSON)
    rule_hash: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10))
    frozen_at: Mapped[datetime]
    #: may lie ahead: the vote opens by the clock
    opened_at: Mapped[datetime | None]
    #: a scheduled end, without grace
    closes_at: Mapped[datetime | None]
    #: when the chair stopped it; ballots land for a grace after that
    stopped_at: Mapped[datetime | None]
    annulled_at: Mapped[datetime | None]
    annulled_why: Mapped[str] = mapped_column(String(200), default="")
    #: households on the roll, and the SHA-256 of the roll as it was frozen
    entitled: Mapped[int]
    roll_hash: Mapped[str] = mapped_column(String(64))


class Entitlement(TenantBase):
    """One household's right to one ballot, consumed once by whichever channel comes first. No time, no ballot."""

    __tablename__ = "entitlement"
    __table_args__ = tenant_args(
        tenant_fk("vote_id", "vote"),
        tenant_fk("unit_id", "unit"),
        UniqueConstraint("community_id", "vote_id", "unit_id"),
        CheckConstraint("used = (channel IS NOT NULL)", name="channel"),
        Index("ix_entitlement_used", "community_id", "vote_id", "used"),
        way_back("entitlement", "unit_id"),
    )

    vote_id: Mapped[int]
    unit_id: Mapped[int]
    used: Mapped[bool] = mapped_column(default=False)
    #: phone, tablet, slip, paper, proxy
    channel: Mapped[str | None] = mapped_column(String(10))
    #: SHA-256 of the form's one-use token, so that a repeated form is answered as before
    token_hash: Mapped[str | None] = mapped_column(String(64))


class Ballot(TenantMixin, Base):
    """A secret ballot: a random id, the vote, the marks. No person, unit, time, channel or sequence, ever.

    SQLite keeps it WITHOUT ROWID, so that no row number tells the order of casting (trust §0.4).
    """

    __tablename__ = "ballot"
    __table_args__ = (tenant_fk("vote_id", "vote"), {"sqlite_with_rowid": False})

    vote_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: UUID version 4, never one that carries time
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    #: one character per option, "1" marked and "0" not; all "0" abstains. Equally long for every choice.
    marks: Mapped[str] = mapped_column(String(24))


class NamedBallot(TenantBase):
    """An open ballot under the household's name; a changeable one is replaced until the end."""

    __tablename__ = "named_ballot"
    __table_args__ = tenant_args(
        tenant_fk("vote_id", "vote"),
        tenant_fk("unit_id", "unit"),
        UniqueConstraint("community_id", "vote_id", "unit_id"),
        way_back("named_ballot", "unit_id"),
    )

    vote_id: Mapped[int]
    unit_id: Mapped[int]
    marks: Mapped[str] = mapped_column(String(24))
    #: how often it was written; a form opened on an older one is refused
    revision: Mapped[int]


class ReceiptCode(TenantMixin, Base):
    """A code that is in the published list when its ballot is in the count. It joins neither roll nor ballot."""

    __tablename__ = "receipt_code"
    __table_args__ = (tenant_fk("vote_id", "vote"), {"sqlite_with_rowid": False})

    vote_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    code: Mapped[str] = mapped_column(String(9), primary_key=True)


append_only("ballot")
append_only("receipt_code")
