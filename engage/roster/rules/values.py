"""From what a person typed to what is meant, one kind of cell at a time. Pure.

Every function takes a cell as the workbook gave it and returns None for an empty one; a cell that
cannot be understood raises Unreadable with the kind of finding.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final

from engage.roster.rules.findings import Unreadable

Cell = str | int | float | bool | dt.date | None

ID_MARK: Final = "〔证件号〕"
"""Stands in a cell whose id number was thrown away before anything looked at it."""

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
_YES: Final = frozenset(
    {
        "是",
        "√",
        "✓",
        "✔",
        "☑",
        "有",
        "对",
        "y",
        "yes",
        "true",
        "t",
        "1",
        "v",
        "志愿者",
        "注册志愿者",
        "已注册",
        "在册",
    }
)
_NO: Final = frozenset({"否", "不是", "×", "✗", "✘", "x", "n", "no", "false", "f", "0", "未", "未注册", "☐", "□", "错"})
_DIGITS: Final = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_CJK: Final = r"\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_BETWEEN_HAN: Final = re.compile(rf"(?<=[{_CJK}·])\s+(?=[{_CJK}·])")
_ID: Final = re.compile(r"\d{17}[\dXx]")


def text_of(cell: Cell) -> str:
    """Return the cell as clean text: NFKC, control and invisible characters gone, spaces single, ends stripped."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = unicodedata.normalize("NFKC", str(cell))
    if not text.isascii() or not text.isprintable():
        text = "".join(
            " " if unicodedata.category(c) in ("Cc", "Zs", "Zl", "Zp") else c
            for c in text
            if unicodedata.category(c) not in ("Cf", "Co", "Cs", "Cn")
        )
    return " ".join(text.split())


def is_blank(cell: Cell) -> bool:
    """Say whether nothing is written here: empty, or one of the ways to write `nothing`."""
    return cell is None or text_of(cell).lower() in _EMPTY


def looks_like_an_id_number(cell: Cell) -> bool:
    """Eighteen digits (the last may be X), also when a spreadsheet has already rounded them to a number."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return 1e16 <= abs(cell) < 1e18
    return isinstance(cell, str) and len(cell) >= 18 and bool(_ID.search(re.sub(r"[\s-]", "", text_of(cell))))


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


def name_of(cell: Cell) -> str | None:
    """Return a person's name: no spaces between Han characters, single spaces in others."""
    if is_blank(cell):
        return None
    if cell == ID_MARK:
        raise Unreadable("id number in this column")
    name = _BETWEEN_HAN.sub("", text_of(cell)).replace("•", "·").replace("・", "·")
    if len(name) > LONGEST_NAME:
        raise Unreadable("text too long", length=len(name), most=LONGEST_NAME)
    if not any(c.isalpha() for c in name) or isinstance(cell, dt.date):
        raise Unreadable("name is not a name", value=name)
    return name


@dataclass(frozen=True, slots=True)
class Phone:
    """Digits only. A mobile has 11 digits; a landline keeps its area code. `more` = the cell had another one."""

    digits: str
    mobile: bool
    more: bool = False


def phone_of(cell: Cell) -> Phone | None:
    """Return a mainland mobile (11 digits) or a landline with area code; 13800138000.0, dashes, +86, full width."""
    if is_blank(cell):
        return None
    if cell == ID_MARK or isinstance(cell, dt.date):
        raise Unreadable("id number in this column" if cell == ID_MARK else "phone is not a phone number", value=cell)
    text = text_of(cell)
    if re.fullmatch(r"\d{2,4}\*{3,}\d{2,4}", text):
        raise Unreadable("phone is masked", value=text)
    if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", text):
        return _scientific_phone(text)
    parts = [
        part
        for part in re.split(r"[/、,，;；|\\]|\s(?=\+?\d{11}\b)|或", text)
        if re.search(r"\d{5}|\d[\d\s-]{6}", part)
    ]
    first = _one_phone(parts[0] if parts else text, whole=text)
    return Phone(first.digits, first.mobile, more=True) if len(parts) > 1 else first


def _scientific_phone(text: str) -> Phone:
    number = Decimal(text)
    if number == number.to_integral_value() and len(text.partition(".")[2].lower().partition("e")[0]) >= 9:
        return _one_phone(str(int(number)), whole=text)
    raise Unreadable("phone lost its last digits", value=text)


def _one_phone(part: str, *, whole: str) -> Phone:
    bare = re.sub(r"\.0+$", "", part.strip())
    bare = re.sub(r"(转|ext\.?|#)\s*\d+$", "", bare, flags=re.IGNORECASE)
    digits = re.sub(r"[\s()\[\]._—–-]", "", bare).lstrip("+")
    digits = re.sub(r"^\D*?(?=\d)", "", digits)
    digits = re.sub(r"\D+$", "", digits)
    if not digits.isascii() or not digits.isdigit():
        raise Unreadable("phone is not a phone number", value=whole)
    if re.fullmatch(r"(0086|86)1[3-9]\d{9}", digits):
        digits = digits[-11:]
    if re.fullmatch(r"1[3-9]\d{9}", digits):
        return Phone(digits, mobile=True)
    if re.fullmatch(r"0[1-9]\d{1,2}[2-9]\d{6,7}", digits):
        return Phone(digits, mobile=False)
    if len(digits) == 11:
        raise Unreadable("phone is not a phone number", value=whole)
    raise Unreadable("phone has %(digits)d digits", digits=len(digits))


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


def yes_or_no(cell: Cell) -> bool | None:
    """Return √ / 是 / 有 / Y / 1 as True, 否 / × / N / 0 and an empty cell as False, anything else as None."""
    if is_blank(cell):
        return False
    word = text_of(cell).lower()
    return True if word in _YES else False if word in _NO else None


def sex_of(cell: Cell) -> str | None:
    """Return `male` or `female`."""
    if is_blank(cell):
        return None
    word = text_of(cell).lower()
    if word in ("男", "男性", "m", "male", "先生"):
        return "male"
    if word in ("女", "女性", "f", "female", "女士"):
        return "female"
    raise Unreadable("sex not understood", value=text_of(cell))


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
    names = (_BETWEEN_HAN.sub("", text_of(part)) for part in parts)
    return tuple(dict.fromkeys(name[:LONGEST_NAME] for name in names if not is_blank(name)))
