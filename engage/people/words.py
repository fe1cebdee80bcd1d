"""What roles and household ties are called on pages."""

from __future__ import annotations

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
