"""What became of somebody's entry, step by step, and who is the same person as whom."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.database import TenantBase, tenant_args, tenant_fk
from engage.core.references import way_back


class PersonEvent(TenantBase):
    """One step of a person's standing: from what, to what, why, by whom (service-points §6, invariant 9)."""

    __tablename__ = "person_event"
    __table_args__ = tenant_args(
        tenant_fk("person_id", "person"),
        tenant_fk("actor_id", "person"),
        Index("ix_person_event_person", "community_id", "person_id", "id"),
        way_back("person_event", "actor_id"),
    )

    person_id: Mapped[int]
    #: empty for the first step
    was: Mapped[str] = mapped_column(String(10))
    became: Mapped[str] = mapped_column(String(10))
    #: emptied when the person leaves for good
    reason: Mapped[str] = mapped_column(String(120))
    #: None when an operator's command acted
    actor_id: Mapped[int | None]
    at: Mapped[datetime]


class PersonAlias(TenantBase):
    """An entry that turned out to be somebody who is on the roll already. Ended when that was taken back."""

    __tablename__ = "person_alias"
    __table_args__ = tenant_args(
        tenant_fk("person_id", "person"),
        tenant_fk("survivor_id", "person"),
        UniqueConstraint("community_id", "person_id"),
        CheckConstraint("person_id <> survivor_id", name="two"),
        Index("ix_person_alias_survivor", "community_id", "survivor_id"),
    )

    person_id: Mapped[int]
    #: always the entry that lives, never another alias
    survivor_id: Mapped[int]
    since: Mapped[datetime]
