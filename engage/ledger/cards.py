"""What the book tells other rooms: frozen facts, never rows (house §6, lock 2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class EntryReceipt:
    """Proof that an entry stands in the book."""

    entry_id: int
    #: position in the community's chain, from 1
    seq: int
    #: the position as people say it, e.g. "001284"
    number: str


@dataclass(frozen=True, kw_only=True)
class Balance:
    """A person's points: what can be spent now, what is kept for goods not yet fetched, both together."""

    available: int = 0
    held: int = 0
    #: what a reversal could not take back; new points repay it first
    owed: int = 0

    @property
    def total(self) -> int:
        """Return free and kept points together."""
        return self.available + self.held


@dataclass(frozen=True, kw_only=True)
class LedgerHead:
    """The last entry of the chain, for the notice board."""

    seq: int
    fingerprint: str
    at: datetime | None


@dataclass(frozen=True, kw_only=True)
class LedgerTotals:
    """The community's points in whole numbers: issued = spent + expired + outstanding (held points are outstanding)."""

    issued: int
    spent: int
    expired: int
    held: int
    outstanding: int
    entries: int


@dataclass(frozen=True, kw_only=True)
class EntryCard:
    """One entry as pages show it; `points` is what it did to the person's free points."""

    id: int
    seq: int
    number: str
    kind: str
    source: str
    person_id: int
    points: int
    memo: str
    basis: dict[str, Any] = field(hash=False)
    earned_on: date
    at: datetime
    actor_id: int | None
    approver_id: int | None
    reverses_id: int | None
    reversed_by_id: int | None
    fingerprint: str
    prev_fingerprint: str


@dataclass(frozen=True, kw_only=True)
class PassbookLine:
    """One line of a passbook: what came or went, and what was left."""

    entry_id: int
    kind: str
    memo: str
    detail: str
    at: datetime
    points: int
    balance: int


@dataclass(frozen=True, kw_only=True)
class PassbookMonth:
    """A month of a passbook, newest line first."""

    first: date
    lines: tuple[PassbookLine, ...]
    brought: int
    came: int
    went: int


@dataclass(frozen=True, kw_only=True)
class Expiring:
    """Points that are used first because they expire first."""

    points: int
    on: date
