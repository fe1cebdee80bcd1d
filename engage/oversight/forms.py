"""The search of the log as an address says it; what makes no sense narrows nothing."""

from __future__ import annotations

from collections.abc import Mapping

from engage.oversight import words
from engage.oversight.rules import LONGEST_NAME, Wanted, day_of, plain_number


def wanted_of(values: Mapping[str, str]) -> Wanted:
    """Read `who`, `words`, `behalf`, `verb`, `kind`, `number`, `first`, `last` and `before`."""
    verb, kind = values.get("verb", ""), values.get("kind", "")
    who = values.get("who", "").strip()[:LONGEST_NAME]
    return Wanted(
        who=plain_number(who) or who,
        words=values.get("words", "").strip()[:LONGEST_NAME],
        behalf=values.get("behalf") == "1",
        verb=verb if verb in words.VERBS else "",
        kind=kind if kind in words.KINDS else "",
        number=plain_number(values.get("number", "")),
        first=day_of(values.get("first", "")),
        last=day_of(values.get("last", "")),
        before=int(plain_number(values.get("before", "")) or 0),
    )


def address_of(wanted: Wanted) -> dict[str, str]:
    """Return what an address needs to say the same again, without the place in the log."""
    asked = {
        "who": wanted.who,
        "words": wanted.words,
        "behalf": "1" if wanted.behalf else "",
        "verb": wanted.verb,
        "kind": wanted.kind,
        "number": wanted.number,
        "first": wanted.first.isoformat() if wanted.first else "",
        "last": wanted.last.isoformat() if wanted.last else "",
    }
    return {name: text for name, text in asked.items() if text}
