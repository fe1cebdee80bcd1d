"""Birth dates as people write them, as far as they are known. Pure."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from engage.roster.rules.findings import Unreadable
from engage.roster.rules.values import ID_MARK, Cell, is_blank, text_of

OLDEST: Final = 125  # years
_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}


@dataclass(frozen=True, slots=True, order=True)
class Birth:
    """A birth date as far as it is known: year, perhaps month, perhaps day."""

    year: int
    month: int | None = None
    day: int | None = None

    def __str__(self) -> str:
        """1956, 1956-03 or 1956-03-02."""
        rest = [f"{n:02d}" for n in (self.month, self.day) if n is not None]
        return "-".join([f"{self.year:04d}", *rest])


def birth_of(cell: Cell, *, today: dt.date) -> Birth | None:
    """Return a birth date from a date, a serial, 19770517, 197705, 1977, 2007-06, 1980年10月, 2011.5.15, 3 May 1971."""
    if is_blank(cell):
        return None
    if isinstance(cell, dt.date):
        return _possible((cell.year, cell.month, cell.day), text=cell.isoformat(), today=today)
    if cell == ID_MARK:
        raise Unreadable("id number in this column")
    text = re.sub(r"[T ]0{1,2}:00(:00)?(\.0+)?$", "", text_of(cell))
    parts = _date_parts(text, today=today)
    if parts is None:
        raise Unreadable("birth date not understood", value=text)
    return _possible(parts, text=text, today=today)


def _date_parts(text: str, *, today: dt.date) -> tuple[int, ...] | None:
    lunar = re.sub(r"^(农历|阴历|旧历)", "", text)
    digits = re.sub(r"\.0+$", "", text)
    if digits.isascii() and digits.isdigit():
        return _digit_date(digits)
    if match := re.fullmatch(r"(\d{4})\s*[-/.年\\]\s*(\d{1,2})\s*([-/.月\\]\s*(\d{1,2})\s*[日号]?|月份?)?\.?", lunar):
        year, month, day = match[1], match[2], match[4]
        if lunar != text or re.fullmatch(r"\d{4}\.1", text):
            return (int(year),)  # 1988.1 was 1988.10 before the spreadsheet cut it; a lunar month is another month
        return tuple(int(n) for n in (year, month, day) if n)
    if match := re.fullmatch(r"(\d{4})\s*年(生|出生)?", lunar):
        return (int(match[1]),)
    if match := re.fullmatch(r"(\d{2})\s*年(?:\s*(\d{1,2})\s*月)?(?:\s*(\d{1,2})\s*[日号])?", lunar):
        century = 2000 if int(match[1]) <= today.year % 100 else 1900
        return tuple(int(n) for n in (str(century + int(match[1])), match[2], match[3]) if n)
    return _western_date(text)


def _digit_date(digits: str) -> tuple[int, ...] | None:
    if len(digits) == 8:
        return int(digits[:4]), int(digits[4:6]), int(digits[6:])
    if len(digits) == 6:
        return int(digits[:4]), int(digits[4:])
    if len(digits) == 4:
        return (int(digits),)
    if len(digits) == 5:  # a day number of Excel: 18690 is 1951-03-03
        day = dt.date(1899, 12, 30) + dt.timedelta(days=int(digits))
        return day.year, day.month, day.day
    return None


def _western_date(text: str) -> tuple[int, ...] | None:
    if match := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text):
        first, second, year = int(match[1]), int(match[2]), int(match[3])
        if first > 12 or second > 12 or first == second:
            return (year, second, first) if first > 12 or first == second else (year, first, second)
        return (year,)  # 05/09/1971: nobody can say which is the month
    match = re.fullmatch(
        r"(?:(\d{1,2})(?:st|nd|rd|th)? )?([A-Za-z]{3})[a-z]*\.?(?: (\d{1,2})(?:st|nd|rd|th)?)?,? (\d{4})",
        re.sub(r"(?<=\w)-(?=\w)", " ", text),
    )
    if match and match[2].lower() in _MONTHS:
        day = match[1] or match[3]
        return (int(match[4]), _MONTHS[match[2].lower()], *([int(day)] if day else []))
    return None


def _possible(parts: tuple[int, ...], *, text: str, today: dt.date) -> Birth:
    if len(parts) > 1 and not 1 <= parts[1] <= 12:
        raise Unreadable("impossible birth date", value=text)
    birth = Birth(*parts)
    try:
        first_day = dt.date(birth.year, birth.month or 1, birth.day or 1)
    except ValueError:
        raise Unreadable("impossible birth date", value=text) from None
    if first_day > today:
        raise Unreadable("birth date in the future", value=text)
    if birth.year < today.year - OLDEST:
        raise Unreadable("impossible birth date", value=text)
    return birth


def birth_from_age(cell: Cell, *, today: dt.date) -> Birth | None:
    """Return the year of birth from a completed age in years; 65 or 65岁. May be one year late."""
    if is_blank(cell):
        return None
    match = re.fullmatch(r"(\d{1,3})(\.0)?\s*(周?岁)?", text_of(cell))
    if not match or int(match[1]) > OLDEST:
        raise Unreadable("age instead of birth", value=text_of(cell))
    return Birth(today.year - int(match[1]))
