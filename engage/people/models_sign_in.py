"""Passkeys, help at the desk, and codes asked for: what signing in needs beyond the password."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.database import TenantBase, tenant_args, tenant_fk


class Passkey(TenantBase):
    """The public half of a key that lives in somebody's phone or computer; worthless to a thief of the database."""

    __tablename__ = "passkey"
    __table_args__ = tenant_args(
        tenant_fk("person_id", "person"),
        UniqueConstraint("credential_id"),
        Index("ix_passkey_person", "community_id", "person_id"),
    )

    person_id: Mapped[int]
    #: base64url, as the browser names it
    credential_id: Mapped[str] = mapped_column(String(1400))
    public_key: Mapped[bytes]
    #: how often the key says it was used; many always say 0
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Assistance(TenantBase):
    """Somebody at the desk acted for a person who stood there, for at most a quarter of an hour."""

    __tablename__ = "assistance"
    __table_args__ = tenant_args(
        tenant_fk("person_id", "person"),
        tenant_fk("helper_id", "person"),
        tenant_fk("device_id", "device"),
        CheckConstraint("known_by IN ('card', 'number')", name="known_by"),
        CheckConstraint("person_id <> helper_id", name="two_persons"),
        Index("ix_assistance_device", "community_id", "device_id"),
        Index("ix_assistance_person", "community_id", "person_id"),
    )

    person_id: Mapped[int]
    helper_id: Mapped[int]
    device_id: Mapped[int]
    reason: Mapped[str] = mapped_column(String(120))
    #: how the person showed who they are: the card was scanned, or number and name were told
    known_by: Mapped[str] = mapped_column(String(10))
    began_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ResetRequest(TenantBase):
    """Six digits asked for by phone number: written whether or not anybody has that number (trust W13)."""

    __tablename__ = "reset_request"
    __table_args__ = tenant_args(
        CheckConstraint("tries BETWEEN 0 AND 5", name="tries"),
        Index("ix_reset_request_phone", "community_id", "phone_index"),
    )

    phone_index: Mapped[str] = mapped_column(String(16))
    code_hash: Mapped[str] = mapped_column(String(64))
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]
