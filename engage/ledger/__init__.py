"""The ledger: the only writer of points. Double entry, lots with dates, a hash chain nobody can quietly edit."""

from __future__ import annotations

from flask import Flask

from engage.ledger.awarding import post_award
from engage.ledger.cards import (
    Balance,
    EntryCard,
    EntryReceipt,
    Expiring,
    LedgerHead,
    LedgerTotals,
)
from engage.ledger.carrying import carry_back, carry_over, lock_for_merge, what_blocks_going_back
from engage.ledger.commands import expire_points, propose_correction
from engage.ledger.corrections import count_waiting, counting_waiting
from engage.ledger.figures import issued_by_community
from engage.ledger.leaving import counting_entries, give_up_balance
from engage.ledger.posting import hold, release_hold, spend_hold
from engage.ledger.queries import (
    balance_of,
    balances_of,
    count_holders,
    entry_of,
    find_expiring,
    get_entry,
    head,
    list_entries,
    totals,
)
from engage.ledger.reversal import reverse
from engage.ledger.rules import AlreadyReversed, HoldEnded, HoldsOpen, NotEnoughPoints, NotReversible, WrongApprover
from engage.ledger.verifier import verify

__all__ = [
    "AlreadyReversed",
    "Balance",
    "EntryCard",
    "EntryReceipt",
    "Expiring",
    "HoldEnded",
    "HoldsOpen",
    "LedgerHead",
    "LedgerTotals",
    "NotEnoughPoints",
    "NotReversible",
    "WrongApprover",
    "balance_of",
    "balances_of",
    "carry_back",
    "carry_over",
    "count_holders",
    "count_waiting",
    "counting_entries",
    "counting_waiting",
    "entry_of",
    "expire_points",
    "find_expiring",
    "get_entry",
    "give_up_balance",
    "head",
    "hold",
    "init_app",
    "issued_by_community",
    "list_entries",
    "lock_for_merge",
    "post_award",
    "propose_correction",
    "release_hold",
    "reverse",
    "spend_hold",
    "totals",
    "verify",
    "what_blocks_going_back",
]


def init_app(app: Flask) -> None:
    """Register the pages, the commands and what the database refuses."""
    from engage.ledger import cli, triggers, views, views_corrections

    assert triggers  # noqa: S101 - imported for what it registers
    assert views_corrections  # noqa: S101 - imported for its routes
    app.register_blueprint(views.bp)
    app.cli.add_command(cli.group)
