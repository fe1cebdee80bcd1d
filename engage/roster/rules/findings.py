"""What can be wrong in a roster, once: the kind (stable, English, for programs), the words, what to do.

`error` rows are not imported. `warning` rows are, except a repeated person, who is already there.
Messages are Chinese gettext ids with %(name)s places, filled by `facts`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

from engage.core.errors import N_

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Words:
    """How one kind of finding speaks."""

    severity: Severity
    message: str
    todo: str
    kind: str = ""


KINDS: Final[dict[str, Words]] = {
    "name missing": Words("error", N_("姓名空着。"), N_("补上姓名；这一行不要了，就整行删掉。")),
    "name is not a name": Words("error", N_("“%(value)s”不像姓名。"), N_("看看是不是填错了列，改成姓名。")),
    "name hides characters": Words("error", N_("“%(value)s”遮住了字，不知道是谁。"), N_("补上全名。")),
    "name lost a character": Words(
        "error", N_("“%(value)s”里有个字认不出来，多半是生僻字丢了。"), N_("照身份证把这个字补上。")
    ),
    "two names in one cell": Words(
        "error", N_("“%(value)s”像是几个人写在了一格。"), N_("一行写一个人；是一个人，就去掉中间的空格或符号。")
    ),
    "marked as gone": Words("error", N_("这里写着“%(value)s”。"), N_("人不在册了，就跳过这行；还在，就去掉这几个字。")),
    "phone has %(digits)d digits": Words(
        "error", N_("手机要11位，这里是%(digits)d位。"), N_("补全11位，或者空着；座机请带区号。")
    ),
    "phone is not a phone number": Words(
        "error", N_("“%(value)s”不是电话号码。"), N_("手机要11位，1开头；没有就空着。")
    ),
    "phone lost its last digits": Words(
        "error", N_("号码被表格改成了“%(value)s”，后几位已经丢了。"), N_("把这一列设成文本，重新填11位。")
    ),
    "phone is masked": Words("warning", N_("“%(value)s”遮住了中间几位，没有读。"), N_("要导入号码，就填全11位。")),
    "id number in this column": Words(
        "error", N_("这一格像是身份证号，没有读，也没有存。"), N_("身份证号不用填。请改成这一列该填的，或者空着。")
    ),
    "unknown grid": Words("error", N_("没有“%(value)s”这个网格。"), N_("改成%(known)s；真有新网格，先加到网格表里。")),
    "impossible birth date": Words("error", N_("没有“%(value)s”这一天。"), N_("照身份证改；只知道年份，就只写年份。")),
    "birth date in the future": Words(
        "error", N_("“%(value)s”还没到。"), N_("照身份证改；只知道年份，就只写年份。"), kind="impossible birth date"
    ),
    "birth date not understood": Words(
        "error", N_("“%(value)s”看不出是哪一天。"), N_("写成1956年3月2日、1956-03-02，或者只写1956。")
    ),
    "area is not a number": Words("error", N_("面积“%(value)s”不是数。"), N_("只写平方米数，比如89.5；不知道就空着。")),
    "impossible area": Words(
        "error", N_("面积“%(value)s”不对劲。"), N_("按房产证写平方米数，比如89.5；不知道就空着。")
    ),
    "text too long": Words("error", N_("这一格有%(length)d个字，最多%(most)d个。"), N_("写短一点。")),
    "same person as an earlier row": Words(
        "warning",
        N_("和第%(earlier)d行是同一个人（%(why)s一样）。"),
        N_("不用管，只导入一次；真是两个人，就改好电话或出生日期。"),
    ),
    "text that looks like a formula": Words(
        "warning", N_("这一格像公式，只当文字看，不会运行。"), N_("确认是不是有人乱填的，没用就清空。")
    ),
    "grid seen only once": Words(
        "warning", N_("“%(value)s”只有这一行。"), N_("看看网格是不是写错了；没写错就不用管。")
    ),
    "address not understood": Words(
        "warning", N_("看不出“%(value)s”是哪栋哪户，先不挂到户上。"), N_("写成3栋2单元501，或者3-2-501。")
    ),
    "formula without a result": Words(
        "warning", N_("这一格是公式，结果显示不出来（%(value)s），先空着。"), N_("直接填上内容；没有就不用管。")
    ),
    "door turned into a date": Words(
        "warning",
        N_("门牌被表格改成了日期“%(value)s”，先不挂到户上。"),
        N_("把这一列设成文本，重新填3-2-501这样的门牌。"),
    ),
    "no door beside others": Words(
        "warning", N_("这一行没写住处，先不挂到户上。"), N_("和上面同一户，就把门牌补上；没有就不用管。")
    ),
    "only a name": Words(
        "warning", N_("这一行只有“%(value)s”，别的都空着。"), N_("是小标题就选“不导入”；是人就不用管。")
    ),
    "remark says gone": Words("warning", N_("这里写着“%(value)s”。"), N_("人不在册了，就选“不导入”；还在，就不用管。")),
    "volunteer mark not understood": Words(
        "warning", N_("看不出“%(value)s”是不是志愿者，先按不是算。"), N_("是就填“是”或“√”，不是就空着。")
    ),
    "sex not understood": Words("warning", N_("“%(value)s”看不出是男是女，先空着。"), N_("填“男”或“女”，也可以空着。")),
    "two phones in one cell": Words(
        "warning", N_("这一格不止一个号码，用了尾号%(last4)s的。"), N_("想用别的，就只留那一个。")
    ),
    "phone of a relative": Words(
        "warning", N_("号码旁边写着“%(value)s”，当成了本人的。"), N_("不是本人在用，就把号码清空。")
    ),
    "two areas for one unit": Words(
        "warning", N_("这户前面写的是%(earlier_area)s平方米，这里是%(value)s，用了前面的。"), N_("按房产证改成一样的。")
    ),
    "unit without people": Words(
        "warning", N_("这一行没有人，只登记了这户房子。"), N_("有人住就补上姓名；空房不用管。")
    ),
    "age instead of birth": Words("warning", N_("“%(value)s”不像年龄，先空着。"), N_("填周岁，或者填出生年份。")),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing said about one cell (or one row) of a sheet.

    `row` is the sheet's own row number, `heading` the column's heading as printed, `column` its index from 0.
    """

    sheet: str
    row: int
    template: str
    heading: str = ""
    column: int | None = None
    facts: dict[str, object] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """Return the stable English name, e.g. `phone has 7 digits`."""
        return (KINDS[self.template].kind or self.template) % self.facts

    @property
    def severity(self) -> Severity:
        """Say whether the row has to wait (`error`) or goes in all the same (`warning`)."""
        return KINDS[self.template].severity

    @property
    def message(self) -> str:
        """Return the gettext id of the sentence; fill it with `facts`."""
        return KINDS[self.template].message

    @property
    def todo(self) -> str:
        """Return the gettext id of what to do next; fill it with `facts`."""
        return KINDS[self.template].todo


class Unreadable(ValueError):
    """A cell that cannot be understood; `template` is a key of KINDS."""

    def __init__(self, template: str, /, **facts: object) -> None:
        super().__init__(template)
        self.template = template
        self.facts = facts
