"""Reading rule versions and what has been awarded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import and_, case, func, select

from engage import people
from engage.awards.models import Award, AwardRule
from engage.awards.rules import Earned, Terms, Version
from engage.core.database import db


def terms_of(row: AwardRule) -> Terms:
    """Return what a stored version says."""
    return Terms(
        quantum_minutes=row.quantum_minutes,
        unit_points=row.unit_points,
        coefficients=row.coefficients,
        cap_activity=row.cap_activity,
        cap_day=row.cap_day,
        cap_month=row.cap_month,
    )


def version_of(row: AwardRule) -> Version:
    """Return a stored version as the rules see it."""
    return Version(id=row.id, code=row.code, version=row.version, valid_from=row.valid_from, terms=terms_of(row))


def approved_versions(*, code: str, lock: bool = False) -> list[Version]:
    """Return the approved versions of a rule. Locked, approvals of one community take turns, so caps add up."""
    statement = select(AwardRule).where(AwardRule.code == code, AwardRule.approved_by.is_not(None))
    if lock:
        statement = statement.with_for_update()
    return [version_of(row) for row in db.session.scalars(statement.order_by(AwardRule.id))]


def lacks_rule(*, today: date) -> bool:
    """Tell whether nothing turns minutes into points, and no draft waits that could still be approved on `today`."""
    return not any(row.approved_by is not None or row.valid_from >= today for row in list_rules())


def list_rules() -> Sequence[AwardRule]:
    """Return every version, newest first."""
    return db.session.scalars(select(AwardRule).order_by(AwardRule.code, AwardRule.version.desc())).all()


def find_award(*, session_id: int) -> Award | None:
    """Return what a session earned, or None before it was approved."""
    return db.session.scalar(select(Award).where(Award.session_id == session_id))


def earned_by(*, person_id: int, activity_id: int, served_on: date, code: str) -> Earned:
    """Return what a person has under a rule that the caps look at, in one query."""
    first = served_on.replace(day=1)
    last = (first.replace(year=first.year + 1, month=1)) if first.month == 12 else first.replace(month=first.month + 1)
    month = and_(Award.served_on >= first, Award.served_on < last)

    def total(condition: object) -> object:
        return func.coalesce(func.sum(case((condition, Award.points), else_=0)), 0)  # type: ignore[arg-type]

    row = db.session.execute(
        select(total(Award.activity_id == activity_id), total(Award.served_on == served_on), total(month))  # type: ignore[call-overload]
        .join(AwardRule, AwardRule.id == Award.rule_id)
        .where(Award.person_id.in_(people.selves(person_id)), AwardRule.code == code)
    ).one()
    return Earned(activity=int(row[0]), day=int(row[1]), month=int(row[2]))
