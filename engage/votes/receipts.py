"""One-use form tokens and inclusion receipts: derived, so that nothing on the server joins a code to a household."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from engage.core import sealed
from engage.core.errors import N_, DomainError
from engage.core.tenancy import current_community_id

#: base32 has no 0 and no 1, so that O and I would be the letters people misread
_EASY_TO_READ = str.maketrans("OI", "89")


class StaleForm(DomainError):
    """The form belongs to another household or vote, or the ballot was changed since it was opened."""


def form_token(*, vote_id: int, unit_id: int, revision: int = 0) -> str:
    """Return a fresh one-use token for a ballot form, bound to the household's entitlement.

    `revision` counts the changes of a named ballot, so that a late copy of an older form changes nothing.
    """
    return _signed(vote_id=vote_id, unit_id=unit_id, revision=revision, nonce=secrets.token_hex(8))


def _signed(*, vote_id: int, unit_id: int, revision: int, nonce: str) -> str:
    proof = sealed.derived_token("ballot form", current_community_id(), vote_id, unit_id, revision, nonce)
    return f"{revision}.{nonce}.{proof}"


def revision_of(token: str, *, vote_id: int, unit_id: int) -> int:
    """Return the revision a genuine token speaks of. Raises `StaleForm` for a forged or foreign one."""
    revision, _, rest = token.partition(".")
    nonce = rest.partition(".")[0]
    if revision.isascii() and revision.isdigit() and len(token) < 64:
        genuine = _signed(vote_id=vote_id, unit_id=unit_id, revision=int(revision), nonce=nonce)
        if hmac.compare_digest(genuine.encode(), token.encode()):
            return int(revision)
    raise StaleForm(N_("这张选票页放得太久了，没有投出去。请刷新这一页再投。"))


def hash_of_token(token: str) -> str:
    """Return what the entitlement keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def code_of(token: str, *, vote_id: int) -> str:
    """Return the receipt code, like "M4Q8-61TW", that only the holder of the token can derive again."""
    text = sealed.derived_token("receipt", current_community_id(), vote_id, token).translate(_EASY_TO_READ)
    return f"{text[:4]}-{text[4:8]}"
