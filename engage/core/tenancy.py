"""Which community a piece of work belongs to. Not set means refused, never everybody's rows (trust §3 (d))."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from engage.core.errors import ScopeMissing

_EVERYWHERE = -1
_scope: ContextVar[int | None] = ContextVar("engage_community", default=None)


@dataclass(frozen=True, kw_only=True)
class CommunityCard:
    """What pages say about the community they belong to."""

    id: int
    slug: str
    name: str
    desk_address: str = ""
    desk_phone: str = ""


@contextmanager
def scoped(community_id: int) -> Iterator[None]:
    """Work inside one community."""
    token = _scope.set(community_id)
    try:
        yield
    finally:
        _scope.reset(token)


@contextmanager
def everywhere(*, reason: str) -> Iterator[None]:
    """Read across communities: for the operator and the street's figures only. The reason stands in the code.

    Writing is refused meanwhile, by the fence and by PostgreSQL itself (ADR 0023).
    """
    if not reason:
        raise ScopeMissing("say why this work crosses communities")
    token = _scope.set(_EVERYWHERE)
    try:
        yield
    finally:
        _scope.reset(token)


def enter(community_id: int | None) -> None:
    """Set (or clear) the scope of this request. Called once, when the request's actor is known."""
    _scope.set(community_id)


def find_scope() -> int | None:
    """Return the community chosen, or None when none is chosen or the work crosses communities."""
    chosen = _scope.get()
    return None if chosen == _EVERYWHERE else chosen


def is_everywhere() -> bool:
    """Tell whether the work was declared to cross communities."""
    return _scope.get() == _EVERYWHERE


def current_community_id() -> int:
    """Return the community chosen. Raises `ScopeMissing` when there is none."""
    chosen = find_scope()
    if chosen is None:
        raise ScopeMissing("no community is chosen")
    return chosen
