"""What a passkey is asked to sign: made by us, for one purpose and place, five minutes, and only once (ADR 35).

Nothing is stored when it is made, so that nobody can fill a table by opening the sign-in page.
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from engage.core import sealed
from engage.core.database import in_turn
from engage.core.errors import N_, DomainError
from engage.core.limits import add_try, tries_so_far

LIFE = timedelta(minutes=5)
_NONCE, _TIME, _MAC = 16, 8, 16


class StaleChallenge(DomainError):
    """Signed for something else, too long ago, or a second time."""


def _mac(head: bytes, *, purpose: str) -> bytes:
    return hmac.new(sealed.derived_key("challenge"), purpose.encode() + b"|" + head, sha256).digest()[:_MAC]


def new_challenge(*, purpose: str, now: datetime) -> bytes:
    """Return a challenge for one purpose, e.g. "sign-in" or "confirm|17"."""
    head = secrets.token_bytes(_NONCE) + int((now + LIFE).timestamp()).to_bytes(_TIME)
    return head + _mac(head, purpose=purpose)


def challenge_of(credential: str) -> bytes:
    """Return the challenge a browser says it signed. Raises `StaleChallenge` when the text is nothing of the kind."""
    try:
        told = json.loads(credential)["response"]["clientDataJSON"]
        signed = json.loads(_bytes(told))["challenge"]
        return _bytes(signed)
    except (ValueError, KeyError, TypeError) as odd:
        raise StaleChallenge(N_("浏览器没有给出通行密钥。请再点一次，或者用密码")) from odd


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def spend(challenge: bytes, *, purpose: str, community_id: int, now: datetime) -> None:
    """Use a challenge up, inside the caller's transaction. Raises `StaleChallenge` for a foreign, old or used one."""
    head, mac = challenge[:-_MAC], challenge[-_MAC:]
    ends = datetime.fromtimestamp(int.from_bytes(head[_NONCE:]) if len(head) == _NONCE + _TIME else 0, tz=UTC)
    if not hmac.compare_digest(mac, _mac(head, purpose=purpose)) or ends <= now:
        raise StaleChallenge(N_("这一页放得太久了。请再点一次"))
    key = f"challenge|{head.hex()}"
    in_turn(key, community_id=community_id)
    if tries_so_far(key, since=ends):
        raise StaleChallenge(N_("这把钥匙刚才已经用过一次。请再点一次"))
    add_try(key, since=ends)
