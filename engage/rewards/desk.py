"""The hand-out desk: what a code is for, and how many wrong ones may be typed (K11)."""

from __future__ import annotations

from datetime import datetime, timedelta

from engage.core import limits
from engage.core.access import Actor
from engage.core.database import in_turn, transaction
from engage.core.errors import N_
from engage.rewards import queries, rules
from engage.rewards.cards import HandOut

#: wrong codes one person at a desk may type in a quarter of an hour, and all desks of a community in an hour
PER_PERSON, PERSON_WINDOW = 5, timedelta(minutes=15)
PER_COMMUNITY, COMMUNITY_WINDOW = 20, timedelta(hours=1)


def look_up(*, code: str, actor: Actor, now: datetime) -> HandOut:
    """Return what a code is for. Raises `UnknownCode`, `TooManyAttempts`."""
    digits = rules.digits_of(code)
    with transaction():
        found = find(digits=digits, actor=actor, now=now)
    return queries.describe(redemption_id=known(found), now=now)


def find(*, digits: str, actor: Actor, now: datetime) -> int | None:
    """Return the id of the reservation a code is for, inside the caller's transaction.

    None is a wrong code, which counts once that transaction ends well: a code that was right, or a server that
    died, uses no try up. Raises `TooManyAttempts`.
    """
    in_turn("pick-up tries", community_id=actor.community_id)
    for name, at_most, per in _limits(actor):
        limits.ensure_tries_left(name, at_most=at_most, per=per, now=now)
    found = queries.find_by_code(digits=digits, now=now)
    if found is not None:
        return found.id
    for name, _at_most, per in _limits(actor):
        limits.add_try(name, since=limits.window_of(now, per))
    return None


def known(redemption_id: int | None) -> int:
    """Raise `UnknownCode` for a code that is nobody's; the try is stored by then."""
    if redemption_id is None:
        raise rules.UnknownCode(N_("没有这个取货码。请再看一眼手机或纸条。"), field="code")
    return redemption_id


def _limits(actor: Actor) -> tuple[tuple[str, int, timedelta], ...]:
    return (
        (f"pick-up:{actor.community_id}:{actor.person_id}", PER_PERSON, PERSON_WINDOW),
        (f"pick-up:{actor.community_id}", PER_COMMUNITY, COMMUNITY_WINDOW),
    )
