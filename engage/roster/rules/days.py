"""Birth dates as people write them, as far as they are known. Pure."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from engage.roster.rules.findings import Unreadable
from engage.roster.rules.values import ID_MARK, Cell, is_blank, text_of

OLDEST: Final = 125  # years
_NUMERALS: Final = "零〇一二三四五六七八九"
_TO_DIGITS: Final = {ord(c): str(max(0, i - 1)) for i, c in enumerate(_NUMERALS)}
_LUNAR: Final = re.compile(  # 1958年三月初五, and 1958年生
    r"(\d{4})\s*年(?:[\d正一二三四五六七八九十冬腊闰]{1,3}月)?(?:初?[\d一二三四五六七八九十廿]{1,3}[日号]?)?"
)
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
    """Return a birth date from a date, a serial, 19770517, 197705, 1977, 2007-06, 1980年10月, 2011.5.15, 58.3, 3 May 1971.

    Of a lunar date the year is returned; of a birthday without a year nothing.
    """
    if is_blank(cell):
        return None
    if isinstance(cell, dt.date):
        return _possible((cell.year, cell.month, cell.day), text=cell.isoformat(), today=today)
    if cell == ID_MARK:
        raise Unreadable("id number in this column")
    text = re.sub(r"[T ]\d{1,2}:\d\d(:\d\d)?(\.\d+)?Z?$", "", text_of(cell).strip("'`"))
    if re.fullmatch(r"\d{1,2}月\d{1,2}[日号]?", text) and int(text.partition("月")[0]) <= 12:
        return None  # a birthday without its year, and the year is all that is kept
    parts = _date_parts(_tidied(text), today=today)
    if parts is None:
        raise Unreadable("birth date not understood", value=text)
    return _possible(parts, text=text, today=today)


def _tidied(text: str) -> str:
    """Return the date with one kind of mark between its parts, Han numerals as digits, and no words beside it."""
    text = re.sub(r"^(出?生于|生日)|(出?生|\((农历|阴历|公历|阳历)\))$", "", text).strip()
    text = re.sub(rf"^[{_NUMERALS}]{{4}}(?=年)", lambda match: match[0].translate(_TO_DIGITS), text)
    return re.sub(r"(?<=\d)\s*[,、—–~\s]\s*(?=\d)", "-", text)


def _date_parts(text: str, *, today: dt.date) -> tuple[int, ...] | None:
    digits = re.sub(r"\.0+$", "", text)
    if digits.isascii() and digits.isdigit():
        return _digit_date(digits)
    return _year_first(re.sub(r"^(农历|阴历|旧历)", "", text), said=text, today=today) or _western_date(text)


def _year_first(lunar: str, *, said: str, today: dt.date) -> tuple[int, ...] | None:
    if match := re.fullmatch(r"(\d{4})\s*[-/.年\\]\s*(\d{1,2})\s*([-/.月\\]\s*(\d{1,2})\s*[日号]?|月份?)?\.?", lunar):
        if lunar != said or re.fullmatch(r"\d{4}\.1", said):
            return (int(match[1]),)  # 1988.1 was 1988.10 before the spreadsheet cut it; a lunar month is another month
        return tuple(int(n) for n in (match[1], match[2], match[4]) if n)
    if match := _LUNAR.fullmatch(lunar):
        return (int(match[1]),)
    if match := re.fullmatch(r"(\d{2})\s*年(?:\s*(\d{1,2})\s*月)?(?:\s*(\d{1,2})\s*[日号])?", lunar):
        return tuple(int(n) for n in (_full_year(match[1], today), match[2], match[3]) if n)
    if (match := re.fullmatch(r"(\d{2})([-/.])(\d{1,2})(?:\2(\d{1,2}))?", lunar)) and int(match[1]) > 31:
        return tuple(int(n) for n in (_full_year(match[1], today), match[3], match[4]) if n)
    return None


def _full_year(two_digits: str, today: dt.date) -> int:
    return int(two_digits) + (2000 if int(two_digits) <= today.year % 100 else 1900)


def _digit_date(digits: str) -> tuple[int, ...] | None:
    if len(digits) == 8:
        return int(digits[:4]), int(digits[4:6]), int(digits[6:])
    if len(digits) == 6 and int(digits[:2]) > 31:  # 580302; 195803 is a month
        return 1900 + int(digits[:2]), int(digits[2:4]), int(digits[4:])
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
