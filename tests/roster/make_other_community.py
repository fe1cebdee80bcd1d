"""Another community's workbook, as nobody here would keep it: made in memory, the truth returned beside it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from tests.roster.make_workbooks import make_xlsx

SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈", ("建军", "秀英", "晓燕", "志强", "丽华", "国栋", "玉兰", "海涛")


@dataclass(frozen=True)
class Truth:
    """One resident as the community knows them."""

    name: str
    phone: str | None
    landline: bool
    born: int
    door: str
    area: int
    helps: bool


def make_other_community(*, seed: int = 7, people: int = 60) -> tuple[bytes, list[Truth]]:
    """Return a workbook and who is in it.

    Homes with their areas stand on a sheet of their own; the people's sheet has a title, headings in two lines with 房号
    merged over three columns, a heading between the rows for every building, sex and age, and two numbers in a phone cell.
    """
    dice = random.Random(seed)  # noqa: S311 - a test's dice
    homes = [(b, e, r) for b in (1, 2, 5) for e in (1, 2) for r in (101, 102, 201, 202)]
    areas = {home: dice.randrange(4000, 14000) for home in homes}
    names = [s + g for s in SURNAMES for g in GIVEN]
    dice.shuffle(names)
    truth: dict[int, list[tuple[Truth, list[Any]]]] = {}
    for number, name in enumerate(names[:people]):
        home = dice.choice(homes)
        phone, helps = f"137{number:08d}", dice.random() < 0.3
        born = 2026 - dice.randrange(1, 90)
        cell: Any = {
            0: phone,
            1: f"{phone}/{phone[:-1]}9",
            2: int(phone),
            3: f" +86 {phone[:3]}-{phone[3:7]}-{phone[7:]}",
            4: "—",
        }[number % 5]
        one = Truth(name, None if number % 5 == 4 else phone, landline=False, born=born, door=f"{home[0]}栋{home[1]}单元{home[2]}", area=areas[home], helps=helps)  # fmt: skip
        row = [
            number + 1,
            name,
            "男" if number % 2 else "女",
            f"{2026 - born}岁",
            home[0],
            home[1],
            home[2],
            cell,
            "已注册" if helps else "",
            "无",
        ]
        truth.setdefault(home[0], []).append((one, row))
    rows: list[list[Any]] = [
        ["青石桥社区常住人口登记（2026年下半年）"],
        ["编号", "居民姓名", "性别", "年龄", "房号", None, None, "联系方式", "义务服务", "情况说明"],
        [None, None, None, None, "幢", "门洞", "室", None, None, None],
    ]
    for building in sorted(truth):
        rows.append([f"{building}号楼（楼长：见公示栏）"])
        rows += [row for _, row in truth[building]]
        rows.append(["小计", None, None, None, None, None, None, None, None, len(truth[building])])
    rows.append(["填表人：社区文书"])
    doors: list[list[Any]] = [["青石桥社区房屋台账"], ["幢", "门洞", "室", "产权面积（㎡）"]]
    doors += [[b, e, r, area / 100] for (b, e, r), area in areas.items()]
    merged = {"人口": [(0, 0, 0, 9), (1, 4, 1, 6)]}
    return make_xlsx({"房屋": doors, "人口": rows}, merged), [one for group in truth.values() for one, _ in group]
