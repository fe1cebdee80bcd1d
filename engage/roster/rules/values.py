"""From what a person typed to what is meant, one kind of cell at a time. Pure.

Every function takes a cell as the workbook gave it and returns None for an empty one; a cell that
cannot be understood raises Unreadable with the kind of finding.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final

from engage.roster.rules.findings import Unreadable

Cell = str | int | float | bool | dt.date | None

ID_MARK: Final = "〔证件号〕"
"""Stands in a cell whose id number was thrown away before anything looked at it."""

NO_RESULT: Final = "#CALC!"
"""What the reader of workbooks puts where a formula was never worked out: some programs fill a form with them."""

LONGEST_NAME: Final = 40
LARGEST_AREA: Final = 1_000_000  # 0.01 m²: ten thousand square metres
_EMPTY: Final = frozenset(
    {
        "",
        "-",
        "--",
        "—",
        "——",
        "/",
        "\\",
        "无",
        "没有",
        "不详",
        "未知",
        "暂无",
        "空",
        "none",
        "n/a",
        "na",
        "null",
        "nil",
    }
)
_DIGITS: Final = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
#: Han characters, inside the brackets of a regular expression
HAN: Final = r"\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
BETWEEN_HAN: Final = re.compile(rf"(?<=[{HAN}·])\s+(?=[{HAN}·])")
#: they say how the character before them is drawn
_VARIANTS: Final = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_ID: Final = re.compile(r"(?<!\d)\d{17}[\dXx](?![\dXx])")
_OLD_ID: Final = re.compile(r"[1-8]\d{5}\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}")
_SPACED_ID: Final = re.compile(
    r"(?<!\d)\d{6}[\s-]*(?:18|19|20)\d{2}[\s-]*(?:0[1-9]|1[0-2])[\s-]*(?:0[1-9]|[12]\d|3[01])[\s-]*\d{3}[\s-]*[\dXx](?!\d)"
)
#: what a spreadsheet shows where a formula failed, or a column was too narrow
_ERROR: Final = re.compile(
    r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)|#{3,}", re.IGNORECASE
)


def text_of(cell: Cell) -> str:
    """Return the cell as clean text: NFKC, control and invisible characters gone, spaces single, ends stripped."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = unicodedata.normalize("NFKC", str(cell))
    if not text.isprintable() or _VARIANTS.search(text):
        text = "".join(
            " " if unicodedata.category(c) in ("Cc", "Zs", "Zl", "Zp") else c for c in text if not _is_invisible(c)
        )
    return " ".join(text.split())


def _is_invisible(c: str) -> bool:
    """Tell marks nobody sees; a Han character newer than this Python's tables is not one of them."""
    if _VARIANTS.match(c):
        return True
    return unicodedata.category(c) in ("Cf", "Co", "Cs", "Cn") and not "\U00020000" <= c <= "\U0003fffd"


def is_blank(cell: Cell) -> bool:
    """Say whether nothing is written here: empty, or one of the ways to write `nothing`."""
    if cell is None:
        return True
    text = text_of(cell).lower()
    return text in _EMPTY or not text.strip("-—–_ ")


def looks_like_an_id_number(cell: Cell) -> bool:
    """Eighteen digits (the last may be X), also rounded to a number by a spreadsheet; or fifteen with a date in them.

    Two phones with a space between them are longer than an id number, and none.
    """
    if isinstance(cell, bool) or cell is None or isinstance(cell, dt.date):
        return False
    if isinstance(cell, int | float):
        return 1e16 <= abs(cell) < 1e18 or (1e14 <= cell < 1e15 and bool(_OLD_ID.fullmatch(str(int(cell)))))
    if len(cell) < 15:
        return False
    text = text_of(cell)
    joined = re.sub(r"[\s-]", "", text)
    if _OLD_ID.fullmatch(joined.strip("'`")):
        return True
    return bool(_ID.search(joined) or _ID.search(text) or _SPACED_ID.search(text))


def is_an_error(cell: Cell) -> bool:
    """Say whether a spreadsheet could not work the cell out: #N/A, #REF!, ####."""
    return isinstance(cell, str) and "#" in cell and bool(_ERROR.fullmatch(text_of(cell)))


def looks_like_a_formula(cell: Cell) -> bool:
    """Text that a spreadsheet could take for a formula (trust.md W12). Phones (+86…) and dashes are not."""
    if not isinstance(cell, str):
        return False
    text = text_of(cell)
    if len(text) < 2 or text[0] not in "=+-@":
        return False
    rest = text[1:].lstrip()
    if text[0] == "=":
        return bool(rest.strip("=- "))
    if text[0] == "@":
        return bool(re.match(r"[A-Za-z]\w*\s*[(!]", rest))
    return bool(re.match(r"[A-Za-z(@$'=]|\d[\d.]*\s*[*/+^&(]", rest)) and not re.fullmatch(r"[\d\s()+-]+", rest)


def area_of(cell: Cell) -> int | None:
    """Return an area in whole 0.01 m² (half up): 87.42, `87.42㎡`, `1,087.4平方米`. Zero means unknown."""
    if is_blank(cell):
        return None
    text = text_of(cell)
    bare = (
        re.sub(r"(?i)\s*(平方米|平方|平米|平|m2|m\^2|sqm|sq\.?\s?m\.?|m)$", "", text).replace(",", "").replace(" ", "")
    )
    try:
        centi = (Decimal(bare) * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    except InvalidOperation:
        raise Unreadable("area is not a number", value=text) from None
    if not centi.is_finite() or centi < 0 or centi > LARGEST_AREA:
        raise Unreadable("impossible area", value=text)
    return int(centi) or None


def number_of(text: str) -> int | None:
    """Return 3 for `3`, `03`, `三`, `十二`, `二十一`; None for anything else."""
    if text.isascii() and text.isdigit():
        return int(text)
    if not text or not set(text) <= set(_DIGITS) | {"十"} or text.count("十") > 1:
        return None
    if "十" not in text:
        return int("".join(str(_DIGITS[c]) for c in text))
    tens, _, ones = text.partition("十")
    if len(tens) > 1 or len(ones) > 1:
        return None
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)


def teams_of(cell: Cell) -> tuple[str, ...]:
    """Return team names, each once, in their order; separated by 、 , ; / or a new line."""
    if is_blank(cell) or isinstance(cell, bool):
        return ()
    parts = re.split(r"[、,，;；/|\n\r+]|和(?=\S*队)", unicodedata.normalize("NFKC", str(cell)))
    names = (BETWEEN_HAN.sub("", text_of(part)) for part in parts)
    return tuple(dict.fromkeys(name[:LONGEST_NAME] for name in names if not is_blank(name)))
