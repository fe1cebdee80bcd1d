"""The texts people agree to, word for word, version by version. A text that was once in force is never changed here.

Saying something else means adding a version with the day from which it is asked for. Whoever agreed to an older one is
asked again from that day on; until they answer, what they agreed to is what counts (service-points §5.8).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask_babel import LazyString

from engage.core.i18n import _l

PERSONAL_DATA = "personal-data"


@dataclass(frozen=True, kw_only=True)
class ConsentText:
    """One version of a text: asked for from its first day (a Shanghai day) until a newer one is."""

    subject: str
    version: str
    valid_from: date
    title: LazyString
    lines: tuple[LazyString, ...]
    #: what differs from the version before, for those who are asked again
    changed: LazyString | None = None


TEXTS = (
    ConsentText(
        subject=PERSONAL_DATA,
        version="2026-06",
        valid_from=date(2020, 1, 1),
        title=_l("怎样保管您的信息"),
        lines=(
            _l("我们记下姓名、手机号、门牌和出生年份，不要身份证号。"),
            _l("手机号加密保存，平时只显示后四位；谁看过全号，您在“我的”里看得到。"),
            _l("签到只记到了没到，不记您走过哪里。"),
            _l("想看、想改、想退出，跟社区工作人员说一声就办。"),
        ),
    ),
    ConsentText(
        subject=PERSONAL_DATA,
        version="2027-01",
        valid_from=date(2027, 1, 1),
        title=_l("怎样保管您的信息"),
        lines=(
            _l("我们记下姓名、手机号、门牌、出生年份和您会说的话，不要身份证号。"),
            _l("手机号加密保存，平时只显示后四位；谁看过全号，您在“我的”里看得到。"),
            _l("签到只记到了没到，不记您走过哪里。"),
            _l("同一个人登记了两次，会并成一条；并了什么，您在“我的资料”里看得到。"),
            _l("不满14岁的，由监护人同意、由监护人的账号来办。"),
            _l("想看、想改、想退出，跟社区工作人员说一声就办。"),
        ),
        changed=_l("多了三样：会说的话、重复登记怎么并、孩子由监护人来办"),
    ),
)


def text_in_force(subject: str, *, on: date) -> ConsentText:
    """Return the version asked for on a day."""
    return max((text for text in TEXTS if text.subject == subject and text.valid_from <= on), key=_age)


def find_text(subject: str, version: str) -> ConsentText | None:
    """Return a text by its version, or None for one that was never written down here."""
    return next((text for text in TEXTS if (text.subject, text.version) == (subject, version)), None)


def _age(text: ConsentText) -> date:
    return text.valid_from
