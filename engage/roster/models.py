"""A workbook on its way in: kept until somebody confirms it, so that nothing is uploaded twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.database import TenantBase, tenant_args, tenant_fk


class RosterBatch(TenantBase):
    """One uploaded workbook. Its cells are sealed and wiped when it expires; what it made stays listed for an undo."""

    __tablename__ = "roster_batch"
    __table_args__ = tenant_args(
        tenant_fk("uploaded_by", "person"),
        tenant_fk("undone_by", "person"),
        Index("ix_roster_batch_at", "community_id", "uploaded_at"),
    )

    filename: Mapped[str] = mapped_column(String(120))
    #: the sheets' rows and chosen columns, sealed with place "roster.batch|<community>|<seal_no>"
    content: Mapped[bytes | None]
    #: new whenever the content is
    seal_no: Mapped[str] = mapped_column(String(32))
    #: what was decided row by row, e.g. {"7|名单": "leave"} (roster.rules.choices)
    choices: Mapped[dict[str, str] | None] = mapped_column(JSON)
    #: counts the changes; a confirmation of something else than was looked at is refused
    revision: Mapped[int] = mapped_column(default=1)
    #: None when the operator's command line brought it
    uploaded_by: Mapped[int | None]
    uploaded_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    #: when the first rows were written; everything the import made carries this instant
    started_at: Mapped[datetime | None]
    #: who writes the parts of a long import, or of its undo: somebody else's run stops at its next part
    runner: Mapped[str | None] = mapped_column(String(32))
    beat_at: Mapped[datetime | None]
    #: {"done", "total", "outcome"} while a long import is under way
    progress: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    imported_at: Mapped[datetime | None]
    #: counts for people to read, set at the import
    outcome: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    #: what this batch created: ids of "persons", "units", "places" and "grants" (roles given), names of "teams"
    made: Mapped[dict[str, list[Any]] | None] = mapped_column(JSON)
    #: when an undo began; from then on its end is all there is to wait for
    undo_began_at: Mapped[datetime | None]
    #: {"done", "total", "outcome"} while an undo is under way (roster.undo_parts)
    undo_progress: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    undone_at: Mapped[datetime | None]
    #: who began the undo
    undone_by: Mapped[int | None]
    #: counts for people to read, set at the undo
    undone: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class RosterChange(TenantBase):
    """What an import changed about somebody who was on the roll already; the values are wiped with the chance to undo."""

    __tablename__ = "roster_change"
    __table_args__ = tenant_args(
        tenant_fk("batch_id", "roster_batch"),
        tenant_fk("person_id", "person"),
        UniqueConstraint("community_id", "batch_id", "person_id"),
        Index("ix_roster_change_person", "community_id", "person_id"),
    )

    batch_id: Mapped[int]
    person_id: Mapped[int]
    #: e.g. ["phone", "home"]; never what they said
    facts: Mapped[list[str]] = mapped_column(JSON)
    #: as people.amend_many returned them (a phone stays sealed); None once wiped
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    at: Mapped[datetime]


class RosterMapping(TenantBase):
    """What somebody said the columns of a sheet with these headings hold."""

    __tablename__ = "roster_mapping"
    __table_args__ = tenant_args(UniqueConstraint("community_id", "fingerprint"))

    #: SHA-256 of the printed headings in order
    fingerprint: Mapped[str] = mapped_column(String(64))
    #: column (from 0, as text) -> field
    fields: Mapped[dict[str, str]] = mapped_column(JSON)
    chosen_at: Mapped[datetime]
