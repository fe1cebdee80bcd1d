"""How a log is chained: each line's hash binds its content to the line before it. Pure; the ledger and the audit log share it.

Whoever keeps a number and its fingerprint can tell later whether anything before it was changed (trust §3 (a), (e)).
"""

from __future__ import annotations

import calendar
import hashlib
import json
from datetime import datetime

#: the hash before the first line
GENESIS = "0" * 64


def canonical(content: object) -> bytes:
    """Return the one byte string for a piece of JSON: sorted keys, no spaces, UTF-8, integers only."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def link(*, prev_hash: str, leaf: bytes) -> str:
    """Return a line's hash: the content bound to the line before it (prefixes keep the two kinds apart)."""
    content = hashlib.sha256(b"\x00" + leaf).digest()
    return hashlib.sha256(b"\x01" + bytes.fromhex(prev_hash) + content).hexdigest()


def fingerprint_of(digest: str) -> str:
    """Return the short form for the notice board, e.g. "3F9A-71C2-0B5D-9E44"."""
    short = digest[:16].upper()
    return "-".join(short[at : at + 4] for at in range(0, 16, 4))


def microseconds(moment: datetime) -> int:
    """Return a moment as whole microseconds since 1970 UTC: the same on every database."""
    return calendar.timegm(moment.utctimetuple()) * 1_000_000 + moment.microsecond
