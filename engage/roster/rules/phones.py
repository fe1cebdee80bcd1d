"""Phone numbers as people write them. Pure."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from engage.roster.rules.findings import Unreadable
from engage.roster.rules.values import ID_MARK, Cell, is_blank, text_of

_MOBILE: Final = re.compile(r"(?<!\d)(?:\+?(?:00)?86[\s-]*)?(1[3-9]\d[\s-]?\d{4}[\s-]?\d{4})(?!\d)")
_RELATIVE: Final = re.compile(
    r"儿子|女儿|子女|孩子|配偶|老伴|老公|老婆|丈夫|妻子|爱人|父亲|母亲|爸|妈|家属|亲属|女婿|儿媳|媳妇|孙子|孙女|外孙|侄|哥|姐|弟|妹|邻居|保姆|监护"
)


@dataclass(frozen=True, slots=True)
class Phone:
    """Digits only. A mobile has 11 digits; a landline keeps its area code.

    `more`: the cell had another one. `whose`: a relative is named beside the number.
    """

    digits: str
    mobile: bool
    more: bool = False
    whose: str = ""


def phone_of(cell: Cell) -> Phone | None:
    """Return a mainland mobile (11 digits) or a landline with area code; 13800138000.0, dashes, +86, full width.

    Of several numbers in a cell the first mobile counts, else the first.
    """
    if is_blank(cell):
        return None
    if cell == ID_MARK or isinstance(cell, dt.date):
        raise Unreadable("id number in this column" if cell == ID_MARK else "phone is not a phone number", value=cell)
    text = text_of(cell).strip("'`")
    if re.match(r"(\+|00)\s*(?!86|0)\d", text):  # of another country
        raise Unreadable("phone is not a phone number", value=text)
    if re.fullmatch(r"\d{2,4}\*{3,}\d{2,4}", text):
        raise Unreadable("phone is masked", value=text)
    if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", text):
        return _scientific_phone(text)
    relative = _RELATIVE.search(text)
    whose = relative[0] if relative else ""
    if mobile := _MOBILE.search(text):
        rest = f"{text[: mobile.start()]} {text[mobile.end() :]}"
        more = bool(re.search(r"\d{5}|\d[\d\s-]{6}", rest))
        if not re.match(r"[A-Za-z]", text[mobile.end() :]):
            return Phone(re.sub(r"\D", "", mobile[1]), mobile=True, more=more, whose=whose)
    parts = [part for part in re.split(r"[/、,，;；|\\\n]|或", text) if re.search(r"\d{5}|\d[\d\s-]{6}", part)]
    first = _one_phone(parts[0] if parts else text, whole=text)
    return replace(first, more=len(parts) > 1, whose=whose)


def _scientific_phone(text: str) -> Phone:
    number = Decimal(text)
    if number == number.to_integral_value() and len(text.partition(".")[2].lower().partition("e")[0]) >= 9:
        return _one_phone(str(int(number)), whole=text)
    raise Unreadable("phone lost its last digits", value=text)


def _one_phone(part: str, *, whole: str) -> Phone:
    bare = re.sub(r"\.0+$", "", part.strip())
    bare = re.sub(r"(转|ext\.?|#)\s*\d+$", "", bare, flags=re.IGNORECASE)
    bare = re.sub(r"^(\(?0\d{2,3}\)?[\s-]*\d{7,8})\s*-\s*\d{1,5}$", r"\1", bare)
    if re.search(r"\d[A-Za-z]\d|^[A-Za-z]\d|\d[A-Za-z]$", bare):  # an O for a 0, an l for a 1
        raise Unreadable("phone is not a phone number", value=whole)
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
