"""How evidence grades, flags and kinds are said on the approval list."""

from __future__ import annotations

from engage.core.i18n import _l as lazy

GRADES = {
    "A": lazy("别人代记"),
    "0": lazy("自己报的"),
    "1": lazy("扫了固定码"),
    "2": lazy("扫了固定码，人在附近"),
    "3": lazy("扫了现场码"),
    "4": lazy("服务台扫卡"),
}
FLAGS = {
    "offline": lazy("没信号时扫的"),
    "slow": lazy("交得晚"),
    "not_signed_up": lazy("没报名"),
    "ended_by_hand": lazy("走的时间是补的"),
    "no_arrival": lazy("没有到场记录"),
    "overlap": lazy("和别的服务重了时间"),
    "head_count": lazy("那一班人数对不上"),
}
KINDS = {"patrol": lazy("巡防"), "service": lazy("服务"), "training": lazy("培训")}
CAPS = {"activity": lazy("同一场活动封顶"), "day": lazy("一天封顶"), "month": lazy("一个月封顶")}
