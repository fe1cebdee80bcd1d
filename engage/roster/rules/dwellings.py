"""Grids, buildings, entrances and rooms: many ways to write the same door. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from engage.roster.rules.values import number_of

_NUMBER: Final = r"(?:\d+|[零〇一二两三四五六七八九十]+)"
_GRID: Final = (
    re.compile(rf"(?:.*(?:社区|村|小区))?第?({_NUMBER})号?(?:微?网格|片区|格)?"),
    re.compile(rf"(?:微?网格|片区)第?({_NUMBER})号?"),
    re.compile(r"(?:grid|g)\s*(?:no\.?)?\s*[-#]?\s*(\d+)", re.IGNORECASE),
)
_BUILDING_END: Final = re.compile(r"(?:号楼|栋楼?|幢|座|#楼?|楼|号)$")
_BUILDING_START: Final = re.compile(r"^(?:building|bldg\.?|block|tower|no\.?|第)\s*[-#]?\s*", re.IGNORECASE)
_ENTRANCE: Final = re.compile(
    r"^(?:第|unit|entrance|stair(?:way|case)?)?\s*(.+?)\s*(?:单元|门栋|门洞|门|梯|#)?$", re.IGNORECASE
)
_ROOM: Final = re.compile(r"^(?:room|flat|apt\.?|no\.?)?\s*(.+?)\s*(?:室|号房?|房|户)?$", re.IGNORECASE)
_ADDRESSES: Final = (
    re.compile(
        rf"(?P<building>.*?(?:{_NUMBER}|[A-Za-z甲乙丙丁]))\s*(?:号楼|栋楼?|幢|座|#楼?)\s*[,-]?\s*"
        rf"(?:(?P<entrance>(?:{_NUMBER}|[A-Za-z甲乙丙丁])(?=\s*[单门梯])|(?:\d{{1,2}}|[A-Za-z])(?=\s*-))\s*(?:单元|门栋|门洞|门|梯|-)\s*-?\s*)?"
        r"(?:\d{1,2}\s*[楼层]\s*)?(?P<room>[\dA-Za-z]{1,6}(?:-\d{1,2})?)?\s*(?:室|号|房|户)?"
    ),
    re.compile(
        r"(?P<building>[\u4e00-\u9fff]{0,10}[\dA-Za-z]{1,6})\s*[-/#]\s*(?:(?P<entrance>[\dA-Za-z]{1,4})\s*[-/]\s*)?(?P<room>[\dA-Za-z]{2,6})\s*(?:室|号|房)?"
    ),
    re.compile(  # 1234弄5号601室, 12号501室
        r"(?P<building>[\u4e00-\u9fff]{0,12}(?:\d+弄)?\d+)号(?:(?P<entrance>\d{1,2})\s*单元)?(?P<room>\d{3,4})\s*室"
    ),
    re.compile(  # houses of a village: 2组15号, 东湾5排3号
        r"(?P<building>[\u4e00-\u9fff]{0,10}?第?\d+(?:组|排|巷))(?P<entrance>)(?P<room>\d{1,4}(?:-\d{1,2})?)号"
    ),
    re.compile(
        r"(?:building|bldg\.?|block|tower)\s*(?P<building>\w+)\s*,?\s*"
        r"(?:(?:unit|entrance|stair\w*)\s*(?P<entrance>\w+)\s*,?\s*)?"
        r"(?:(?:room|flat|apt\.?|apartment|no\.?)\s*)?(?P<room>\w+)?",
        re.IGNORECASE,
    ),
)
_NUMERALS: Final = "零〇一二三四五六七八九"
_HAN: Final = r"[\u4e00-\u9fff]"
_PROVINCE: Final = rf"(?:{_HAN}{{2,8}}?(?:省|自治区))?"
_CITY: Final = rf"{_HAN}{{2,8}}?(?<!都)市(?![场民政花])"
_COUNTY: Final = rf"{_HAN}{{1,8}}?(?<![小社园片校院矿厂活属学])[区县]"
_OFFICE: Final = rf"{_HAN}{{1,8}}?(?:街道办事处|街道办?|镇|乡)"
_COMMUNITY: Final = rf"(?:{_HAN}{{1,8}}?(?:社区居委会|社区|居委会))?"
#: a district alone is not enough: 生活区 is no district
_DISTRICTS: Final = re.compile(
    rf"{_PROVINCE}(?:{_CITY}(?:{_COUNTY})?(?:{_OFFICE})?|{_COUNTY}{_OFFICE}|{_HAN}{{2,8}}?街道(?:办事处|办)?){_COMMUNITY}"
)
_LEAD: Final = re.compile(r"[\u4e00-\u9fff]{2,8}?(?:社区居委会|社区|居委会)(?=.)")
_DATE: Final = re.compile(
    r"(?:19|20)\d\d[-/.年]\d{1,2}([-/.月]\d{1,2}日?)?|\d{1,2}月\d{1,2}日"
    r"|(?:\d{1,2}-)?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?:-\d{1,2})?",
    re.IGNORECASE,
)
_PART: Final = re.compile(
    rf"(?P<entrance>(?:{_NUMBER}|[A-Za-z])\s*(?:单元|门栋|门洞|门)|(?:\d{{1,2}}|[A-Za-z])\s*(?=-))\s*-?\s*(?P<room>[\dA-Za-z]{{2,6}})\s*(?:室|号|房)?"
)


@dataclass(frozen=True, slots=True, order=True)
class Dwelling:
    """One door: keys of its grid, building, entrance and room; any of them may be empty, the room never."""

    grid: str
    building: str
    entrance: str
    room: str


@lru_cache(maxsize=4096)
def grid_key(text: str) -> str:
    """Return what makes two ways to write a grid the same: `1` for 1, 第1网格, 一网格, 网格01, Grid 1."""
    for pattern in _GRID:
        if (match := pattern.fullmatch(text)) and (number := number_of(match[1])) is not None:
            return str(number)
    return re.sub(r"\s+", "", text).upper()


def grid_label(key: str) -> str:
    """Return the grid's name for people: 第1网格, or the text as it is."""
    return f"第{key}网格" if key.isdigit() else key


def _plain(text: str) -> str:
    number = number_of(text)
    return str(number) if number is not None else re.sub(r"\s+", "", text).upper()


@lru_cache(maxsize=4096)
def building_key(text: str) -> str:
    """Return `12` for 12, 12栋, 12号楼, 十二幢, 12#, Building 12; `桂园6` for 桂园6栋."""
    bare = _BUILDING_START.sub("", _BUILDING_END.sub("", text.strip())).strip()
    bare = re.sub(r"(?<=[\u4e00-\u9fff]{2})小区(?=.)", "", bare)  # 桂园小区6栋 is 桂园6栋
    return _plain(bare or text.strip())


def building_label(key: str) -> str:
    """Return the building's name for people: 12栋, 桂园6栋; a name without a number stays as it is."""
    return f"{key}栋" if key and (key[-1].isdigit() or len(key) == 1) else key


@lru_cache(maxsize=4096)
def entrance_key(text: str) -> str:
    """Return `2` for 2, 2单元, 二单元, Unit 2."""
    match = _ENTRANCE.fullmatch(text.strip())
    return _plain(match[1] if match else text)


@lru_cache(maxsize=16384)
def room_key(text: str) -> str:
    """Return `501` for 501, 501室, 0501, Room 501."""
    match = _ROOM.fullmatch(text.strip())
    return _plain(match[1] if match else text)


def door_label(dwelling: Dwelling) -> str:
    """Return 3栋2单元501."""
    entrance = f"{dwelling.entrance}单元" if dwelling.entrance else ""
    return f"{building_label(dwelling.building)}{entrance}{dwelling.room}"


@lru_cache(maxsize=16384)
def split_address(text: str) -> tuple[str, str, str] | None:
    """Return the keys of building, entrance and room from one text; None when no building or no room can be seen."""
    text = _plain_dashes(text)
    if is_a_date(text):
        return None
    for pattern in _ADDRESSES:
        if (match := pattern.fullmatch(text)) and match["room"]:
            entrance = entrance_key(match["entrance"]) if match["entrance"] else ""
            return building_key(match["building"]), entrance, room_key(match["room"])
    return None


@lru_cache(maxsize=16384)
def split_room(text: str) -> tuple[str, str] | None:
    """Return the keys of entrance and room from `2单元501` or `2-501`; None when it is a room alone."""
    match = _PART.fullmatch(_plain_dashes(text))
    return (entrance_key(match["entrance"]), room_key(match["room"])) if match else None


def is_a_date(text: str) -> bool:
    """Tell what a spreadsheet made of 3-2: 2026-03-02, 3月2日, 2-Mar."""
    return _DATE.fullmatch(text) is not None


def without_lead(text: str, *, also: str = "") -> str:
    """Return an address without province, city, district, street office and, where all begin with it, `also`."""
    match = _DISTRICTS.match(text)
    text = text[match.end() :].lstrip() if match and match.end() < len(text) else text
    return text.removeprefix(also).lstrip() if also and text != also else text


def lead_of(text: str) -> str:
    """Return the community an address begins with, once the districts are gone; most addresses name none."""
    match = _LEAD.match(without_lead(text))
    return match[0] if match else ""


def _plain_dashes(text: str) -> str:
    """Return 3-2-501 for 3—2—501, 3.2.501 and 3/2/501, and 501 for 五〇一."""
    text = re.sub(r"\s*[—–―─~]\s*", "-", text)
    if re.fullmatch(r"\d{1,3}([./]\d{1,2})?[./]\d{3,4}", text):
        text = re.sub(r"[./]", "-", text)
    digits = {ord(c): str(i - 1 if i else 0) for i, c in enumerate(_NUMERALS)}
    return re.sub(rf"[{_NUMERALS}]{{3,4}}(?=$|室|号|房)", lambda match: match[0].translate(digits), text)
