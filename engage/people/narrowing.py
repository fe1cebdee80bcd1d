"""Whom filters and words mean, as conditions on `Person`: each part of a statement names the community itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Table,
    and_,
    exists,
    intersect,
    select,
    true,
    union_all,
)

from engage import places
from engage.core.clock import local_date
from engage.core.database import dialect
from engage.core.tenancy import current_community_id
from engage.people import finding
from engage.people.consent_texts import PERSONAL_DATA, text_in_force
from engage.people.filters import Filters, birth_years
from engage.people.models import Consent, Credential, Device, Membership, Person
from engage.people.models_search import PersonTerm
from engage.people.reach import within

#: whose grids and buildings the asker may see; None: the whole community
Reach = frozenset[int] | None

_MONTH = timedelta(days=30)
_QUARTER = timedelta(days=90)
_persons: Table = Person.__table__  # type: ignore[assignment]


def narrowed(statement: Select[Any], filters: Filters, *, now: datetime, reach: Reach = None) -> Select[Any]:
    """Return the statement on `Person` narrowed to who matches; those who left only when they are asked for."""
    here = Person.community_id == current_community_id()
    status = Person.status == filters.status if filters.status else Person.status.not_in(("closed", "declined"))
    words = finding.words_of(filters.q)
    tests = [here, status, within(reach), *_found_by(words)]
    if filters.q and not words:
        tests.append(~true())  # something was typed and nothing can begin with it
    return statement.where(
        *tests, *_places_tests(filters), *_facts_tests(filters, now=now), *_entry_tests(filters, now)
    )


def _found_by(words: Sequence[str]) -> list[ColumnElement[bool]]:
    """Whom every one of the words finds.

    PostgreSQL may not use its statistics behind row-level security, and compared everybody found by one word with
    everybody found by the next (a minute at 50,000): it is given sets to intersect. SQLite looks each row up, which
    costs a quarter of what its sets cost.
    """
    found = [_found_by_word(word) for word in words]
    if len(found) > 1 and dialect() == "postgresql":
        return [Person.id.in_(intersect(*(select(one.subquery()) for one in found)))]
    return [Person.id.in_(one) for one in found]


def _found_by_word(word: str) -> CompoundSelect[int]:
    """Whom one word finds. Parts of a statement are not confined by the session: each names the community."""
    here = current_community_id()
    own = _persons.c.community_id == here
    found: list[Select[Any]] = [
        select(PersonTerm.person_id).where(
            PersonTerm.community_id == here, PersonTerm.term >= word, PersonTerm.term < word + finding.LAST
        ),
        select(_persons.c.id).where(own, _persons.c.unit_id.in_(places.units_labelled(word))),
    ]
    number = finding.number_in(word)
    if number is not None:
        found.append(select(_persons.c.id).where(own, _persons.c.member_no == number))
    if finding.last4_in(word):
        found.append(select(_persons.c.id).where(own, _persons.c.phone_last4 == word))
    return union_all(*found)


def _places_tests(filters: Filters) -> list[ColumnElement[bool]]:
    tests: list[ColumnElement[bool]] = []
    if filters.grid is not None:
        tests.append(Person.grid_id == filters.grid if filters.grid else Person.grid_id.is_(None))
    if filters.building:
        tests.append(Person.unit_id.in_(places.units_in_building(filters.building)))
    if filters.team is not None:
        member = _has(Membership, *([Membership.team_id == filters.team] if filters.team else []))
        tests.append(member if filters.team else ~member)
    return tests


def _facts_tests(filters: Filters, *, now: datetime) -> list[ColumnElement[bool]]:
    tests: list[ColumnElement[bool]] = []
    if filters.volunteer:
        tests.append(Person.is_volunteer.is_(filters.volunteer == "yes"))
    if filters.phone:
        tests.append(Person.phone_last4.is_not(None) if filters.phone == "yes" else Person.phone_last4.is_(None))
    if filters.age == "unknown":
        tests.append(Person.birth_year.is_(None))
    elif filters.age:
        tests.append(Person.birth_year.between(*birth_years(filters.age, this_year=local_date(now).year)))
    return tests


def _entry_tests(filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    tests: list[ColumnElement[bool]] = []
    if filters.entry:
        activated = _has(Credential)
        answers = {
            "never": ~activated,
            "activated": activated,
            "month": _has(Device, Device.seen_at >= now - _MONTH),
            "quiet": and_(activated, ~_has(Device, Device.seen_at >= now - _QUARTER)),
        }
        tests.append(answers[filters.entry])
    if filters.consent:
        text = text_in_force(PERSONAL_DATA, on=local_date(now))
        agreed = _has(Consent, Consent.subject == text.subject, Consent.version == text.version)
        tests.append(agreed if filters.consent == "yes" else ~agreed)
    return tests


def _has(table: Any, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    # Correlated on both columns: an exists() of its own is not confined to the community by the session (trust §0.9).
    return exists().where(table.person_id == Person.id, table.community_id == Person.community_id, *conditions)
