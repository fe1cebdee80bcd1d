"""The hand-out desk: a code is looked up, then handed out; wrong codes are counted in the database (K11)."""

from __future__ import annotations

from datetime import datetime, timedelta

from engage.core.access import Actor
from engage.core.errors import N_
from engage.core.limits import count_attempt, forgive_attempt
from engage.rewards import commands, queries, rules
from engage.rewards.cards import HandOut

#: wrong codes one person at a desk may type in a quarter of an hour, and all desks of a community in an hour
PER_PERSON, PERSON_WINDOW = 5, timedelta(minutes=15)
PER_COMMUNITY, COMMUNITY_WINDOW = 20, timedelta(hours=1)


def look_up(*, code: str, actor: Actor, now: datetime) -> HandOut:
    """Return what a code is for. Raises `UnknownCode`, `TooManyAttempts`."""
    digits = rules.digits_of(code)
    _count(actor, now)
    found = queries.find_by_code(digits=digits, now=now)
    if found is None:
        raise rules.UnknownCode(N_("没有这个取货码。请再看一眼手机或纸条。"), field="code")
    _forgive(actor, now)
    return commands.describe(redemption_id=found.id, now=now)


def give(*, code: str, actor: Actor, key: str, now: datetime) -> HandOut:
    """Hand out what a code is for, once. Raises `UnknownCode`, `AlreadyEnded`, `TooManyAttempts`."""
    rules.digits_of(code)
    _count(actor, now)
    try:
        given = commands.hand_out(code=code, actor=actor, key=key, now=now)
    except rules.AlreadyEnded:
        _forgive(actor, now)
        raise
    _forgive(actor, now)
    return given


def _limits(actor: Actor) -> tuple[tuple[str, int, timedelta], ...]:
    return (
        (f"pick-up:{actor.community_id}:{actor.person_id}", PER_PERSON, PERSON_WINDOW),
        (f"pick-up:{actor.community_id}", PER_COMMUNITY, COMMUNITY_WINDOW),
    )


def _count(actor: Actor, now: datetime) -> None:
    for name, at_most, per in _limits(actor):
        count_attempt(name, at_most=at_most, per=per, now=now)


def _forgive(actor: Actor, now: datetime) -> None:
    for name, _at_most, per in _limits(actor):
        forgive_attempt(name, per=per, now=now)
