"""When two entries turn out to be one person: what was paid twice for the same minutes."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from engage import attendance
from engage.awards import queries, rules
from engage.awards.models import Award, AwardRule
from engage.awards.rules import Earned
from engage.core.database import db


def paid_twice(minutes_left: Mapping[int, int]) -> list[tuple[str, int]]:
    """Return (the book's source, points too many) of the awards of sessions of which only so many minutes are left.

    Computed by the rule each was paid by. The awards stay as they are: the caps of that month go on counting what was paid.
    """
    cards = attendance.session_cards(minutes_left)
    rows = db.session.execute(
        select(Award, AwardRule)
        .join(AwardRule, (AwardRule.id == Award.rule_id) & (AwardRule.community_id == Award.community_id))
        .where(Award.session_id.in_(minutes_left), Award.points > 0)
        .order_by(Award.id)
    ).all()
    found: list[tuple[str, int]] = []
    for award, rule in rows:
        left, nothing = min(minutes_left[award.session_id], award.minutes), Earned(activity=0, day=0, month=0)
        kind = cards[award.session_id].kind
        worth = rules.compute(terms=queries.terms_of(rule), minutes=left, kind=kind, earned=nothing).points
        if worth < award.points:
            found.append((f"session:{award.session_id}:{rule.code}", award.points - worth))
    return found
