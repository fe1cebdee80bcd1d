"""What the database itself refuses, whoever asks (trust §0.2, §0.3, L1, L2).

A guard that aborts before the insert is what no conflict clause can swallow: such a clause skips rows that break a
constraint, silently, and would keep one leg of a movement.
"""

from __future__ import annotations

from engage.core.ddl import append_only, guard, restrict

for _table in ("ledger_entry", "ledger_transfer", "ledger_lot_use", "ledger_note"):
    append_only(_table)


def _before(account: str) -> str:
    """Return SQL for the balance the rows so far leave on an account: 0 before its first transfer."""
    last_debit = f"COALESCE((SELECT max(id) FROM ledger_transfer WHERE debit_id = {account}), 0)"
    last_credit = f"COALESCE((SELECT max(id) FROM ledger_transfer WHERE credit_id = {account}), 0)"
    return (
        f"COALESCE(CASE WHEN {last_debit} > {last_credit} "
        f"THEN (SELECT debit_after FROM ledger_transfer WHERE id = {last_debit}) "
        f"ELSE (SELECT credit_after FROM ledger_transfer WHERE id = {last_credit}) END, 0)"
    )


def _leg(side: str, sign: str) -> str:
    account, after = f"NEW.{side}_id", f"NEW.{side}_after"
    return (
        f"EXISTS (SELECT 1 FROM ledger_account a WHERE a.id = {account} AND "
        f"(a.balance IS DISTINCT FROM {after} OR "
        f"(a.balance IS NOT NULL AND {after} <> {_before(account)} {sign} NEW.amount)))"
    )


def _unknown(side: str) -> str:
    return (
        f"NOT EXISTS (SELECT 1 FROM ledger_account a WHERE a.id = NEW.{side}_id AND a.community_id = NEW.community_id)"
    )


guard(
    "ledger_transfer_guard",
    table="ledger_transfer",
    event="INSERT",
    refusals={
        "ledger: amount": "NEW.amount IS NULL OR NEW.amount <= 0",
        "ledger: account": f"{_unknown('debit')} OR {_unknown('credit')}",
        "ledger: entry": (
            "NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.id = NEW.entry_id AND e.community_id = NEW.community_id)"
        ),
        "ledger: overdraft": (
            "EXISTS (SELECT 1 FROM ledger_account a WHERE a.id = NEW.debit_id AND a.kind IN ('person', 'held') "
            f"AND {_before('NEW.debit_id')} < NEW.amount)"
        ),
        "ledger: balance": f"{_leg('debit', '-')} OR {_leg('credit', '+')}",
    },
)

guard(
    "ledger_entry_guard",
    table="ledger_entry",
    event="INSERT",
    refusals={
        "ledger: source": "EXISTS (SELECT 1 FROM ledger_entry e WHERE e.community_id = NEW.community_id AND e.source = NEW.source)",
        "ledger: reversed already": "EXISTS (SELECT 1 FROM ledger_entry e WHERE e.reverses_id = NEW.reverses_id)",
        "ledger: settled already": "EXISTS (SELECT 1 FROM ledger_entry e WHERE e.settles_id = NEW.settles_id)",
        "ledger: chain": (
            "NOT EXISTS (SELECT 1 FROM ledger_head h WHERE h.community_id = NEW.community_id "
            "AND h.seq = NEW.seq - 1 AND h.hash = NEW.prev_hash)"
        ),
    },
)

guard(
    "ledger_head_guard",
    table="ledger_head",
    event="UPDATE",
    refusals={
        "ledger: head": (
            "NEW.id <> OLD.id OR NEW.community_id <> OLD.community_id OR NEW.seq <> OLD.seq + 1 OR NOT EXISTS "
            "(SELECT 1 FROM ledger_entry e WHERE e.community_id = NEW.community_id AND e.seq = NEW.seq AND e.hash = NEW.hash)"
        )
    },
)

guard(
    "ledger_lot_fixed",
    table="ledger_lot",
    event="UPDATE",
    refusals={
        "ledger: lot": (
            "NEW.id <> OLD.id OR NEW.community_id <> OLD.community_id OR NEW.account_id <> OLD.account_id "
            "OR NEW.transfer_id <> OLD.transfer_id OR NEW.origin_id IS DISTINCT FROM OLD.origin_id "
            "OR NEW.expires_on <> OLD.expires_on OR NEW.amount <> OLD.amount OR NEW.remaining < 0 "
            "OR NEW.remaining > OLD.amount"
        )
    },
)

guard(
    "ledger_account_fixed",
    table="ledger_account",
    event="UPDATE",
    refusals={
        "ledger: account": (
            "NEW.id <> OLD.id OR NEW.community_id <> OLD.community_id OR NEW.kind <> OLD.kind "
            "OR NEW.person_id IS DISTINCT FROM OLD.person_id"
        ),
        "ledger: overdraft": "NEW.kind IN ('person', 'held') AND NEW.balance < 0",
    },
)

for _table, _columns in {
    "ledger_account": ("balance",),
    "ledger_head": ("seq", "hash", "at"),
    "ledger_lot": ("remaining",),
}.items():
    restrict(_table, columns=_columns)
    guard(f"{_table}_kept", table=_table, event="DELETE", refusals={f"{_table} is kept for good": "1 = 1"})
