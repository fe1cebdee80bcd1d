"""Finding people: one search box for name, sound, number, last four digits and doorplate; filters; pages by key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, literal, select, tuple_

from engage import places
from engage.core.database import db
from engage.people import finding
from engage.people.filters import Filters
from engage.people.models import Person
from engage.people.narrowing import Reach, narrowed
from engage.people.reach import within

PAGE = 50
#: how far a list is counted; beyond it the page says "more than"
COUNTED = 1000


@dataclass(frozen=True, kw_only=True)
class Found:
    """One page of people. `total` is counted up to `COUNTED`, beyond it only `many` is known.

    `first` is the place of the first one in the list as the address tells it; `more` says that others follow.
    """

    persons: Sequence[Person]
    total: int
    many: bool = False
    first: int = 1
    more: bool = False
    reasons: Mapping[int, finding.Reason] = field(default_factory=dict)
    homes: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Spot:
    """Where a page begins: behind the person `after`, or before the person `before`; `first` counts from 1."""

    after: int = 0
    before: int = 0
    first: int = 1


def search(
    *, filters: Filters, now: datetime, spot: Spot = Spot(), size: int = PAGE, reach: Reach = None
) -> Found:  # fmt: skip
    """Return one page of the people who match, in the order of the filters, and why each of them does."""
    chosen = narrowed(select(Person.id), filters, now=now, reach=reach)
    order, backwards = _order(filters.sort), bool(spot.before)
    anchor = _key_of(spot.before or spot.after, order, reach, _counted(chosen))
    by = [column.desc() if way != backwards else column.asc() for column, way in order]
    ordered = chosen.order_by(*by)
    if anchor is not None:  # narrow rows are sorted, whole ones read for the page only: one look
        beside = _beyond(ordered, order, anchor.key, backwards=backwards).limit(size + 1)
        found = list(db.session.scalars(select(Person).where(Person.id.in_(beside)).order_by(*by)))
        total, many = anchor.total, len(found)
        persons = found[:size][::-1] if backwards else found[:size]
    else:  # the first page and the count are one look
        ids = list(db.session.scalars(ordered.limit(max(COUNTED, size) + 1)))
        total, many, backwards = len(ids), len(ids), False
        persons = _rows(ids[:size])
    homes = places.unit_labels([person.unit_id for person in persons])
    return Found(
        persons=persons,
        total=min(total, COUNTED),
        many=total > COUNTED,
        first=1 if anchor is None or (backwards and many <= size) else max(spot.first, 2),
        more=backwards or many > size,
        reasons=_reasons(persons, homes, filters.q),
        homes=homes,
    )


def ids_matching(
    *, filters: Filters, now: datetime, at_most: int, after: int = 0, active: bool = True, reach: Reach = None
) -> list[int]:
    """Return the ids of people who match by pinyin, from behind a person on; only active ones unless told otherwise."""
    order = _order("")
    statement = narrowed(select(Person.id), filters, now=now, reach=reach)
    if active:
        statement = statement.where(Person.status == "active")
    anchor = _key_of(after, order, reach, literal(0))
    if anchor is not None:
        statement = _beyond(statement, order, anchor.key, backwards=False)
    return list(db.session.scalars(statement.order_by(*(column for column, _ in order)).limit(at_most)))


def _order(sort: str) -> list[tuple[Any, bool]]:
    """Return the columns of an order, each with whether it falls. The key is unique, so pages never overlap."""
    orders = {"number": [(Person.member_no, False)], "newest": [(Person.member_no, True)]}
    return orders.get(sort, [(Person.pinyin, False), (Person.id, False)])


@dataclass(frozen=True, kw_only=True)
class _Anchor:
    """The key of the person a page lies beside, and how many match in all."""

    key: tuple[Any, ...]
    total: int


def _key_of(
    person_id: int, order: Sequence[tuple[Any, bool]], reach: Reach, total: ColumnElement[int]
) -> _Anchor | None:
    if not person_id:
        return None
    # Within the reach: where somebody stands in the alphabet says something about their name.
    found = select(total, *(column for column, _ in order)).where(Person.id == person_id, within(reach))
    row = db.session.execute(found).first()
    return None if row is None else _Anchor(key=tuple(row)[1:], total=row[0])


def _beyond(
    statement: Select[Any], order: Sequence[tuple[Any, bool]], key: tuple[Any, ...], *, backwards: bool
) -> Select[Any]:
    columns = tuple_(*(column for column, _ in order))
    falls = order[0][1] != backwards
    return statement.where(columns < key if falls else columns > key)


def _counted(chosen: Select[Any]) -> ScalarSelect[int]:
    return select(func.count()).select_from(chosen.limit(COUNTED + 1).subquery()).scalar_subquery()


def _rows(ids: Sequence[int]) -> list[Person]:
    rows = {row.id: row for row in db.session.scalars(select(Person).where(Person.id.in_(ids)))} if ids else {}
    return [rows[one] for one in ids if one in rows]


def _reasons(persons: Sequence[Person], homes: Mapping[int, str], q: str) -> dict[int, finding.Reason]:
    words = finding.words_of(q)
    if not words:
        return {}
    return {
        person.id: finding.reason_of(
            finding.Entry(
                name=person.name,
                pinyin=person.pinyin,
                member_no=person.member_no,
                last4=person.phone_last4,
                home=homes.get(person.unit_id or 0, ""),
            ),
            words,
        )
        for person in persons
    }
