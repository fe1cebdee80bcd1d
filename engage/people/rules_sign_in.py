"""How long a device is remembered, when it locks, how long a confirmation holds, what a PIN must be like. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from engage.core.errors import N_, DomainError
from engage.people.rules import plain

#: a phone of one's own: counted from its last use, so that whoever comes weekly never signs in again (product.md)
REMEMBERED: Final = timedelta(days=180)
#: a browser others use too: gone after half an hour without anybody, and at the end of the day (trust row 56)
SHARED_IDLE: Final = timedelta(minutes=30)
SHARED_LIFE: Final = timedelta(hours=12)
#: a device with a PIN asks for it after this long without use
LOCKED_AFTER: Final = timedelta(hours=12)
#: how long a password, PIN or passkey vouches for what comes next (trust §3 (f))
CONFIRMED_FOR: Final = timedelta(minutes=10)
PIN_LENGTH: Final = 6
#: wrong ones in a row, then only the password helps
PIN_TRIES: Final = 5
#: how long a helper at the desk acts for somebody
HELP_FOR: Final = timedelta(minutes=15)

#: what people choose first, beyond rows, runs and repetitions
_COMMON: Final = frozenset(
    [
        "520131",
        "131452",
        "521131",
        "520520",
        "521521",
        "147258",
        "258369",
        "159357",
        "357159",
        "789456",
        "456123",
        "147852",
        "963852",
        "168168",
        "518518",
        "888666",
        "666888",
        "112233",
        "445566",
        "123321",
        "654321",
        "159753",
        "753159",
        "201314",
        "131420",
        "100200",
        "110120",
        "119110",
        "110119",
    ]
)


class WeakPin(DomainError):
    """Six digits others would try first, or no six digits at all."""


def is_over(*, shared: bool, signed_in_at: datetime, seen_at: datetime, now: datetime) -> bool:
    """Tell whether a device's sign-in has run out by itself."""
    if shared:
        return seen_at + SHARED_IDLE <= now or signed_in_at + SHARED_LIFE <= now
    return seen_at + REMEMBERED <= now


def is_locked(*, locked_at: datetime | None, has_pin: bool, seen_at: datetime, now: datetime) -> bool:
    """Tell whether a device must prove who holds it before anything: told to lock, or idle with a PIN set."""
    return locked_at is not None or (has_pin and seen_at + LOCKED_AFTER <= now)


def is_confirmed(confirmed_at: datetime | None, *, now: datetime) -> bool:
    """Tell whether a confirmation still holds. One from the future (a clock set back) does not."""
    return confirmed_at is not None and confirmed_at <= now < confirmed_at + CONFIRMED_FOR


def pin_digits(text: str) -> str:
    """Return what was typed without blanks, full-width digits as plain ones."""
    return re.sub(r"\s", "", plain(text))


def ensure_pin(text: str, *, birth_year: int | None, phone: str | None, member_no: int) -> str:
    """Return the six digits. Raises `WeakPin` for the field "pin" with what to do instead."""
    pin = pin_digits(text)
    if not re.fullmatch(r"[0-9]{6}", pin):
        raise WeakPin(N_("要6个数字，您写了%(count)s个字"), field="pin", count=len(pin))
    if _is_pattern(pin) or pin in _COMMON:
        raise WeakPin(N_("这组数字太好猜。换一组，比如老房子的门牌加上孩子的班级"), field="pin")
    if birth_year and _is_birthday(pin, birth_year):
        raise WeakPin(N_("生日别人也知道，换一组别的数字"), field="pin")
    if (phone and pin in phone) or pin == f"{member_no:06d}":
        raise WeakPin(N_("手机号和编号别人也知道，换一组别的数字"), field="pin")
    return pin


def _is_pattern(pin: str) -> bool:
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    repeats = pin[:3] == pin[3:] or pin[:2] * 3 == pin
    return len(set(pin)) <= 2 or steps in ({1}, {9}, {2}, {8}) or repeats


def _is_birthday(pin: str, year: int) -> bool:
    month_and_day = r"(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])"
    short = f"{year % 100:02d}"
    return f"{year}" in pin or bool(re.fullmatch(f"{short}{month_and_day}|{month_and_day}{short}", pin))
