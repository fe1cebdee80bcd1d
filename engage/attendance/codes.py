"""The live codes of a shift, and proof that somebody opened one in time."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from functools import lru_cache

from engage import activities
from engage.attendance import rules
from engage.attendance.rules import CodeBook, Kind
from engage.core import sealed

_books = lru_cache(maxsize=64)(rules.make_codes)


def book_of(seed: activities.CodeSeed) -> CodeBook:
    """Return the codes of a shift. A copy of the database alone does not yield them: half the key is outside."""
    key = hmac.digest(sealed.derived_key("live codes"), seed.secret, "sha256")
    return _books(key, starts_at=seed.shift.starts_at, ends_at=seed.shift.ends_at)


def ticket_for(*, shift_id: int, person_id: int, code: str, now: datetime) -> str:
    """Return a proof that this person opened this code now; they may take five minutes to press the button."""
    seen = str(int(now.timestamp()))
    return f"{seen}.{sealed.derived_token('code seen', shift_id, person_id, code, seen)}"


def seen_at(ticket: str, *, shift_id: int, person_id: int, code: str) -> datetime | None:
    """Return when the ticket was made, or None when it is not ours, not theirs, or not for this code."""
    seen, _, token = ticket.partition(".")
    if not (seen.isascii() and seen.isdigit() and len(seen) < 12):
        return None
    wanted = sealed.derived_token("code seen", shift_id, person_id, code, seen)
    return datetime.fromtimestamp(int(seen), tz=UTC) if hmac.compare_digest(token.encode(), wanted.encode()) else None


def live_code(*, shift_id: int, kind: Kind, now: datetime) -> str | None:
    """Return the ten digits shown now, or None outside the shift's hours. For the leader's screen and the demo."""
    book = book_of(activities.seed_of(shift_id=shift_id, now=now))
    return book.code(kind=kind, slot=rules.slot_of(now))
