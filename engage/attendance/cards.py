"""What a scanner types: the address on a card or a phone, the token alone, or a member number."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from engage import people
from engage.attendance.rules import RollRefused
from engage.core.errors import N_

_NUMBER_DIGITS = 9


def read(text: str, *, now: datetime) -> tuple[people.Person, people.Shown | None]:
    """Return who stands there, and the card or phone code that was scanned; None for a typed number, which proves less.

    Raises `RollRefused` for what belongs to nobody here, `people.MediumRefused` for what is worth nothing any more.
    """
    typed = unicodedata.normalize("NFKC", text).strip()
    if typed.isascii() and typed.isdigit() and len(typed) <= _NUMBER_DIGITS:
        person = people.find_by_member_no(int(typed))
        if person is None:
            raise RollRefused(N_("没有这个编号，再看一眼证件"), field="card")
        return person, None
    shown = people.read_medium(typed, now=now)
    if shown is None:
        raise RollRefused(N_("这不是社区的证件。请输证件上的编号"), field="card")
    return people.get_person(shown.person_id), shown
