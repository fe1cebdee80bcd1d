"""What the list of people is narrowed to, as its address says it. Pure: nonsense narrows nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Final

QUERY_AT_MOST: Final = 60
#: in an address: nobody's grid, no team at all; as an id of a filter it is 0
NONE: Final = "none"

#: the values each choice may have; the empty one narrows nothing
CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "volunteer": ("yes", "no"),
    "status": ("active", "paused", "applied", "declined", "closed"),
    "entry": ("never", "activated", "month", "quiet"),
    "phone": ("yes", "no"),
    "age": ("child", "youth", "adult", "senior", "elder", "unknown"),
    "consent": ("yes", "no"),
    "sort": ("number", "newest"),
}
_IDS: Final = ("grid", "building", "team")


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What the list is narrowed to and how it is ordered. Everything empty: everybody on the roll, by pinyin.

    `grid` and `team` are ids, 0 for those without one. `entry`: never activated, activated, seen within 30 days,
    activated but not seen for 90 days. `status` empty: who has not left.
    """

    q: str = ""
    grid: int | None = None
    building: int | None = None
    team: int | None = None
    volunteer: str = ""
    status: str = ""
    entry: str = ""
    phone: str = ""
    age: str = ""
    consent: str = ""
    sort: str = ""

    def without(self, name: str) -> Filters:
        """Return the same without one of them."""
        plain = Filters()
        return replace(self, **{name: getattr(plain, name)})

    @property
    def narrowing(self) -> list[str]:
        """Return the names of those that narrow the list, in order; the words and the sorting are not among them."""
        return [
            one.name
            for one in fields(self)
            if one.name not in {"q", "sort"} and getattr(self, one.name) not in {"", None}
        ]


def filters_in(values: Mapping[str, str]) -> Filters:
    """Return what an address narrows the list to."""
    chosen: dict[str, Any] = {name: values.get(name, "") for name in CHOICES}
    chosen = {name: value if value in CHOICES[name] else "" for name, value in chosen.items()}
    chosen |= {name: _id_in(values.get(name, "")) for name in _IDS}
    return Filters(q=" ".join(values.get("q", "").split())[:QUERY_AT_MOST], **chosen)


def _id_in(text: str) -> int | None:
    if text == NONE:
        return 0
    return int(text) if text.isascii() and text.isdecimal() and 0 < len(text) < 10 and int(text) else None


def address_of(filters: Filters) -> dict[str, str]:
    """Return what an address needs to say the same again; `filters_in` of it are the same filters."""
    said = {one.name: getattr(filters, one.name) for one in fields(filters)}
    return {name: NONE if value == 0 else str(value) for name, value in said.items() if value not in {"", None}}


#: the first year of age in each band and the first after it; the younger of the two possible ages counts
_BANDS: Final = {"child": (0, 14), "youth": (14, 18), "adult": (18, 60), "senior": (60, 70), "elder": (70, 200)}


def birth_years(band: str, *, this_year: int) -> tuple[int, int]:
    """Return the first and last birth year of an age band in a year of the Shanghai calendar.

    Only the year of birth is known, so a band is entered on 1 January and with the younger of the two possible ages:
    who may still be 13 is a child (service-points §5.7).
    """
    first, beyond = _BANDS[band]
    return this_year - beyond, this_year - first - 1 if first else this_year
