"""What a ballot form may say. Every choice is sent in two characters, so that no choice is longer than another."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from engage.core.errors import N_
from engage.votes.casting import BallotRefused

ABSTAIN = "--"


def value_of(number: int) -> str:
    """Return how an option stands in a form."""
    return f"{number:02d}"


def parse_choices(values: Sequence[str], *, options: int) -> list[int]:
    """Return the options chosen; an empty list abstains. Raises `BallotRefused` when nothing sensible was chosen."""
    if not values:
        raise BallotRefused(N_("还没有选。选好了再投；都不想选，就选弃权。"), field="choice")
    if list(values) == [ABSTAIN]:
        return []
    if ABSTAIN in values:
        raise BallotRefused(N_("弃权就不能再选别的，请去掉一样。"), field="choice")
    known = {value_of(number): number for number in range(options)}
    if any(value not in known for value in values):
        raise BallotRefused(N_("这张票上没有这一项。请刷新这一页再选。"), field="choice")
    return [known[value] for value in values]


def parts_of(values: Sequence[str], *, size: int) -> list[list[str]]:
    """Return the choices of a ballot in parts of at most `size`, for those who read a few big lines at a time."""
    return [list(values[start : start + size]) for start in range(0, len(values), size)]


def display_order(options: int, *, shuffled_for: str = "") -> list[int]:
    """Return the order the cards are shown in; agenda cards are shuffled, the same way each time for one household."""
    numbers = list(range(options))
    if not shuffled_for:
        return numbers
    return sorted(numbers, key=lambda number: hashlib.sha256(f"{shuffled_for}:{number}".encode()).digest())
