"""Versions of the rule that turns minutes into points, and what each approved session earned by it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.database import TenantBase, tenant_args, tenant_fk
from engage.core.ddl import append_only, register_ddl


class AwardRule(TenantBase):
    """One version of a rule: drafted by one person, approved by another, in force from a day on."""

    __tablename__ = "award_rule"
    __table_args__ = tenant_args(
        tenant_fk("drafted_by", "person"),
        tenant_fk("approved_by", "person"),
        UniqueConstraint("community_id", "code", "version"),
        CheckConstraint("quantum_minutes > 0 AND unit_points > 0", name="terms"),
        CheckConstraint("approved_by IS NULL OR approved_by <> drafted_by", name="two_persons"),
        CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name="approved"),
    )

    code: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    quantum_minutes: Mapped[int]
    unit_points: Mapped[int]
    #: whole per cent by kind of activity; a kind that is not named counts 100
    coefficients: Mapped[dict[str, int]] = mapped_column(JSON)
    cap_activity: Mapped[int | None]
    cap_day: Mapped[int | None]
    cap_month: Mapped[int | None]
    #: the first Shanghai day of service it is for
    valid_from: Mapped[date]
    source: Mapped[str] = mapped_column(String(120))
    drafted_by: Mapped[int]
    drafted_at: Mapped[datetime]
    approved_by: Mapped[int | None]
    approved_at: Mapped[datetime | None]


class Award(TenantBase):
    """What a session earned: the points, the version that said so, and what trimmed them."""

    __tablename__ = "award"
    __table_args__ = tenant_args(
        tenant_fk("rule_id", "award_rule"),
        tenant_fk("person_id", "person"),
        tenant_fk("session_id", "service_session"),
        tenant_fk("activity_id", "activity"),
        UniqueConstraint("community_id", "session_id"),
        CheckConstraint("points >= 0 AND minutes >= 0", name="points"),
        Index("ix_award_person", "community_id", "person_id", "served_on"),
    )

    session_id: Mapped[int]
    rule_id: Mapped[int]
    person_id: Mapped[int]
    activity_id: Mapped[int]
    served_on: Mapped[date]
    minutes: Mapped[int]
    points: Mapped[int]
    #: the cap that made it less: activity, day or month
    trimmed_by: Mapped[str | None] = mapped_column(String(10))
    #: the book's number; None when it came to no points
    entry_seq: Mapped[int | None]
    at: Mapped[datetime]


append_only("award")

_FROZEN = "'an approved rule is never changed: draft the next version'"
register_ddl(
    "award_rule_frozen",
    table="award_rule",
    sqlite=(
        "CREATE TRIGGER award_rule_frozen BEFORE UPDATE ON award_rule WHEN OLD.approved_by IS NOT NULL "
        f"BEGIN SELECT RAISE(ABORT, {_FROZEN}); END"
    ),
    postgresql=(
        "CREATE FUNCTION award_rule_frozen() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF OLD.approved_by IS NOT NULL THEN RAISE EXCEPTION {_FROZEN}; END IF; RETURN NEW; END $$; "
        "CREATE TRIGGER award_rule_frozen BEFORE UPDATE ON award_rule "
        "FOR EACH ROW EXECUTE FUNCTION award_rule_frozen()"
    ),
)
register_ddl(
    "award_rule_kept",
    table="award_rule",
    sqlite="CREATE TRIGGER award_rule_kept BEFORE DELETE ON award_rule BEGIN SELECT RAISE(ABORT, 'rules are kept'); END",
    postgresql=(
        "CREATE FUNCTION award_rule_kept() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'rules are kept'; END $$; "
        "CREATE TRIGGER award_rule_kept BEFORE DELETE ON award_rule "
        "FOR EACH ROW EXECUTE FUNCTION award_rule_kept()"
    ),
)
