"""What a column can hold, and the words people head it with. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import Final

from engage.core.errors import N_
from engage.roster.rules.values import text_of


class Field(StrEnum):
    """What a column can hold. `IGNORED` columns are read by nobody and stored nowhere."""

    NAME = "name"
    PHONE = "phone"
    PHONE_OTHER = "phone_other"
    SEX = "sex"
    BIRTH = "birth"
    BIRTH_MONTH = "birth_month"
    BIRTH_DAY = "birth_day"
    AGE = "age"
    GRID = "grid"
    BUILDING = "building"
    ENTRANCE = "entrance"
    ROOM = "room"
    ESTATE = "estate"
    ADDRESS = "address"
    OTHER_DOORS = "other_doors"
    AREA = "area"
    RELATION = "relation"
    TENURE = "tenure"
    VOLUNTEER = "volunteer"
    TEAM = "team"
    TEAM_TICK = "team_tick"
    GRID_OFFICER = "grid_officer"
    NEIGHBOUR_LEAD = "neighbour_lead"
    NOTE = "note"
    MEMBER_NO = "member_no"
    SEQUENCE = "sequence"
    ID_NUMBER = "id_number"
    IGNORED = "ignored"


LABELS: Final[Mapping[Field, str]] = {
    Field.NAME: N_("姓名"),
    Field.PHONE: N_("手机"),
    Field.PHONE_OTHER: N_("另一个电话"),
    Field.SEX: N_("性别（不导入）"),
    Field.BIRTH: N_("出生日期"),
    Field.BIRTH_MONTH: N_("出生月"),
    Field.BIRTH_DAY: N_("出生日"),
    Field.AGE: N_("年龄"),
    Field.GRID: N_("网格"),
    Field.BUILDING: N_("楼栋"),
    Field.ENTRANCE: N_("单元"),
    Field.ROOM: N_("房号"),
    Field.ESTATE: N_("小区"),
    Field.ADDRESS: N_("住处"),
    Field.OTHER_DOORS: N_("另外的住处"),
    Field.AREA: N_("面积"),
    Field.RELATION: N_("与户主关系"),
    Field.TENURE: N_("业主还是租户"),
    Field.VOLUNTEER: N_("是不是志愿者"),
    Field.TEAM: N_("队伍"),
    Field.TEAM_TICK: N_("打勾的队伍"),
    Field.GRID_OFFICER: N_("网格员"),
    Field.NEIGHBOUR_LEAD: N_("邻长"),
    Field.NOTE: N_("备注（不导入）"),
    Field.MEMBER_NO: N_("成员编号"),
    Field.SEQUENCE: N_("序号（不导入）"),
    Field.ID_NUMBER: N_("身份证号（不读）"),
    Field.IGNORED: N_("不导入"),
}

_WHO: Final = r"(?:居民|村民|成员|人员|志愿者|队员|本人|住户|家庭成员|常住人口|学员|党员|网格)?"
_SAYS: Final[tuple[tuple[Field, int, str], ...]] = (
    (
        Field.IGNORED,
        9,
        r".*(紧急联系|监护|家属|亲属|子女电话|备用联系|录入|登记人$|填表|审核|更新时间|登记时间|登记日期|照片|邮箱|微信|年级|单位电话).*|e-?mail|wechat|emergency.*|photo",
    ),
    (
        Field.ID_NUMBER,
        9,
        r".*(身份证|证件|公民身份|身份号码|社保|银行|卡号|护照).*|证号|.*(idnumber|idno|idcard|nationalid|identity|passport).*|id",
    ),
    (Field.MEMBER_NO, 9, r"成员编号|会员编号|member(no|number|id)"),
    (Field.SEQUENCE, 9, r"序号?|编号|次序|行号|人员编号|no\.?|nr\.?|#|index|serial(no|number)?|s/n|sn"),
    (
        Field.NAME,
        9,
        rf"{_WHO}(被登记人)?(真实)?姓\s*名|(full|resident)?'?s?name|nameofresident|residentname|member(name)?",
    ),
    (
        Field.NAME,
        6,
        r"名字|姓名/户主|家庭成员(姓名)?|(户主|业主|产权人|房主|租户|志愿者|居民|住户)(姓名)?|resident|person|owner(name)?|head(ofhousehold)?",
    ),
    (Field.NAME, 3, r"(联系人|房东|租客|承租人)(姓名)?"),
    (
        Field.PHONE,
        9,
        rf"{_WHO}(手机|移动电话|手机号码?|联系手机|本人手机|手机电话|手机/(联系)?电话|(联系)?电话/手机|微信/手机)(号码?|号)?[1一]?|mobile(phone|no|number)?|cell(phone)?(no|number)?",
    ),
    (
        Field.PHONE,
        8,
        rf"{_WHO}(联系人?)?(电话|方式)(号码?)?[1一]?|(户主|业主|房主|产权人|租户|租客|承租人)(联系)?(电话|手机|方式)(号码?)?|本人电话|联系号码|(tele)?phone(no|number)?|tel|contact(no|number)?",
    ),
    (
        Field.PHONE,
        4,
        r"固话|座机|固定电话|家庭电话|住宅电话|宅电|landline|home(phone|tel)|(其他|备用|另一个)(联系)?(电话|手机|方式)|(联系)?(电话|手机)(号码?)?[2-5二三]",
    ),
    (Field.SEX, 9, r"性别|男/?女|sex|gender|m/f"),
    (
        Field.BIRTH,
        9,
        r"(公历|阳历)?出生(日期|年月日?|时间|年份?|日)?|(公历|阳历)?生日|出生年/月/日|(date|year)of?birth|dob|birth(date|day|year)?|yearborn|born",
    ),
    (Field.BIRTH_MONTH, 9, r"出生(日期|年月日?)?月份?|birthmonth"),
    (Field.BIRTH_DAY, 9, r"出生(日期|年月日?)?日|birth(date)?day"),
    (Field.AGE, 9, r"(周岁)?年[龄纪]|周岁|age"),
    (Field.GRID, 9, r"(所属|所在|居住|微)?网格(编)?(号|码|名称?|区)?|第?几网格|片区|grid(no|number|name|id)?"),
    (
        Field.GRID_OFFICER,
        9,
        r"(所属|是否|是不是|专职|责任)?网格(员|长)(姓名)?|(is)?grid(officer|worker|manager|lead(er)?)",
    ),
    (
        Field.NEIGHBOUR_LEAD,
        9,
        r"(是否|是不是)?(邻长|楼栋?长|单元长|楼门长|楼组长)(姓名)?|(is)?(neighbou?r(hood)?|building|block)lead(er)?",
    ),
    (
        Field.BUILDING,
        9,
        r"(所在|居住)?(楼栋|楼幢|栋|幢|楼|座|楼宇)(编?号|名称?|数)?|号楼|(楼栋|栋|幢)号?/?单元号?|栋别|building(no|number|name)?|bldg|block(no|number)?|tower",
    ),
    (Field.ENTRANCE, 9, r"单元(编?号)?|门栋|门洞|楼门|梯号|entrance|unit(no|number)?|stair(way|case|well)?"),
    (
        Field.ROOM,
        9,
        r"(房|室|房间|房屋|户室|门牌)(编?号码?)?|房室号?|户室|单元房号|房号/门牌号?|room(no|number)?|flat(no|number)?|apartment|apt|door(no|number)?",
    ),
    (Field.ROOM, 5, r"户(编号|号|码)|household(no|id|number)?"),
    (Field.OTHER_DOORS, 9, r"(另外|其他|其它|另有)的?(住处|住址|住房|房子|房屋|房产)"),
    (
        Field.ADDRESS,
        9,
        r"(家庭|现|居住|现居住|详细|常住|住宅|住房|房屋|房产|小区|联系|通讯|实际)?(地址|住址|住处|居住地)|现居住?地址?|现住(地址|址)|住所|居所|(小区)?(楼栋|楼|栋|幢)号?[/及]?(单元号?)?[/及]?(房间?|室|门牌)号?|小区门牌号?|家庭详细(地址|住址)|楼栋门牌号?|门牌地址|坐落|房屋(坐落|地址)|(home)?address|residence",
    ),
    (Field.ESTATE, 9, r"(所属|所在|居住|现住)?(小区|院落|楼盘|自然村|园区|院区)(名称?)?|estate|compound"),
    (Field.ADDRESS, 3, r"户籍(地|地址|所在地)?|户口所在地"),
    (
        Field.AREA,
        9,
        r"(房屋)?(建筑|产权|房屋|住房|住宅|专有(部分)?|登记)?面积(平方米|平米)?|(floor|unit|building)?area|sqm|m2|平方米?数?",
    ),
    (Field.AREA, 4, r"(套内|使用)(建筑)?面积"),
    (
        Field.RELATION,
        9,
        r"(与|和)?(本户|户主|业主|家庭|产权人|家庭成员|成员)?的?关系|relation(ship)?(to(the)?(head|owner|householder)(ofhousehold)?)?",
    ),
    (
        Field.TENURE,
        9,
        r"(住户|人员|居民|居住|入住|房屋)?(类型|类别|性质|状态|身份|情况|使用情况|产权(性质)?)|业主([/或]|还是)租户|(是否|是不是)(产权人|租户|租客|业主)|自住[/或]出租|tenure|owner/?tenant|ownership|occupancy|type",
    ),
    (
        Field.VOLUNTEER,
        9,
        r"(是否|是不是)?(为|是|参加|参与|愿意(参加|成为|当|做)?|成为)?(注册|平安)?志愿(者|服务|活动)(身份|标记|是否)?[√✓]?|(is)?(a)?(registered)?volunteers?(y/?n)?",
    ),
    (
        Field.TEAM,
        9,
        r"(所属|所在|参加|加入)?(的)?(志愿者?)?(服务)?(队伍|团队|小队|队|分队|组别|服务队|小组|组织)(名称?)?|(volunteer)?teams?(name)?|groups?|squad",
    ),
    (Field.NOTE, 9, r"备注?|备注(说明|信息)|(情况)?说明|特殊情况|其他|其它|备考|remarks?|notes?|comments?"),
)
_PATTERNS: Final = tuple((name, score, re.compile(pattern)) for name, score, pattern in _SAYS)
_PARTS_OF_BIRTH: Final = {
    "年": Field.BIRTH,
    "月": Field.BIRTH_MONTH,
    "日": Field.BIRTH_DAY,
    "year": Field.BIRTH,
    "month": Field.BIRTH_MONTH,
    "day": Field.BIRTH_DAY,
}
TEAM_NAME: Final = re.compile(r".{2,}(队|分队|小组|志愿者协会)|.+ team")


def _bare(text: str) -> str:
    text = re.sub(r"[(\[【（].*?[)\]】）]", "", text_of(text).lower())
    text = re.sub(r"^(q?\d{1,3}[、.:．]\s*)?(请(您)?(填写|输入|选择)?|您的|你的|您|你)?(?=..)", "", text)
    return re.sub(r"[\s*:：、,.。?？_\-—\"“”]+", "", text) or re.sub(r"\s+", "", text_of(text).lower())


@lru_cache(maxsize=4096)
def guess(heading: str, above: str = "") -> tuple[Field, int] | None:
    """Return what a heading says and how sure that is (1 to 9), or None. `above` is the merged heading over it."""
    own, over = _bare(heading), _bare(above)
    if not own:
        return None
    if over and re.search(r"出生|生日|birth", over) and own in _PARTS_OF_BIRTH:
        return _PARTS_OF_BIRTH[own], 9
    if (
        over
        and re.fullmatch(r".*(紧急|监护|家属|网格员|楼栋?长|社工|民警|包保|物业).*|emergency.*", over)
        and own != over
    ):
        return Field.IGNORED, 9
    for candidate in dict.fromkeys((own, over + own, own + over)):
        matches = [(name, score) for name, score, pattern in _PATTERNS if pattern.fullmatch(candidate)]
        if matches:
            name, score = max(matches, key=lambda match: match[1])
            return name, score if candidate == own else score - 1
    return None
