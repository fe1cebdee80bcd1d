"""What the list's filters, orders and acts are called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from flask_babel.speaklater import LazyString

from engage.core.i18n import _, _l, _lp, ngettext
from engage.people.bulk import Act, Left
from engage.people.filters import Filters, address_of

#: filter -> its name and the words of its values, in the order of the page
CHOICE_WORDS: Final[dict[str, tuple[LazyString, dict[str, LazyString]]]] = {
    "volunteer": (_l("身份"), {"yes": _l("志愿者"), "no": _l("不是志愿者")}),
    "status": (
        _l("状态"),
        {
            "active": _l("在册"),
            "paused": _l("暂停"),
            "applied": _l("申请中"),
            "declined": _l("没有同意加入"),
            "closed": _l("已离册"),
        },
    ),
    "entry": (
        _l("登录"),
        {
            "never": _l("还没激活"),
            "activated": _l("已激活"),
            "month": _l("30天内来过"),
            "quiet": _l("90天没来"),
        },
    ),
    "phone": (_l("手机"), {"yes": _l("有手机"), "no": _l("没留手机")}),
    "age": (
        _l("年龄"),
        {
            "child": _l("不满14岁"),
            "youth": _l("14到17岁"),
            "adult": _l("18到59岁"),
            "senior": _l("60到69岁"),
            "elder": _l("70岁以上"),
            "unknown": _l("没填年份"),
        },
    ),
    "consent": (_l("同意书"), {"yes": _l("已同意"), "no": _l("还没同意")}),
    "sort": (_l("排序"), {"number": _l("按编号"), "newest": _l("新来的在前")}),
}

ACT_WORDS: Final[dict[str, LazyString]] = {
    "slips": _l("打激活条"),
    "cards": _l("印证件"),
    Act.TEAM: _l("加进队伍"),
    Act.GRID: _l("换网格"),
    Act.VOLUNTEER: _l("记为志愿者"),
    Act.NO_VOLUNTEER: _l("不再记为志愿者"),
    Act.PAUSE: _lp("act", "暂停"),
    Act.RETURN: _l("恢复"),
}

LEFT_WORDS: Final[dict[Left, LazyString]] = {
    Left.ALREADY: _l("本来就是"),
    Left.GONE: _l("已经离册"),
    Left.APPLIED: _l("还在申请"),
    Left.SELF: _l("您自己，要请另一位工作人员来办"),
    Left.OFFICE: _l("书记，要书记来办"),
    Left.HOME: _l("门牌在别的网格，跟着门牌走"),
}


def what_happens(act: Act, *, count: int, target: str) -> str:
    """Return what a confirmation asks, in one sentence."""
    sentences: dict[Act, str] = {
        Act.TEAM: ngettext("把%(num)s人加进“%(target)s”", "把%(num)s人加进“%(target)s”", count, target=target),
        Act.GRID: ngettext("把%(num)s人换到%(target)s", "把%(num)s人换到%(target)s", count, target=target),
        Act.VOLUNTEER: ngettext("把%(num)s人记为志愿者", "把%(num)s人记为志愿者", count),
        Act.NO_VOLUNTEER: ngettext("不再把%(num)s人记为志愿者", "不再把%(num)s人记为志愿者", count),
        Act.PAUSE: ngettext("暂停%(num)s人", "暂停%(num)s人", count),
        Act.RETURN: ngettext("恢复%(num)s人", "恢复%(num)s人", count),
    }
    return sentences[act]


def chips_of(
    filters: Filters, *, grids: Sequence[Any], buildings: Sequence[Any], teams: Sequence[Any]
) -> list[tuple[str, dict[str, str]]]:
    """Return each filter in words, with the address of the list without it."""
    named = {"grid": grids, "building": buildings, "team": teams}
    nobodys = {"grid": _("不在网格里"), "team": _("不在队伍里")}
    chips = []
    for name in filters.narrowing:
        value = getattr(filters, name)
        if name in named:
            text = next((str(one.name) for one in named[name] if one.id == value), "") or nobodys.get(name, "")
        else:
            text = str(CHOICE_WORDS[name][1][value])
        chips.append((text or _("找不到的地方"), address_of(filters.without(name))))
    return chips
