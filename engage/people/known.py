"""Browsers somebody came in on before: they have a count of their own, so that no flood keeps the owner out (trust W15)."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from engage.core import sealed
from engage.core.access import Actor
from engage.core.tenancy import current_community_id

COOKIE = "engage_known"


def mark_of(actor: Actor) -> str:
    """Return what a browser keeps to be known again as this person's, signed in or not; it opens nothing."""
    nonce = secrets.token_urlsafe(9)
    return f"{nonce}.{_mac(nonce, community_id=actor.community_id, person_id=actor.person_id)}"


def _mac(nonce: str, *, community_id: int, person_id: int) -> str:
    message = f"{community_id}|{person_id}|{nonce}".encode()
    return hmac.new(sealed.derived_key("known"), message, hashlib.sha256).hexdigest()[:32]


def whence(mark: str, *, person_id: int, otherwise: str) -> str:
    """Return where tries for a person are counted: under the browser's own mark if it is theirs, else `otherwise`."""
    nonce, _, mac = mark.partition(".")
    expected = _mac(nonce, community_id=current_community_id(), person_id=person_id)
    return f"known:{nonce}" if hmac.compare_digest(mac.encode(), expected.encode()) else otherwise
