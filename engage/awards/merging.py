"""When two entries turn out to be one person: what was paid twice for the same minutes is worth less."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypedDict

from sqlalchemy import select

from engage import attendance
from engage.awards import queries, rules
from engage.awards.models import Award, AwardRule
from engage.awards.rules import Earned
from engage.core.database import require_transaction


class Cut(TypedDict):
    """An award before it was cut, and the points to take back, as the book names its entry: plain values for an undo."""

    award_id: int
    minutes: int
    points: int
    source: str
    back: int


def cut(minutes_left: Mapping[int, int]) -> list[Cut]:
    """Cut the awards of sessions to the minutes that are left, by the rule they were paid by (caller's transaction).

    The caller takes the points back through the ledger's door.
    """
    session = require_transaction()
    cards = attendance.session_cards(minutes_left)
    rows = session.execute(
        select(Award, AwardRule)
        .join(AwardRule, (AwardRule.id == Award.rule_id) & (AwardRule.community_id == Award.community_id))
        .where(Award.session_id.in_(minutes_left))
        .order_by(Award.id)
    ).all()
    done: list[Cut] = []
    for award, rule in rows:
        left = min(minutes_left[award.session_id], award.minutes)
        nothing = Earned(activity=0, day=0, month=0)
        kind = cards[award.session_id].kind
        worth = rules.compute(terms=queries.terms_of(rule), minutes=left, kind=kind, earned=nothing).points
        points = min(worth, award.points)
        done.append(
            Cut(
                award_id=award.id,
                minutes=award.minutes,
                points=award.points,
                source=f"session:{award.session_id}:{rule.code}",
                back=award.points - points,
            )
        )
        award.minutes, award.points = left, points
    session.flush()
    return done


def mend(cuts: Iterable[Cut]) -> None:
    """Give awards back what they were before they were cut, inside the caller's transaction."""
    session = require_transaction()
    by_id = {one["award_id"]: one for one in cuts}
    for award in session.scalars(select(Award).where(Award.id.in_(by_id))):
        award.minutes, award.points = by_id[award.id]["minutes"], by_id[award.id]["points"]
    session.flush()
