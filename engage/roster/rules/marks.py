"""Ticks, crosses and the like: what says yes, what says no, and which sex. Pure."""

from __future__ import annotations

import re
from typing import Final

from engage.roster.rules.findings import Unreadable
from engage.roster.rules.values import Cell, is_blank, text_of

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
        "✅",
        "ü",  # the tick of the Wingdings font
        "志愿者",
        "注册志愿者",
        "已注册",
        "在册",
        "参加",
        "已参加",
        "加入",
        "已加入",
        "愿意",
        "报名",
        "已报名",
    }
)
_NO: Final = frozenset(
    {
        "否",
        "不是",
        "×",
        "✗",
        "✘",
        "❌",
        "x",
        "n",
        "no",
        "false",
        "f",
        "0",
        "未",
        "未注册",
        "☐",
        "□",
        "错",
        "不参加",
        "未参加",
        "未加入",
        "不愿意",
        "未报名",
        "非志愿者",
        "不是志愿者",
    }
)


def yes_or_no(cell: Cell) -> bool | None:
    """Return √ / 是 / 有 / Y / 1 as True, 否 / × / N / 0 and an empty cell as False, anything else as None.

    What stands in brackets behind it (`是（2019年）`) is left aside.
    """
    if is_blank(cell):
        return False
    word = re.sub(r"(?<=.)[(\[].*[)\]]$", "", text_of(cell).lower()).strip()
    word = word[:1] if len(set(word)) == 1 else word  # √√
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
