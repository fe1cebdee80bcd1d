"""Pure rules of the shop: who may reserve what, until when, and what a code may be used for."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from engage.core.errors import N_, DomainError

#: a reservation waits this long; then goods and points go back by themselves
WAITS = timedelta(days=7)
#: symbols of static/img/goods.svg and what they show
PICTURES = {
    "rice": N_("大米"),
    "oil": N_("食用油"),
    "soap": N_("洗衣液"),
    "tissue": N_("卷纸"),
    "umbrella": N_("雨伞"),
    "cup": N_("杯子"),
    "bags": N_("垃圾袋"),
    "hair": N_("理发券"),
    "towel": N_("毛巾"),
}


class State(StrEnum):
    """What became of a reservation."""

    RESERVED = "reserved"
    COLLECTED = "collected"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


class SoldOut(DomainError):
    """Nothing is left, or everything left waits for somebody."""


class LimitReached(DomainError):
    """This person has had as many as one person may have."""


class NotOffered(DomainError):
    """The item is no longer on the shelf."""


class AlreadyEnded(DomainError):
    """The reservation was collected, cancelled or has lapsed."""


class UnknownCode(DomainError):
    """No reservation has these eight digits."""


def state_at(*, state: str, expires_at: datetime, now: datetime) -> State:
    """Return the state by the clock: a reservation nobody fetched in time has lapsed, job or no job."""
    if state == State.RESERVED and now >= expires_at:
        return State.LAPSED
    return State(state)


def ensure_reservable(*, offered: bool, left: int, had: int, per_person: int | None) -> None:
    """Check that one more may be reserved. Raises `NotOffered`, `SoldOut`, `LimitReached`."""
    if not offered:
        raise NotOffered(N_("这样东西已经下架。回小卖部看看别的。"))
    if left <= 0:
        raise SoldOut(N_("最后一份刚被别人换走。分没有动，回小卖部看看别的。"))
    if per_person is not None and had >= per_person:
        raise LimitReached(N_("这样东西每人限%(limit)s份，您已经换够了。"), limit=per_person)


def digits_of(text: str) -> str:
    """Return the eight digits of what was typed or scanned; full-width digits, spaces and dashes are fine.

    Raises `UnknownCode` when it cannot be a code.
    """
    digits = "".join(str(int(char)) for char in text if char.isdecimal())
    other = [char for char in text if not (char.isdecimal() or char.isspace() or char in "-–－")]
    if len(digits) != 8 or other:
        raise UnknownCode(N_("取货码是8个数字，请再看一眼手机或纸条。"), field="code")
    return digits


def shown(digits: str) -> str:
    """Return the code in the two halves people read out."""
    return f"{digits[:4]} {digits[4:]}"


def missing(*, price: int, available: int) -> int:
    """Return how many points are still missing, 0 when there are enough."""
    return max(price - available, 0)
