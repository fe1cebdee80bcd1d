"""What somebody looks for in the log, read from an address. Pure: nonsense narrows nothing, and says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

LONGEST_NAME = 60


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What narrows the log: a name or member number, words of a reason, a verb, a thing, acts for others, days in Shanghai.

    `first` and `last` are both included. `before` is the number of the last line already read, 0 on the first page.
    """

    who: str = ""
    words: str = ""
    behalf: bool = False
    verb: str = ""
    kind: str = ""
    number: str = ""
    first: date | None = None
    last: date | None = None
    before: int = 0

    @property
    def narrows(self) -> bool:
        """Tell whether anything was asked for at all."""
        return bool(
            self.who or self.words or self.behalf or self.verb or self.kind or self.number or self.first or self.last
        )

    @property
    def subject(self) -> str:
        """Return the subject asked for, e.g. "shift:17", or nothing unless both kind and number are known."""
        return f"{self.kind}:{self.number}" if self.kind and self.number else ""

    @property
    def days_are_crossed(self) -> bool:
        """Tell whether the first day lies after the last: such an interval holds nothing."""
        return bool(self.first and self.last and self.first > self.last)


def plain_number(text: str, *, digits: int = 15) -> str:
    """Return a number as typed (full-width digits, "#17" and blanks are fine), or nothing."""
    kept = text.strip().lstrip("#＃").strip()
    if not kept.isdecimal() or len(kept) > digits:
        return ""
    return str(int(kept))


def day_of(text: str) -> date | None:
    """Return the day of "2026-06-12", or None."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
