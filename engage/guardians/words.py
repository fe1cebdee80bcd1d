"""What a guardian is to a minor, in words."""

from __future__ import annotations

from engage.core.i18n import _l

KIND_WORDS = {
    "parent": _l("父母"),
    "grandparent": _l("祖父母、外祖父母"),
    "relative": _l("其他亲属"),
    "other": _l("其他监护人"),
}
EVIDENCE_WORDS = {"paper": _l("纸面签了字，社区存着"), "account": _l("本人在手机上同意的")}
