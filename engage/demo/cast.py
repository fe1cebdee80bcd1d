"""The named cast. Each has a purpose; the same people appear in the tests, the documents and the pictures."""

from __future__ import annotations

import random
from dataclasses import dataclass

from engage.core.access import Role

#: everybody of the cast who signs in uses it; printed by `flask demo`, worthless anywhere else
PASSWORD = "yehua2026"  # noqa: S105 - a demonstration's, meant to be read
SEED = 20260612

PATROL = "桂园夜巡队"
SCHOOL = "放学护路队"


@dataclass(frozen=True, kw_only=True)
class Member:
    """Somebody of the cast."""

    key: str
    name: str
    phone: str | None = None
    unit: str = ""
    birth_year: int | None = None
    is_volunteer: bool = True
    roles: tuple[Role, ...] = ()
    #: the grid the roles are held at; empty: the whole community
    grid: str = ""
    #: a role above the community: at its street or its district
    above: Role | None = None
    teams: tuple[str, ...] = ()
    #: what to try as this person, Chinese and English; empty: not in the printed guide
    tries: tuple[str, str] = ("", "")


DONGHU = (
    Member(
        key="secretary",
        name="何敏",
        phone="13800000001",
        birth_year=1978,
        is_volunteer=False,
        roles=(Role.SECRETARY,),
        tries=("书记：看“今天”，主持今晚的夜话", "secretary: the day's page, chair tonight's talk"),
    ),
    Member(
        key="clerk",
        name="吴小婷",
        phone="13800000002",
        birth_year=1992,
        is_volunteer=False,
        roles=(Role.CLERK,),
        tries=("社工：审核时长，积分就到账", "clerk: approve hours, points appear"),
    ),
    Member(
        key="leader",
        name="王建明",
        phone="13900007740",
        unit="桂园5栋2单元401",
        birth_year=1963,
        roles=(Role.TEAM_LEADER,),
        teams=(PATROL,),
        tries=("领队：打开正在走的夜巡，出示签到码", "leader: open the patrol under way, show its code"),
    ),
    Member(
        key="volunteer",
        name="周桂芳",
        phone="13800000621",
        unit="桂园3栋2单元501",
        birth_year=1955,
        teams=(PATROL, SCHOOL),
        tries=(
            "志愿者：点“到了，扫码签到”，输领队的六位码；再看存折",
            "volunteer: check in with the leader's six digits; see the passbook",
        ),
    ),
    Member(
        key="spouse",
        name="赵德林",
        phone="13800000622",
        unit="桂园3栋2单元501",
        birth_year=1953,
        is_volunteer=False,
        tries=("和周桂芳一户：一户一票，谁先投算谁的", "same household: one vote between them"),
    ),
    Member(
        key="neighbour",
        name="孙玉梅",
        phone="13600002285",
        unit="桂园5栋1单元302",
        birth_year=1960,
        teams=(PATROL,),
        tries=("邻居：有一份兑换好的东西等着领", "neighbour: has a reservation to pick up"),
    ),
    Member(
        key="desk",
        name="唐美珍",
        phone="15200006178",
        unit="梧桐里2栋1单元101",
        birth_year=1970,
        roles=(Role.DESK,),
        tries=("发货台：输领取码，把东西交出去", "hand-out desk: type the pick-up code"),
    ),
    Member(
        key="teller",
        name="许志强",
        phone="13800000631",
        unit="梧桐里2栋2单元203",
        birth_year=1958,
        roles=(Role.TELLER,),
    ),
    Member(
        key="second_teller",
        name="冯玲",
        phone="13800000632",
        unit="荷香苑1栋1单元402",
        birth_year=1966,
        roles=(Role.TELLER,),
    ),
    Member(
        key="recorder",
        name="蒋文",
        phone="13800000633",
        unit="荷香苑1栋2单元601",
        birth_year=1985,
        roles=(Role.RECORDER,),
    ),
    Member(
        key="grid_officer",
        name="范丽",
        phone="13800000641",
        birth_year=1987,
        is_volunteer=False,
        roles=(Role.GRID_OFFICER,),
        grid="桂园",
        tries=("网格员：成员和待审的时长都只到桂园为止", "grid officer: members and hours end at the edge of one grid"),
    ),
    Member(
        key="street",
        name="沈嘉",
        phone="13800000642",
        birth_year=1983,
        is_volunteer=False,
        above=Role.STREET,
        tries=(
            "街道干部：看各社区的合计，写明缘由再看一个社区的办公记录",
            "street officer: sums per community; an office's log, after writing why",
        ),
    ),
    Member(
        key="district",
        name="卢志远",
        phone="13800000643",
        birth_year=1974,
        is_volunteer=False,
        above=Role.DISTRICT,
        tries=(
            "区里的干部：同样的合计，全区的街道",
            "district officer: the same sums for every street of the district",
        ),
    ),
    Member(key="resident", name="刘长河", unit="桂园7栋1单元604", birth_year=1948, is_volunteer=False),
)

LIYUAN = (
    Member(
        key="secretary",
        name="秦岚",
        phone="13700000001",
        birth_year=1981,
        is_volunteer=False,
        roles=(Role.SECRETARY,),
        tries=(
            "梨园社区书记：同一套系统，看不到东湖社区的人",
            "secretary next door: same installation, sees nobody of Donghu",
        ),
    ),
    Member(key="clerk", name="高原", phone="13700000002", birth_year=1990, is_volunteer=False, roles=(Role.CLERK,)),
    Member(
        key="leader",
        name="马春生",
        phone="13700000003",
        unit="梨园1栋1单元201",
        birth_year=1961,
        roles=(Role.TEAM_LEADER,),
        teams=("梨园巡逻队",),
    ),
    Member(
        key="volunteer",
        name="罗秀云",
        phone="13700000004",
        unit="梨园2栋1单元302",
        birth_year=1957,
        teams=("梨园巡逻队",),
    ),
    Member(key="neighbour", name="谢国庆", phone="13700000005", unit="梨园2栋2单元401", birth_year=1964),
)

SURNAMES = "李张刘陈杨黄吴徐朱胡郭林罗郑梁宋唐韩曹邓彭曾萧田潘袁蔡余叶程苏魏吕丁沈任姚卢傅钟"
GIVEN = [
    "桂兰", "秀英", "建国", "玉兰", "志明", "凤英", "国强", "桂英", "淑珍", "德胜",
    "春梅", "家辉", "爱华", "立新", "晓燕", "海涛", "丽娟", "俊杰", "慧芳", "永福",
    "雪梅", "长根", "金凤", "少华", "文斌", "红霞", "卫东", "美玲", "振华", "素琴",
    "志刚", "腊梅", "学军", "翠萍", "明亮", "巧云", "大勇", "素芬", "小平", "传贵",
]  # fmt: skip
_BLOCKS = ("桂园", "荷香苑", "梧桐里")


def neighbours(count: int, *, chance: random.Random) -> list[Member]:
    """Return so many more people, most with a household of their own; the same chance gives the same people."""
    found: list[Member] = []
    names: set[str] = set()
    while len(found) < count:
        name = chance.choice(SURNAMES) + chance.choice(GIVEN)
        if name in names:
            continue
        names.add(name)
        number = len(found)
        unit = f"{_BLOCKS[number % 3]}{number % 4 + 1}栋{number % 2 + 1}单元{number // 12 + 2}0{number % 3 + 1}"
        found.append(
            Member(
                key=f"neighbour {number}",
                name=name,
                phone=f"1390000{1000 + number}" if number % 5 else None,
                unit=unit,
                birth_year=1945 + chance.randrange(50),
                is_volunteer=number % 3 != 0,
                teams=(PATROL,) if number % 6 == 1 else (SCHOOL,) if number % 6 == 2 else (),
            )
        )
    return found
