"""Gathering the public board of one community."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from engage import ledger, places, resolutions, talks
from engage.board import rules
from engage.core import tenancy
from engage.core.tenancy import CommunityCard

PAGE = 10


@dataclass(frozen=True, kw_only=True)
class Board:
    """What everybody may see. Figures are None where too few persons stand behind them."""

    community: CommunityCard
    persons: int
    issued: int | None
    spent: int | None
    outstanding: int | None
    head: ledger.LedgerHead | None
    entries: int
    resolutions: list[resolutions.ResolutionCard]
    more: bool
    open_resolutions: int
    talk: talks.TalkCard | None


def board_of(slug: str, *, page: int, now: datetime) -> Board:
    """Return the board at this public address. Raises `NotFound`."""
    community = places.community_by_slug(slug)
    with tenancy.scoped(community.id):
        persons = ledger.count_holders()
        totals = ledger.totals()
        shown = resolutions.list_public(limit=PAGE + 1, offset=(page - 1) * PAGE)
        return Board(
            community=community,
            persons=persons,
            issued=rules.publishable(totals.issued, persons=persons),
            spent=rules.publishable(totals.spent, persons=persons),
            outstanding=rules.publishable(totals.outstanding, persons=persons),
            head=ledger.head(),
            entries=totals.entries,
            resolutions=shown[:PAGE],
            more=len(shown) > PAGE,
            open_resolutions=resolutions.count_open(),
            talk=talks.find_next(now=now),
        )
