"""Why somebody stays when an import is taken back, in plain words. Keys are what people.persons_in_use names."""

from __future__ import annotations

from collections.abc import Collection

from engage.core.i18n import _l

#: tables whose rows say that somebody did something; a table that is not here is told as "other records"
TRACES = {
    "credential": _l("设过密码"),
    "device": _l("登录过"),
    "activation": _l("用过激活码"),
    "passkey": _l("存过通行密钥"),
    "assistance": _l("有人在柜台替他办过事"),
    "consent": _l("签过同意书"),
    "role_grant": _l("给过别的职务"),
    "medium": _l("换过证件"),
    "membership": _l("进过别的队伍"),
    "tenancy": _l("登记过别的房子"),
    "phone_reveal": _l("有人看过电话"),
    "audit_event": _l("登记后来有人改过"),
    "person_event": _l("登记后来有人改过"),
    "guardianship": _l("登记过监护"),
    "person_alias": _l("和别的登记合并过"),
    "person_merge": _l("和别的登记合并过"),
    "not_same_person": _l("和别的登记对过"),
    "sign_up": _l("报过名"),
    "scan": _l("签过到"),
    "service_session": _l("有服务时长"),
    "award": _l("得过积分"),
    "redemption": _l("换过东西"),
    "topic": _l("提过议题"),
    "topic_second": _l("附议过议题"),
    "talk_attendance": _l("来过夜话"),
    "speaker_entry": _l("在夜话上发过言"),
    "motion": _l("提过动议"),
    "resolution": _l("在办决议"),
    "activity": _l("排过活动"),
    "roster_batch": _l("导入过名单"),
}
OTHER = _l("别处有记录")


def reasons(tables: Collection[str]) -> list[str]:
    """Return what holds somebody, each thing once, in the order of TRACES; what has no word of its own last."""
    told = list(dict.fromkeys(str(word) for table, word in TRACES.items() if table in tables))
    return told if told and TRACES.keys() >= set(tables) else [*told, str(OTHER)]
