"""What the street may be told. Pure. Source: trust §2 row 40, "aggregates with k >= 5"."""

from __future__ import annotations

from datetime import date

#: a figure about fewer persons than this is somebody's own figure
FEWEST_PERSONS = 5


def publishable(figure: int, *, persons: int) -> int | None:
    """Return a group's figure, or None when one to four persons stand behind it; nobody at all is told as nought."""
    return figure if persons == 0 or persons >= FEWEST_PERSONS else None


def month_of(today: date) -> tuple[date, date]:
    """Return the first day of the month of `today` and the first of the next one."""
    first = today.replace(day=1)
    return first, (
        first.replace(year=first.year + 1, month=1) if first.month == 12 else first.replace(month=first.month + 1)
    )


def total(figures: list[int | None]) -> int | None:
    """Return the sum, or None when exactly one figure is withheld: the sum would give it away."""
    if sum(figure is None for figure in figures) == 1:
        return None
    return sum(figure or 0 for figure in figures)
