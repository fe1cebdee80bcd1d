"""Telling the arithmetic behind a number, line by line, from what was stored with the entry (product.md, principle 9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from engage.core.i18n import _l, _lp

KINDS = {
    "award": _l("加分"),
    "hold": _l("换东西，先留着"),
    "release": _l("不换了，退回"),
    "spend": _l("东西领走"),
    "expire": _l("到期"),
    "reversal": _lp("entry", "更正"),
    "merge": _l("两条登记并成一条"),
}

_CAPS = {"activity": _l("同一场活动"), "day": _l("一天"), "month": _l("一个月")}


def _(sentence: str, **facts: object) -> str:
    return str(gettext(sentence, **facts))


def title_of(kind: str, memo: str) -> str:
    """Return what the passbook calls an entry."""
    if kind == "reversal":
        return _("更正：%(memo)s", memo=memo)
    if kind == "release":
        return _("退回：%(memo)s", memo=memo)
    return memo or str(KINDS[kind])


def explain(basis: Mapping[str, Any]) -> list[str]:
    """Return the steps from minutes to points as sentences, in the reader's language."""
    return [sentence for step in basis.get("steps", []) if (sentence := _sentence(step))]


def _sentence(step: Mapping[str, Any]) -> str:
    match step.get("step"):
        case "quantum":
            return _(
                "%(minutes)s分钟，每满%(quantum)s分钟算1份，共%(units)s份",
                minutes=step["minutes"],
                quantum=step["quantum"],
                units=step["units"],
            )
        case "unit":
            return _(
                "%(units)s份，每份%(each)s分，得%(points)s分",
                units=step["units"],
                each=step["each"],
                points=step["points"],
            )
        case "coefficient":
            return _(
                "这类活动按%(percent)s%%算：%(before)s分变%(points)s分，零头不算",
                percent=step["percent"],
                before=step["before"],
                points=step["points"],
            )
        case "cap":
            return _(
                "%(cap)s最多%(limit)s分，已有%(earned)s分，这次记%(points)s分",
                cap=_CAPS.get(step["cap"], step["cap"]),
                limit=step["limit"],
                earned=step["earned"],
                points=step["points"],
            )
    return ""
