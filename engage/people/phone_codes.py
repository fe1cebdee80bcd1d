"""The code on a member's phone: whose it is, which half-minute, and a proof that we made it (trust §3 (c), K1, K3). Pure."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

STEP_SECONDS = 30
#: the half-minute shown now and the one before: a scanner needs a moment
STEPS_LIVE = 2
LETTERS = 36
_HEAD = 20  # letters for whose (8 bytes) and when (4 bytes); the other 16 prove it
Prove = Callable[[int, int], str]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What a code says of itself; nothing of it is true before the proof is checked."""

    person_id: int
    step: int
    proof: str


def step_of(moment: datetime) -> int:
    """Return the number of the half-minute a moment falls into."""
    return int(moment.timestamp()) // STEP_SECONDS


def written(*, person_id: int, step: int, prove: Prove) -> str:
    """Return the code as it stands in the QR: 36 letters of base32."""
    head = base64.b32encode(person_id.to_bytes(8) + step.to_bytes(4)).decode()[:_HEAD]
    return head + prove(person_id, step)


def claim_in(code: str) -> Claim | None:
    """Return what a code claims, or None for what is none of ours by its shape alone."""
    if len(code) != LETTERS:
        return None
    try:
        head = base64.b32decode(code[:_HEAD] + "====")
    except (binascii.Error, ValueError):
        return None
    person_id, step = int.from_bytes(head[:8]), int.from_bytes(head[8:12])
    # The last letter of the head carries two bits of nothing: only one way of writing them is ours.
    same = base64.b32encode(head).decode()[:_HEAD] == code[:_HEAD]
    return Claim(person_id=person_id, step=step, proof=code[_HEAD:]) if same and person_id < 2**31 else None


def is_proven(claim: Claim, *, prove: Prove) -> bool:
    """Tell whether we made this code, in constant time."""
    return hmac.compare_digest(prove(claim.person_id, claim.step).encode(), claim.proof.encode())


def is_live(step: int, *, now: datetime) -> bool:
    """Tell whether a half-minute is this one or the one before; a later one is nobody's."""
    return 0 <= step_of(now) - step < STEPS_LIVE
