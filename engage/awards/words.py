"""How evidence grades, flags and kinds are said on the approval list."""

from __future__ import annotations

from engage.core.i18n import _l

GRADES = {
    "A": _l("别人代记"),
    "0": _l("自己报的"),
    "1": _l("扫了固定码"),
    "2": _l("扫了固定码，人在附近"),
    "3": _l("扫了现场码"),
    "4": _l("服务台扫卡"),
}
FLAGS = {
    "offline": _l("没信号时扫的"),
    "slow": _l("交得晚"),
    "not_signed_up": _l("没报名"),
    "ended_by_hand": _l("走的时间是补的"),
    "no_arrival": _l("没有到场记录"),
    "overlap": _l("和别的服务重了时间"),
    "head_count": _l("那一班人数对不上"),
}
KINDS = {"patrol": _l("巡防"), "service": _l("服务"), "training": _l("培训")}
CAPS = {"activity": _l("同一场活动封顶"), "day": _l("一天封顶"), "month": _l("一个月封顶")}
