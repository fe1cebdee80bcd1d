"""From minutes to points: quantum, unit, coefficient, one rounding downward, then the caps (service-points §5.3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from engage.core.errors import N_, DomainError

#: the rule every community starts with: an hour of patrol is 10 points, of other service 8, of training 4
DEFAULT_CODE = "service"
#: what people call a rule; stored with the entry
NAMES = {DEFAULT_CODE: N_("服务积分")}


class NoRule(DomainError):
    """No approved version is in force on the day of service."""


class BadRule(DomainError):
    """A version's terms, dates or persons are not right."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a version says. Points and minutes whole, coefficients whole per cent."""

    quantum_minutes: int
    unit_points: int
    coefficients: Mapping[str, int] = field(default_factory=dict, hash=False)
    cap_activity: int | None = None
    cap_day: int | None = None
    cap_month: int | None = None


@dataclass(frozen=True, kw_only=True)
class Version:
    """Which version of a rule, and from which Shanghai day of service on."""

    id: int
    code: str
    version: int
    valid_from: date
    terms: Terms


@dataclass(frozen=True, kw_only=True)
class Earned:
    """What the person already has under the same rule: for this activity, this day, this month."""

    activity: int = 0
    day: int = 0
    month: int = 0


@dataclass(frozen=True, kw_only=True)
class Result:
    """Points, what trimmed them, and the steps for "why this number?"."""

    points: int
    trimmed_by: str | None
    steps: tuple[dict[str, Any], ...] = field(hash=False)


DEFAULT_TERMS = Terms(
    quantum_minutes=30,
    unit_points=5,
    coefficients={"patrol": 100, "service": 80, "training": 40},
    cap_activity=30,
    cap_day=40,
    cap_month=300,
)


def compute(*, terms: Terms, minutes: int, kind: str, earned: Earned) -> Result:
    """Return what a session earns. Rounded once, downward; caps trim and say which one did.

    Caps hang on person and activity, day, month, never on a session: cutting a session up never earns more.
    """
    units = max(minutes, 0) // terms.quantum_minutes
    percent = terms.coefficients.get(kind, 100)
    full = units * terms.unit_points
    points = full * percent // 100
    steps: list[dict[str, Any]] = [
        {"step": "quantum", "minutes": minutes, "quantum": terms.quantum_minutes, "units": units},
        {"step": "unit", "units": units, "each": terms.unit_points, "points": full},
    ]
    if percent != 100:
        steps.append({"step": "coefficient", "percent": percent, "before": full, "points": points})
    trimmed_by = None
    for cap, limit, had in (
        ("activity", terms.cap_activity, earned.activity),
        ("day", terms.cap_day, earned.day),
        ("month", terms.cap_month, earned.month),
    ):
        if limit is not None and points and had + points > limit:
            points, trimmed_by = max(limit - had, 0), cap
            steps.append({"step": "cap", "cap": cap, "limit": limit, "earned": had, "points": points})
    return Result(points=points, trimmed_by=trimmed_by, steps=tuple(steps))


def in_force(versions: Iterable[Version], *, on: date) -> Version:
    """Return the approved version for a day of service: the newest whose first day has come. Raises `NoRule`."""
    begun = [version for version in versions if version.valid_from <= on]
    if not begun:
        raise NoRule(N_("那天还没有积分规则。请书记起草一版，再请另一位批准。"))
    return max(begun, key=lambda version: (version.valid_from, version.version))


def ensure_terms(terms: Terms) -> None:
    """Check a draft. Raises `BadRule`."""
    if not 1 <= terms.quantum_minutes <= 480:
        raise BadRule(N_("每份几分钟，写1到480。"), field="quantum_minutes")
    if not 1 <= terms.unit_points <= 1000:
        raise BadRule(N_("每份几分，写1到1000。"), field="unit_points")
    if any(not 0 <= percent <= 1000 for percent in terms.coefficients.values()):
        raise BadRule(N_("系数写0到1000的整数，100就是原样。"), field="coefficients")
    caps = (terms.cap_activity, terms.cap_day, terms.cap_month)
    if any(cap is not None and cap < 1 for cap in caps):
        raise BadRule(N_("封顶要大于0；不封顶就空着。"), field="caps")


def ensure_approvable(*, drafted_by: int, approver_id: int, valid_from: date, today: date, is_first: bool) -> None:
    """Check that a draft may come into force: two persons, and nothing that was earned changes (never retroactive).

    The very first version of a community may begin on the day it is approved. Raises `BadRule`.
    """
    if drafted_by == approver_id:
        raise BadRule(N_("起草和批准要两个人。请另一位来批。"))
    if valid_from < today or (valid_from == today and not is_first):
        raise BadRule(N_("规则不能往回算。生效日最早是明天，请改日期重新起草。"), field="valid_from")
