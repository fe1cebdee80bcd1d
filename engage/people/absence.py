"""The days of a stand-in. Pure: days come in, a refusal or a word comes out. Source: issue "delegation for a period"."""

from __future__ import annotations

from datetime import date

from engage.core.errors import N_, DomainError

#: longer than a leave: the secretary gives the role itself
LONGEST_ABSENCE = 92


def ensure_absence(first: date, last: date, *, today: date) -> None:
    """Refuse days a role cannot be handed over for: [first, last) in Asia/Shanghai days, not yet over, 92 at most.

    Raises `DomainError` for the field "ends".
    """
    if last <= first:
        raise DomainError(N_("回来的那天要在开始以后"), field="ends")
    if last <= today:
        raise DomainError(N_("这几天已经过去了"), field="ends")
    if (last - first).days > LONGEST_ABSENCE:
        raise DomainError(N_("一次最多代%(most)s天；更久的话，请书记另外给职务"), field="ends", most=LONGEST_ABSENCE)


def absence_state(first: date, last: date, *, today: date) -> str:
    """Return whether the days [first, last) lie "ahead", have begun ("now") or are "over"."""
    if today >= last:
        return "over"
    return "now" if today >= first else "ahead"
