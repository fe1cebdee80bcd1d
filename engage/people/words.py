"""What roles, household ties, age bands and standings are called on pages."""

from __future__ import annotations

from engage.core.ages import AgeBand
from engage.core.i18n import _l

ROLE_WORDS = {
    "operator": _l("平台维护人"),
    "district": _l("区里的人"),
    "street": _l("街道的人"),
    "secretary": _l("社区书记"),
    "clerk": _l("社区工作人员"),
    "grid_officer": _l("网格员"),
    "neighbour_lead": _l("邻长"),
    "team_leader": _l("巡逻队长"),
    "desk": _l("小卖部值守"),
    "teller": _l("计票人"),
    "recorder": _l("记录人"),
    "volunteer": _l("志愿者"),
    "resident": _l("居民"),
}
TIE_WORDS = {"owner": _l("产权人"), "member": _l("家里人"), "tenant": _l("租客")}
AGE_WORDS = {
    AgeBand.UNKNOWN: _l("没登记出生年份"),
    AgeBand.CHILD: _l("不满14岁"),
    AgeBand.YOUTH: _l("14到17岁"),
    AgeBand.ADULT: _l("18到59岁"),
    AgeBand.SENIOR: _l("60到69岁"),
    AgeBand.ELDER: _l("70岁以上"),
}
STANDING_WORDS = {
    "applied": _l("申请加入"),
    "declined": _l("没有同意加入"),
    "active": _l("在册"),
    "paused": _l("暂停"),
    "closed": _l("离册"),
}
