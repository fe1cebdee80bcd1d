"""What the pages of the place tree are sent: a page number, days, a new cut of the grids."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from werkzeug.datastructures import MultiDict

from engage import people
from engage.core import clock, web
from engage.core.access import Role
from engage.core.errors import N_, DomainError, NotFound
from engage.territory.rules import Redraw

Values = MultiDict[str, str]


def page_number(values: Values) -> int:
    """Return the page asked for, at least 1; nonsense is page 1."""
    text = values.get("page", "1")
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def day_of(text: str, *, field: str) -> date:
    """Return a day as a date field sends it. Raises `DomainError` for the field."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not 1900 <= day.year <= 2199:
        raise DomainError(N_("选一个日子"), field=field)
    return day


def member_no_of(text: str) -> int:
    """Return a member number as typed. Raises `DomainError` for the field "member_no"."""
    number = web.small_number(text)
    if number is None:
        raise DomainError(N_("写证件上的编号，比如0012"), field="member_no")
    return number


def term_of(form: Values) -> people.Term:
    """Return where and when a role is to be held. Raises `DomainError`, `NotFound`."""
    starts, ends = form.get("starts", ""), form.get("ends", "")
    return people.Term(
        place_id=web.whole_number(form["place"]) if form.get("place") else None,
        starts_at=_first_moment(day_of(starts, field="starts")) if starts else None,
        ends_at=_first_moment(day_of(ends, field="ends")) if ends else None,
    )


def _first_moment(day: date) -> datetime:
    return clock.day_bounds(day)[0]


def office_of(text: str) -> Role:
    """Return one of the offices. Raises `DomainError` for the field "role"."""
    if text not in {office.value for office in people.OFFICES}:
        raise DomainError(N_("选一个职务"), field="role")
    return Role(text)


def redraw_of(values: Values, *, kind: str, grid_id: int, roles: Sequence[int]) -> Redraw:
    """Return the cut a page asks for; ticked buildings go to the second new grid. A role not asked about stays out."""
    others = [web.whole_number(text) for text in values.getlist("other")[:10]]
    ticked = [web.whole_number(text) for text in values.getlist("building")[:500]]
    names = [values.get(field, "").strip() for field in (("first", "second") if kind == "split" else ("name",))]
    return Redraw(
        kind=kind,
        sources=tuple(dict.fromkeys((grid_id, *others))) if kind == "merger" else (grid_id,),
        targets=tuple(names),
        buildings=dict.fromkeys(ticked, 1) if kind == "split" else {},
        rest=1 if kind == "split" and values.get("rest") == "1" else 0,
        roles={grant: _target(values.get(f"role-{grant}", "0"), most=len(names)) for grant in roles},
    )


def _target(text: str, *, most: int) -> int | None:
    if text == "end":
        return None
    if text not in {str(number) for number in range(most)}:
        raise NotFound
    return int(text)
