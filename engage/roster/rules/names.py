"""Names as people write them, and what is no name. Pure."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import Final

from engage.roster.rules.findings import Unreadable
from engage.roster.rules.values import BETWEEN_HAN, HAN, ID_MARK, LONGEST_NAME, Cell, is_blank, text_of

_SURNAMES: Final = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范"
    "方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文肖闫柯温凌鲁葛颜倪严牛殷项詹简柳聂关焦路"
)
_TWO_CHARACTERS: Final = frozenset(
    {"欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "令狐", "慕容", "司徒", "端木", "夏侯", "南宫"}
)
#: what is written beside the name of somebody who is not there any more
GONE: Final = re.compile(
    r"已故|已?去世|过世|逝世|病故|死亡|已亡|已?迁出|已?迁走|已?搬走|已?搬离|已搬|搬家|已?销户|户口注销|已注销"
)
_STILL_HERE: Final = re.compile(
    r"[未没不]\S{0,2}(去世|死亡|迁|搬|销|注)|(父|母|夫|妻|丈夫|妻子|老伴|配偶|儿子|女儿|爱人|父亲|母亲)(亲|已|于|\d|年|月)*(病?故|去世|过世|逝世|死亡|亡)"
)
_ROLES: Final = r"户主|本人|业主|产权人|租户|租客|房主|房东|配偶|妻子?|夫|儿子|女儿|子|女|男|党员|群众|志愿者|常住|流动|人户分离|网格员|楼栋?长|邻长|队长|组长"
_BESIDE: Final = re.compile(r"(.+?)\s*[(\[【](.+?)[)\]】]")
_BEFORE: Final = re.compile(rf"(?:姓名|{_ROLES})\s*:\s*(.+)")
_SIGNS: Final = re.compile(r"\d{3}|[:。!<>=#@%$^~{}“”\"]")
_NO_NAMES: Final = re.compile(
    r"同上|女|男|合计|小计|总计|无名|不清楚?|不知道?|待定|待补|姓名|本人|户主|租户|业主|住户|居民|志愿者|党员|群众|是|否|[A-Za-z]"
    r"|(?=.{4}).*(信息|填写|填报|签字|签名|盖章|有效|属实|说明|备注|合计|小计|总计|日期|制表|审核|网格|社区居|单元|楼栋|号楼|花名册|名单|电话|手机|地址).*"
)


def name_of(cell: Cell) -> str | None:
    """Return a person's name: no spaces between Han characters, single spaces in others.

    A word like 户主 beside the name is left aside. Raises `Unreadable` for what hides or lost a character, for two names
    in one cell, for what says that the person is gone, and for what is no name.
    """
    if is_blank(cell):
        return None
    if cell == ID_MARK:
        raise Unreadable("id number in this column")
    if isinstance(cell, bool | dt.date) or not isinstance(cell, str):
        raise Unreadable("name is not a name", value=text_of(cell))
    text = _bare(cell)
    if len(text) > LONGEST_NAME:
        raise Unreadable("text too long", length=len(text), most=LONGEST_NAME)
    _ensure_whole(cell, text)
    name = BETWEEN_HAN.sub("", text)
    if not any(c.isalpha() for c in name) or _SIGNS.search(name) or _NO_NAMES.fullmatch(name):
        raise Unreadable("name is not a name", value=name)
    return name


def _ensure_whole(cell: str, text: str) -> None:
    if any(unicodedata.category(c) == "Co" for c in cell) or re.search(r"[?�□〓]", text):
        raise Unreadable("name lost a character", value=text_of(_shown(cell)))
    if re.search(r"[*×●]", text) or re.fullmatch(rf"[{HAN}]某{{1,2}}", text):
        raise Unreadable("name hides characters", value=text)
    if len(_several(cell, text)) > 1:
        raise Unreadable("two names in one cell", value=text_of(cell))


def gone(cell: Cell) -> str:
    """Return what a cell says about somebody being gone (已故, 迁出), or ``."""
    text = text_of(cell)
    found = GONE.search(text)
    return found[0] if found and not _STILL_HERE.search(text) else ""


def _shown(cell: str) -> str:
    return "".join("□" if unicodedata.category(c) == "Co" else c for c in cell)


def _bare(cell: str) -> str:
    """Return the name without quotes, stops, and the words beside it."""
    text = text_of(cell).strip("'`‘’ ").rstrip("、,;.。:/")
    text = re.sub(rf"(?<=[{HAN}])\s*[•・‧∙⋅.]\s*(?=[{HAN}])", "·", text)
    if before := _BEFORE.fullmatch(text):
        text = before[1]
    beside = _BESIDE.fullmatch(text)
    said = beside[2] if beside else ""
    behind = re.fullmatch(rf"[{HAN}]{{2,4}}[\s-]*({GONE.pattern})", text)
    if GONE.search(said) or said in ("故", "亡", "殁") or behind:
        raise Unreadable("marked as gone", value=behind[1] if behind else said)
    return beside[1] if beside and re.fullmatch(_ROLES, said) else text


def _several(cell: str, text: str) -> list[str]:
    """Return the names a cell holds: parted by a stop, or by a space between two that both begin with a surname."""
    han = rf"[{HAN}·]{{2,6}}(\s*\(.{{1,6}}\))?"
    parts = [part.strip() for part in re.split(r"[、,，;；/|&+]", text)]
    if len(parts) > 1 and all(re.fullmatch(han, part) for part in parts):
        return parts
    lines = [text_of(line) for line in cell.split("\n") if text_of(line)]
    words = lines if len(lines) > 1 else text.split(" ")
    if len(words) < 2 or words[0] in _TWO_CHARACTERS:
        return [text]
    like_names = all(re.fullmatch(rf"[{HAN}]{{2,3}}", word) and word[0] in _SURNAMES for word in words)
    return words if like_names else [text]
