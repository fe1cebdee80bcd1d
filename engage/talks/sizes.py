"""How large the wall writes what is voted on: as large as it can be with every word of it in the picture.

The wall is a picture of 1920 × 1080 (`html.wall`), lengths here are its pixels. The first size is the design's
(DESIGN-LANGUAGE §3 Projector); what is too long for it is written smaller rather than cut: a hall that reads half a
question votes on another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from re import split


@dataclass(frozen=True, kw_only=True)
class Size:
    """One size of the wall; the same figures stand in static/css/product.css under `.wall-0` and so on."""

    question: int
    option: int
    figure: int
    gap: int
    bar: int


SIZES = (
    Size(question=94, option=60, figure=84, gap=30, bar=44),
    Size(question=64, option=54, figure=60, gap=20, bar=28),
    Size(question=48, option=44, figure=48, gap=12, bar=18),
    Size(question=40, option=34, figure=36, gap=8, bar=12),
    Size(question=32, option=28, figure=30, gap=4, bar=8),
)
#: the column beside lantern and QR code
_WIDTH = 1920 - 2 * 72 - 72 - 560
#: what head, foot and the gaps around them leave for question and options
_OPEN, _RESULT = 555, 610
_FOOT, _FOOT_LINE = 48, 63
#: letter of an option and its gap; the figure of a result
_KEY, _FIGURE_GAP = 28, 120


def size_of(*, question: str, options: Sequence[str] = (), result: str | None = None) -> int:
    """Return the number of the largest size that fits; the smallest when none does.

    `result` is the sentence at the foot once the figures stand there; None while the vote is open.
    """
    room = _OPEN if result is None else _RESULT - _FOOT_LINE * (_lines([result], _FOOT, _WIDTH - 64) - 1)
    fitting = (n for n, size in enumerate(SIZES) if _height(size, question, options, result is not None) <= room)
    return next(fitting, len(SIZES) - 1)


def _height(size: Size, question: str, options: Sequence[str], has_figures: bool) -> int:  # noqa: FBT001 - private
    clauses = [part for part in split(r"(?<=[，；：。？])", question) if part]
    height = ceil(_lines(clauses, size.question, _WIDTH) * size.question * 1.3)
    width = _WIDTH - size.option - _KEY - (_FIGURE_GAP if has_figures else 0)
    for option in options:
        line = ceil(_lines([option], size.option, width) * size.option * 1.25)
        height += (max(line, size.figure) + 10 + size.bar if has_figures else line) + size.gap
    return height - (size.gap if options else 0)


def _lines(parts: Iterable[str], letter: int, width: int) -> int:
    """Return how many lines the parts take; a part begins a new line when it does not fit on the rest of one."""
    lines, used = 1, 0.0
    for part in parts:
        needed = sum(0.6 if character.isascii() else 1.06 for character in part) * letter
        if used and used + needed > width:
            lines, used = lines + 1, 0.0
        lines += ceil(needed / width) - 1 if needed > width else 0
        used = width if needed > width else used + needed
    return lines
