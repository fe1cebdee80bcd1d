"""The one place that asks what time it is. Views ask; everything below is told."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """Return the server's time, aware, in UTC."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """Return the moment as Asia/Shanghai wall time."""
    return moment.astimezone(SHANGHAI)


def local_date(moment: datetime) -> date:
    """Return the Asia/Shanghai calendar day a moment falls on."""
    return local(moment).date()


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return the half-open UTC interval of one Asia/Shanghai day."""
    start = datetime.combine(day, time.min, tzinfo=SHANGHAI)
    return start.astimezone(UTC), (start + timedelta(days=1)).astimezone(UTC)


def from_local(day: date, at: time) -> datetime:
    """Return the UTC moment of a Shanghai wall time. Raises `ValueError` for a year no calendar of ours reaches."""
    if not 1900 <= day.year <= 2199:
        raise ValueError(f"the year {day.year} is a slip of the finger")
    return datetime.combine(day, at, tzinfo=SHANGHAI).astimezone(UTC)
