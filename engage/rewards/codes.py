"""Pick-up codes: eight digits that can be shown again without being stored (trust, attack 12)."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from engage.core import sealed
from engage.core.tenancy import current_community_id


def new_seed() -> str:
    """Return a fresh seed; the digits follow from it and from a key that is not in the database."""
    return secrets.token_hex(16)


def digits_for(seed: str) -> str:
    """Return the eight digits of a seed."""
    message = f"{current_community_id()}|{seed}".encode()
    digest = hmac.new(sealed.derived_key("pick-up code"), message, hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 10**8:08d}"


def hash_of(digits: str) -> str:
    """Return what is stored to find a code again."""
    return sealed.blind_index(f"pick-up|{digits}", community_id=current_community_id())
