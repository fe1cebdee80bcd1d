"""Codes, event ids and times as they come in from forms and from a phone's queue."""

from __future__ import annotations

import unicodedata
import uuid
from datetime import UTC, datetime, time, timedelta

from werkzeug.datastructures import MultiDict

from engage.attendance.commands import Handed
from engage.attendance.rules import EndRefused, RollRefused
from engage.core import clock
from engage.core.errors import N_

_LATEST_CLOCK = datetime(9000, 1, 1, tzinfo=UTC).timestamp()


def digits_of(text: str) -> str:
    """Return what was typed as plain digits: full-width ones, blanks and dashes are put right."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if not c.isspace() and c not in "-—·")[:12]


def handed(form: MultiDict[str, str], *, medium: str = "typed", code: str | None = None) -> Handed:
    """Return the code of a form. A form without an event id gets a new one: the command answers repeats by itself."""
    return Handed(
        digits=digits_of(form.get("code", "") if code is None else code),
        client_event_id=form.get("client_event_id", "").strip()[:64] or uuid.uuid4().hex,
        medium=medium,
        stored=form.get("stored") == "1",
        claimed_at=_clock_of_the_phone(form.get("claimed_at", "")),
        ticket=form.get("ticket", "")[:80],
    )


def _clock_of_the_phone(text: str) -> datetime | None:
    """Return milliseconds since 1970 as a moment; a phone may say anything, so nonsense is None."""
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        return None
    seconds = int(text) / 1000
    return datetime.fromtimestamp(seconds, tz=UTC) if seconds < _LATEST_CLOCK else None


def head_count_of(text: str) -> int:
    """Return a typed number of heads. Raises `RollRefused`."""
    digits = digits_of(text)
    if not (digits.isascii() and digits.isdigit()):
        raise RollRefused(N_("写数字，比如12"), field="counted")
    return int(digits)


def moment_of(text: str, *, after: datetime) -> datetime:
    """Return a typed Shanghai wall time as the first such moment after the arrival. Raises `EndRefused`."""
    try:
        at = time.fromisoformat(unicodedata.normalize("NFKC", text).strip().zfill(5)[:5])
    except ValueError:
        raise EndRefused(N_("时间写成21:30这样"), field="ended") from None
    moment = clock.from_local(clock.local_date(after), at)
    return moment if moment > after else moment + timedelta(days=1)
