"""Persons, what they are in the community, and how they sign in."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.database import BigKey, TenantBase, tenant_args, tenant_fk
from engage.core.references import way_back
from engage.people.models_media import Medium as Medium
from engage.people.models_teams import FormerMembership as FormerMembership


class Person(TenantBase):
    """Somebody on the roll. No ID number, no exact birth date; the phone is sealed and optional."""

    __tablename__ = "person"
    __table_args__ = tenant_args(
        tenant_fk("grid_id", "place"),
        tenant_fk("unit_id", "unit"),
        UniqueConstraint("community_id", "member_no"),
        CheckConstraint("status IN ('applied', 'declined', 'active', 'paused', 'closed')", name="status"),
        Index("ix_person_phone", "community_id", "phone_index"),
        # The list's own index: whoever it is narrowed to is found without opening the rows (ADR 0028).
        Index(
            "ix_person_list",
            "community_id",
            "pinyin",
            "id",
            "status",
            "grid_id",
            "unit_id",
            "is_volunteer",
            "birth_year",
            "phone_last4",
        ),
        Index("ix_person_last4", "community_id", "phone_last4"),
        Index("ix_person_unit", "community_id", "unit_id"),
    )

    #: printed on the card as four digits or more; says nothing about the person
    member_no: Mapped[int]
    name: Mapped[str] = mapped_column(String(60))
    #: sort and search key, e.g. "zhou guifang"; people may correct it
    pinyin: Mapped[str] = mapped_column(String(120), default="")
    #: sealed with place "person.phone|<community>|<blind index>" (core.sealed)
    phone_sealed: Mapped[bytes | None]
    phone_index: Mapped[str | None] = mapped_column(String(16))
    phone_last4: Mapped[str | None] = mapped_column(String(4))
    birth_year: Mapped[int | None]
    #: codes of `languages.LANGUAGES` in its order, with blanks between
    languages: Mapped[str] = mapped_column(String(60), default="", server_default="")
    grid_id: Mapped[int | None]
    #: the household the person lives in; who may vote for it is in `tenancy`
    unit_id: Mapped[int | None]
    is_volunteer: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(String(10), default="active")
    created_at: Mapped[datetime]


class Tenancy(TenantBase):
    """A person's tie to a unit: owner, member of the household, or tenant. Verified ones may vote for it."""

    __tablename__ = "tenancy"
    __table_args__ = tenant_args(
        tenant_fk("unit_id", "unit"),
        tenant_fk("person_id", "person"),
        tenant_fk("verified_by", "person"),
        UniqueConstraint("community_id", "unit_id", "person_id"),
        CheckConstraint("role IN ('owner', 'member', 'tenant')", name="role"),
        Index("ix_tenancy_person", "community_id", "person_id"),
        way_back("tenancy", "verified_by"),
    )

    unit_id: Mapped[int]
    person_id: Mapped[int]
    role: Mapped[str] = mapped_column(String(10))
    verified_at: Mapped[datetime | None]
    #: who of the office looked at the papers; None when the roster said so
    verified_by: Mapped[int | None]


class Team(TenantBase):
    """A volunteer team."""

    __tablename__ = "team"
    __table_args__ = tenant_args(UniqueConstraint("community_id", "name"))

    name: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(20), default="general")
    #: a closed team takes nobody in; its name and its history stay
    closed_at: Mapped[datetime | None]


class Membership(TenantBase):
    """A person in a team."""

    __tablename__ = "membership"
    __table_args__ = tenant_args(
        tenant_fk("person_id", "person"),
        tenant_fk("team_id", "team"),
        UniqueConstraint("community_id", "team_id", "person_id"),
        Index("ix_membership_person", "community_id", "person_id"),
    )

    person_id: Mapped[int]
    team_id: Mapped[int]
    joined_on: Mapped[date | None]


class RoleGrant(TenantBase):
    """A role at the whole community (place_id None) or at one of its places, from one moment until another.

    Both moments may lie ahead: `grants.in_force` asks the clock. A row is ended, never deleted: it is the history of the place.
    """

    __tablename__ = "role_grant"
    __table_args__ = tenant_args(
        tenant_fk("person_id", "person"),
        tenant_fk("place_id", "place"),
        Index("ix_role_grant_person", "community_id", "person_id"),
    )

    person_id: Mapped[int]
    role: Mapped[str] = mapped_column(String(20))
    place_id: Mapped[int | None]
    granted_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Credential(TenantBase):
    """A person's password, as argon2id."""

    __tablename__ = "credential"
    __table_args__ = tenant_args(tenant_fk("person_id", "person"), UniqueConstraint("community_id", "person_id"))

    person_id: Mapped[int]
    password_hash: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime]


class Activation(TenantBase):
    """A one-time code printed on a slip: it lets a person set the first (or a new) password."""

    __tablename__ = "activation"
    __table_args__ = tenant_args(
        tenant_fk("person_id", "person"),
        UniqueConstraint("code_hash"),
        Index("ix_activation_person", "community_id", "person_id"),
    )

    person_id: Mapped[int]
    code_hash: Mapped[str] = mapped_column(String(64))
    printed_at: Mapped[datetime]
    printed_by: Mapped[int | None] = mapped_column(BigKey)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Device(TenantBase):
    """A browser somebody signed in on: the server's side of the sign-in, which can be listed and ended."""

    __tablename__ = "device"
    __table_args__ = tenant_args(
        tenant_fk("person_id", "person"),
        UniqueConstraint("token_hash"),
        Index("ix_device_person", "community_id", "person_id"),
    )

    person_id: Mapped[int]
    #: SHA-256 of the cookie; the cookie itself is nowhere
    token_hash: Mapped[str] = mapped_column(String(64))
    label: Mapped[str] = mapped_column(String(60))
    signed_in_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    #: a browser others use too: ends by itself, keeps no PIN
    shared: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: the last time a password, PIN or passkey was given on it
    confirmed_at: Mapped[datetime | None]
    #: since when it must prove who holds it before anything
    locked_at: Mapped[datetime | None]
    #: argon2id of the six digits, keyed with the installation's secret and this row's id (people.pins)
    pin_hash: Mapped[str | None] = mapped_column(String(200))
    pin_tries: Mapped[int] = mapped_column(default=0, server_default="0")


class Consent(TenantBase):
    """A person agreed to a text, in one of its versions."""

    __tablename__ = "consent"
    __table_args__ = tenant_args(
        tenant_fk("person_id", "person"), UniqueConstraint("community_id", "person_id", "subject", "version")
    )

    person_id: Mapped[int]
    subject: Mapped[str] = mapped_column(String(30))
    version: Mapped[str] = mapped_column(String(20))
    given_at: Mapped[datetime]


class PhoneReveal(TenantBase):
    """Somebody of the office looked at a person's whole phone number; the person can see who and why."""

    __tablename__ = "phone_reveal"
    __table_args__ = tenant_args(
        tenant_fk("person_id", "person"),
        tenant_fk("actor_id", "person"),
        Index("ix_phone_reveal_person", "community_id", "person_id"),
        Index("ix_phone_reveal_actor", "community_id", "actor_id", "at"),
    )

    person_id: Mapped[int]
    actor_id: Mapped[int]
    reason: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime]


class RollMark(TenantBase):
    """How far ids and member numbers had gone when people were taken off the roll again: none is given out twice."""

    __tablename__ = "roll_mark"
    __table_args__ = tenant_args()

    highest_person_id: Mapped[int] = mapped_column(BigKey)
    highest_member_no: Mapped[int]
    at: Mapped[datetime]
