"""What a scanner types: the address on a card, its token, or a member number."""

from __future__ import annotations

import unicodedata

from engage import people
from engage.attendance.rules import RollRefused
from engage.core.errors import N_

_TOKEN_LETTERS = 16
_NUMBER_DIGITS = 9


def read(text: str) -> tuple[people.Person, str]:
    """Return whose card it is, and "card" or "number": a typed number proves less than a scanned card.

    Raises `RollRefused` for what belongs to nobody here; a revoked card is worth nothing.
    """
    typed = unicodedata.normalize("NFKC", text).strip()
    if typed.isascii() and typed.isdigit() and len(typed) <= _NUMBER_DIGITS:
        person = people.find_by_member_no(int(typed))
        if person is None:
            raise RollRefused(N_("没有这个编号，再看一眼证件"), field="card")
        return person, "number"
    token = typed.rstrip("/").rsplit("/", 1)[-1].split("?", 1)[0].upper()
    person = people.find_by_card(token) if len(token) == _TOKEN_LETTERS else None
    if person is None:
        raise RollRefused(N_("这张证件用不了，可能挂失过。请输证件上的编号"), field="card")
    return person, "card"
