"""What the download calls its sheets, columns and states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import LazyString

from engage import people
from engage.core.i18n import _l


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A kind of data: what it is called, and its columns by key."""

    title: LazyString
    columns: Mapping[str, LazyString]


SHEETS: Mapping[str, Sheet] = {
    "person": Sheet(
        title=_l("本人"),
        columns={
            "member_no": _l("编号"),
            "name": _l("姓名"),
            "pinyin": _l("拼音"),
            "phone": _l("手机"),
            "birth_year": _l("出生年份"),
            "languages": _l("会说的话"),
            "household": _l("住处"),
            "grid": _l("网格"),
            "is_volunteer": _l("志愿者"),
            "status": _l("状态"),
            "created_at": _l("登记时间"),
        },
    ),
    "households": Sheet(
        title=_l("户"), columns={"label": _l("住处"), "role": _l("关系"), "may_vote": _l("能代表这户投票")}
    ),
    "teams": Sheet(
        title=_l("队伍"),
        columns={"name": _l("队伍"), "joined_on": _l("哪天进"), "left_on": _l("哪天出"), "reason": _l("说明")},
    ),
    "teams_led": Sheet(
        title=_l("带过的队伍"), columns={"name": _l("队伍"), "since": _l("从什么时候"), "until": _l("到什么时候")}
    ),
    "team_applications": Sheet(
        title=_l("进队申请"),
        columns={
            "name": _l("队伍"),
            "words": _l("说的话"),
            "asked_at": _l("时间"),
            "state": _l("状态"),
            "ended_at": _l("了结时间"),
            "reason": _l("说明"),
        },
    ),
    "trainings": Sheet(
        title=_l("培训"),
        columns={
            "kind": _l("培训"),
            "trained_on": _l("哪天学的"),
            "expires_on": _l("哪天到期"),
            "given_by": _l("谁教的"),
            "note": _l("证书在哪"),
            "revoke_reason": _l("收回的理由"),
        },
    ),
    "roles": Sheet(
        title=_l("职务"), columns={"role": _l("职务"), "granted_at": _l("从什么时候"), "ended_at": _l("到什么时候")}
    ),
    "stand_ins": Sheet(
        title=_l("代班"),
        columns={
            "role": _l("职务"),
            "holder": _l("替谁"),
            "person": _l("谁代"),
            "starts_on": _l("从什么时候"),
            "ends_on": _l("到什么时候"),
        },
    ),
    "consents": Sheet(
        title=_l("同意"), columns={"subject": _l("内容"), "version": _l("版本"), "given_at": _l("同意时间")}
    ),
    "cards": Sheet(
        title=_l("会员证"), columns={"version": _l("第几张"), "issued_at": _l("发证时间"), "revoked_at": _l("作废时间")}
    ),
    "devices": Sheet(
        title=_l("登录记录"),
        columns={
            "label": _l("设备"),
            "signed_in_at": _l("登录时间"),
            "seen_at": _l("最近用过"),
            "ended_at": _l("退出时间"),
        },
    ),
    "steps": Sheet(title=_l("登记的变化"), columns={"state": _l("状态"), "reason": _l("原因"), "at": _l("时间")}),
    "guardians": Sheet(
        title=_l("监护"),
        columns={
            "guardian": _l("监护人"),
            "minor": _l("孩子"),
            "kind": _l("关系"),
            "confirmed_at": _l("同意时间"),
            "ended_at": _l("结束时间"),
        },
    ),
    "merges": Sheet(
        title=_l("登记合并"),
        columns={"number": _l("并进来的编号"), "merged_at": _l("合并时间"), "undone_at": _l("撤销时间")},
    ),
    "phone_looks": Sheet(title=_l("谁看过手机号"), columns={"who": _l("谁"), "reason": _l("原因"), "at": _l("时间")}),
    "passkeys": Sheet(
        title=_l("通行密钥"), columns={"name": _l("设备"), "made_at": _l("存的时间"), "used_at": _l("最近用过")}
    ),
    "helped": Sheet(
        title=_l("谁替您办过事"),
        columns={
            "helper": _l("谁"),
            "reason": _l("原因"),
            "known_by": _l("怎么认出您"),
            "began_at": _l("开始"),
            "ended_at": _l("结束"),
            "acts": _l("办了几件"),
        },
    ),
    "service": Sheet(
        title=_l("服务"),
        columns={
            "title": _l("活动"),
            "started_at": _l("来"),
            "ended_at": _l("走"),
            "minutes": _l("分钟"),
            "grade": _l("凭据等级"),
            "state": _l("状态"),
            "reason": _l("说明"),
        },
    ),
    "sign_ups": Sheet(
        title=_l("报名记录"),
        columns={
            "title": _l("活动"),
            "starts_at": _l("开始"),
            "state": _l("状态"),
            "changed_at": _l("时间"),
        },
    ),
    "points": Sheet(
        title=_l("积分"),
        columns={"number": _l("第几笔"), "at": _l("时间"), "kind": _l("种类"), "points": _l("分"), "memo": _l("说明")},
    ),
    "rewards": Sheet(
        title=_l("兑换"),
        columns={
            "item": _l("东西"),
            "points": _l("分"),
            "state": _l("状态"),
            "reserved_at": _l("换的时间"),
            "ended_at": _l("了结时间"),
        },
    ),
    "topics": Sheet(
        title=_l("提的议题"),
        columns={
            "number": _l("编号"),
            "title": _l("题目"),
            "body": _l("说明"),
            "state": _l("状态"),
            "filed_at": _l("时间"),
        },
    ),
    "seconds": Sheet(title=_l("附议过"), columns={"number": _l("编号"), "title": _l("题目"), "at": _l("时间")}),
    "votes": Sheet(title=_l("投票"), columns={"question": _l("表决什么"), "used": _l("这户投过了")}),
    "talks": Sheet(
        title=_l("夜话"), columns={"title": _l("题目"), "arrived_at": _l("到场时间"), "speeches": _l("发言次数")}
    ),
    "duties": Sheet(title=_l("夜话分工"), columns={"title": _l("题目"), "starts_at": _l("开始"), "role": _l("分工")}),
    "resolutions": Sheet(
        title=_l("负责的决议"),
        columns={"number": _l("编号"), "title": _l("题目"), "due_on": _l("期限"), "state": _l("状态")},
    ),
}

_STATES: Mapping[str, LazyString] = {
    "active": _l("在册"),
    "applied": _l("申请加入"),
    "paused": _l("暂停"),
    "closed": _l("离册"),
    "parent": _l("父母"),
    "grandparent": _l("祖父母、外祖父母"),
    "relative": _l("其他亲属"),
    "other": _l("其他监护人"),
    "merge": _l("两条登记并成一条"),
    "card": _l("刷了您的证"),
    "number": _l("报了编号和姓名"),
    "personal-data": _l("怎样保管您的信息"),
    "open": _l("没签退"),
    "proposed": _l("等审核"),
    "approved": _l("已认可"),
    "waiting": _l("等回复"),
    "declined": _l("没有批准"),
    "refused": _l("没认可"),
    "voided": _l("作废"),
    "joined": _l("报上了"),
    "waitlisted": _l("候补"),
    "cannot_come": _l("来不了"),
    "withdrawn": _l("撤回了"),
    "award": _l("得分"),
    "hold": _l("留着换东西"),
    "release": _l("退回来"),
    "spend": _l("花掉"),
    "expire": _l("到期作废"),
    "reversal": _l("冲正"),
    "reserved": _l("等着领"),
    "collected": _l("领走了"),
    "cancelled": _l("退掉了"),
    "lapsed": _l("没领，退回了"),
    "submitted": _l("等人看"),
    "seconding": _l("征附议"),
    "shortlisted": _l("附议够了"),
    "balloted": _l("上了议程票"),
    "selected": _l("要上会"),
    "not_selected": _l("没选上"),
    "scheduled": _l("排进夜话"),
    "resolved": _l("议完"),
    "expired": _l("收起来了"),
    "rejected": _l("没有采用"),
    "chair": _l("主持人"),
    "adopted": _l("刚定下"),
    "assigned": _l("派给了人"),
    "accepted": _l("接下了"),
    "in_progress": _l("正在办"),
    "reported_done": _l("说办完了"),
}


def said(code: str) -> str:
    """Return what a stored code is called; a text that is no code stays as it is."""
    words = _STATES.get(code) or people.ROLE_WORDS.get(code) or people.TIE_WORDS.get(code)
    return code if words is None else str(words)
