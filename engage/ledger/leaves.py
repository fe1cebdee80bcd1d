"""What of an entry is bound into the chain: written once, recomputed by the verifier from the stored rows."""

from __future__ import annotations

from collections.abc import Sequence

from engage.core import chain
from engage.ledger import rules
from engage.ledger.models import Entry, Lot, LotUse, Transfer


def leaf(entry: Entry, transfers: list[dict[str, object]]) -> bytes:
    """Return what of an entry is bound into the chain: everything but the words, which it commits to."""
    return rules.leaf_of(
        fields={
            "community": entry.community_id,
            "seq": entry.seq,
            "kind": entry.kind,
            "source": entry.source,
            "person": entry.person_id,
            "reverses": entry.reverses_id,
            "settles": entry.settles_id,
            "earned_on": entry.earned_on.isoformat(),
            "at": chain.microseconds(entry.at),
            "actor": entry.actor_id,
            "approver": entry.approver_id,
            "note": entry.note_hash,
        },
        transfers=transfers,
    )


def image(transfer: Transfer, uses: Sequence[LotUse], lots: Sequence[Lot]) -> dict[str, object]:
    """Return a stored transfer as it stands in the leaf."""
    return {
        "debit": transfer.debit_id,
        "credit": transfer.credit_id,
        "amount": transfer.amount,
        "debit_after": transfer.debit_after,
        "credit_after": transfer.credit_after,
        "uses": sorted([use.lot_id, use.points] for use in uses),
        "opens": [
            [lot.expires_on.isoformat(), lot.amount, lot.origin_id] for lot in sorted(lots, key=lambda lot: lot.id)
        ],
    }
