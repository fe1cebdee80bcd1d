"""What the log's verbs and things are called. tests/oversight fails for a verb recorded anywhere without a word here."""

from __future__ import annotations

from typing import Any, Final

from flask_babel import pgettext
from flask_babel.speaklater import LazyString

from engage.core.i18n import _, _l

VERBS: Final[dict[str, LazyString]] = {
    # people and how they sign in
    "signed_in": _l("登录了"),
    "activated": _l("激活了账号"),
    "password_changed": _l("改了密码"),
    "password_reset": _l("用验证码换了密码"),
    "devices_ended": _l("让设备退出登录"),
    "person_added": _l("登记了一个人"),
    "person_edited": _l("改了登记"),
    "person_active": _l("恢复了身份"),
    "person_paused": _l("暂停了身份"),
    "person_closed": _l("注销了身份"),
    "person_applied": _l("收到申请"),
    "own_entry_corrected": _l("改了自己的登记"),
    "own_data_downloaded": _l("下载了自己的资料"),
    "consent_withdrawn": _l("收回了同意"),
    "account_closed": _l("注销了自己的账号"),
    "phone_seen": _l("看了完整的电话"),
    "many_phones_seen": _l("一天看了很多电话"),
    "many_pages_turned": _l("一小时翻了很多页名册"),
    "pin_set": _l("设了6位数字"),
    "pin_removed": _l("去掉了6位数字"),
    "passkey_added": _l("存了通行密钥"),
    "passkey_removed": _l("删了通行密钥"),
    "device_unlocked": _l("解了锁"),
    "help_began": _l("开始在柜台替人办事"),
    "help_ended": _l("在柜台替人办完了事"),
    "card_replaced": _l("换了证件"),
    "slips_printed": _l("打印了激活条"),
    "cards_printed": _l("印了一批证件"),
    "medium_lost": _l("挂失了证件"),
    "phone_code_opened": _l("打开了会员码"),
    "office_acts_read": _l("街道来看了办公室的操作记录"),
    "role_given": _l("给了职务"),
    "role_ended": _l("收回了职务"),
    "role_handed_over": _l("请人代了班"),
    "role_taken_back": _l("收回了代班"),
    "region_role_given": _l("给了街道或区里的职务"),
    "region_role_ended": _l("收回了街道或区里的职务"),
    "tie_verified": _l("核实了和一户的关系"),
    "unit_corrected": _l("改了一户的面积或合并计票组"),
    "grids_redrawn": _l("拆分或合并了网格"),
    "grid_change_undone": _l("撤回了网格的变动"),
    "team_joined": _l("加进了队伍"),
    "team_left": _l("移出了队伍"),
    "members_changed": _l("一次改了很多人"),
    "members_change_undone": _l("撤回了一次成批修改"),
    "view_removed": _l("删掉了大家用的视图"),
    "view_put_back": _l("放回了大家用的视图"),
    "team_founded": _l("建了队伍"),
    "team_changed": _l("改了队伍"),
    "team_closed": _l("解散了队伍"),
    "team_reopened": _l("恢复了队伍"),
    "team_leader_named": _l("定了队长"),
    "team_leader_ended": _l("不再让他当队长"),
    "team_applied": _l("申请进队"),
    "team_application_withdrawn": _l("撤回了进队申请"),
    "team_application_declined": _l("没有批准进队"),
    "qualified": _l("记了培训"),
    "qualification_revoked": _l("收回了资格"),
    "books_restored": _l("恢复了备份，当时的登录和码都作废了"),
    # guardians, duplicates, consents
    "guardian_linked": _l("登记了监护人"),
    "guardian_confirmed": _l("确认了监护人"),
    "guardian_ended": _l("结束了监护关系"),
    "guardian_withdrew": _l("监护人收回了同意"),
    "persons_merged": _l("合并了两条登记"),
    "merge_undone": _l("撤销了一次合并"),
    "persons_are_two": _l("认定是两个人"),
    "consent_given": _l("同意了怎样保管信息"),
    # the roster
    "roster_imported": _l("导入了花名册"),
    "roster_undone": _l("撤掉了一次导入"),
    "roster_exported": _l("导出了花名册"),
    # activities and service
    "planned": _l("排了活动"),
    "changed": _l("改了班次"),
    "cancelled": _l("把它取消了"),
    "joined": _l("报了名"),
    "waitlisted": _l("排进候补"),
    "cannot_come": _l("说来不了"),
    "withdrawn": _l("退出了报名"),
    "counted heads": _l("点了人数"),
    "closed": _l("收了班"),
    "ended by hand": _l("补记了离开时间"),
    "service approved": _l("批了服务时长"),
    "service refused": _l("退回了服务时长"),
    # points and goods
    "rule drafted": _l("起草了积分规则"),
    "rule approved": _l("批准了积分规则"),
    "entry reversed": _l("冲销了一笔积分"),
    "correction proposed": _l("提了更正一笔积分"),
    "correction dropped": _l("没有更正那笔积分"),
    "reserved": _l("预订了东西"),
    "handed out": _l("发出了东西"),
    "item added": _l("上架了新东西"),
    "item offered": _l("重新上了架"),
    "item withdrawn": _l("下架了东西"),
    "goods received": _l("进了货"),
    "stock counted": _l("盘了库存"),
    # topics, votes, talks, resolutions
    "topic filed": _l("提了议题"),
    "topic admitted": _l("通过了议题"),
    "topic rejected": _l("退回了议题"),
    "topic withdrawn": _l("撤回了议题"),
    "seconds needed set": _l("改了要几个人附议"),
    "agenda round opened": _l("开了议程票"),
    "agenda round concluded": _l("定了议程"),
    "vote frozen": _l("定了投票名册"),
    "vote opened": _l("开始投票"),
    "vote stopped": _l("截止投票"),
    "vote annulled": _l("宣布投票作废"),
    "planned talk": _l("排了夜话"),
    "noticed talk": _l("发了夜话通知"),
    "named staff of talk": _l("定了夜话的工作人员"),
    "stepped down from talk": _l("不当夜话的工作人员了"),
    "opened doors of talk": _l("开始夜话签到"),
    "started talk": _l("开始夜话"),
    "adjourned talk": _l("散了夜话"),
    "cancelled talk": _l("取消了夜话"),
    "added agenda item": _l("加了一项议程"),
    "called agenda item": _l("进到一项议程"),
    "deferred agenda item": _l("把一项议程往后放"),
    "added motion": _l("提了动议"),
    "put motion to vote": _l("把动议交付表决"),
    "queued to speak": _l("排了发言的队"),
    "called speaker": _l("请人发言"),
    "ended speech": _l("结束发言"),
    "skipped speaker": _l("跳过发言"),
    "withdrawn speaker": _l("不发言了"),
    "resolution adopted": _l("记下了决议"),
    "resolution assigned": _l("定了承办人"),
    "resolution accepted": _l("接下了决议"),
    "resolution in_progress": _l("开始办决议"),
    "resolution note": _l("写了进展"),
    "resolution reported_done": _l("报告办完了"),
}

#: what people do for themselves: the street has no business with it, whoever does it (ADR 0025)
PRIVATE: Final = frozenset(
    {
        "signed_in", "activated", "password_changed", "password_reset", "devices_ended",
        "own_entry_corrected", "own_data_downloaded", "consent_withdrawn", "account_closed", "person_applied",
        "joined", "waitlisted", "cannot_come", "withdrawn", "reserved",
        "topic filed", "topic withdrawn", "queued to speak", "withdrawn speaker",
    }
)  # fmt: skip

KINDS: Final = (
    "person", "member_change", "saved_view", "team", "card_batch", "roster_batch", "roster_export", "unit",
    "grid_change", "activity", "shift", "session", "award_rule", "entry", "redemption", "item", "topic",
    "agenda_round", "vote", "talk", "agenda_item", "motion", "speaker_entry", "resolution", "log",
)  # fmt: skip


def kind_words() -> dict[str, str]:
    """Return what the kinds of things are called, in the order of KINDS and in the reader's language."""
    return {
        "person": pgettext("thing", "成员"),
        "member_change": pgettext("thing", "成批修改"),
        "saved_view": pgettext("thing", "视图"),
        "team": pgettext("thing", "队伍"),
        "card_batch": pgettext("thing", "印证批次"),
        "roster_batch": pgettext("thing", "名单"),
        "roster_export": pgettext("thing", "导出的花名册"),
        "unit": pgettext("thing", "一户"),
        "grid_change": pgettext("thing", "网格变动"),
        "activity": pgettext("thing", "活动"),
        "shift": pgettext("thing", "班次"),
        "session": pgettext("thing", "服务记录"),
        "award_rule": pgettext("thing", "积分规则"),
        "entry": pgettext("thing", "积分账"),
        "redemption": pgettext("thing", "领取单"),
        "item": pgettext("thing", "物品"),
        "topic": pgettext("thing", "议题"),
        "agenda_round": pgettext("thing", "议程票"),
        "vote": pgettext("thing", "投票"),
        "talk": pgettext("thing", "夜话"),
        "agenda_item": pgettext("thing", "议程"),
        "motion": pgettext("thing", "动议"),
        "speaker_entry": pgettext("thing", "发言"),
        "resolution": pgettext("thing", "决议"),
        "log": pgettext("thing", "操作记录"),
    }


def _fact_names() -> dict[str, str]:
    # What of the facts a reader is told; the others are numbers of rows that say nothing to a person.
    return {
        "reason": pgettext("fact", "理由"),
        "points": pgettext("fact", "分"),
        "people": pgettext("fact", "人数"),
        "kept": pgettext("fact", "留下的人"),
        "units": pgettext("fact", "户数"),
        "count": pgettext("fact", "次数"),
        "quantity": pgettext("fact", "件数"),
        "difference": pgettext("fact", "差额"),
        "price": pgettext("fact", "价格（分）"),
        "counted": pgettext("fact", "点到"),
        "checked_in": pgettext("fact", "签到"),
        "joined": pgettext("fact", "报名"),
        "entitled": pgettext("fact", "有投票权"),
        "quorum": pgettext("fact", "法定人数"),
        "needed": pgettext("fact", "要几人"),
        "version": pgettext("fact", "版本"),
        "acting_for": pgettext("fact", "替谁办的"),
    }


def verb_words(verb: str) -> str:
    """Return what was done."""
    return str(VERBS.get(verb) or verb.replace("_", " "))


def subject_words(subject: str, *, names: dict[int, str], kinds: dict[str, str]) -> str:
    """Return what it was done to: a person by name, another thing by kind (`kind_words`) and number."""
    kind, _colon, number = subject.partition(":")
    if kind == "person" and number.isdecimal():
        return names.get(int(number), "")
    word = kinds.get(kind.removesuffix("s") if not number else kind, kind.replace("_", " "))
    return _("%(thing)s#%(number)s", thing=word, number=number) if number else word


def fact_words(facts: dict[str, Any], *, names: dict[int, str]) -> list[tuple[str, str]]:
    """Return the facts a reader is told, as (what, how much); whom somebody stood in for by name."""
    if acting_for := facts.get("acting_for"):
        facts = facts | {"acting_for": names.get(acting_for, "")}
    return [(word, str(facts[key])) for key, word in _fact_names().items() if type(facts.get(key)) in {str, int}]


def plain_facts(facts: dict[str, Any], *, names: dict[int, str]) -> list[tuple[str, str]]:
    """Return the facts without anything somebody wrote: numbers, and that there is a reason. For readers from outside."""
    numbers = {key: value for key, value in facts.items() if type(value) is int}
    given = [(pgettext("fact", "理由"), _("写在社区的记录里"))] if facts.get("reason") else []
    return given + fact_words(numbers, names=names)
