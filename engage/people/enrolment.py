"""Putting persons on the roll, inside somebody's transaction."""

from __future__ import annotations

from datetime import datetime

from engage.core.access import Role
from engage.core.database import require_transaction
from engage.core.tenancy import current_community_id
from engage.people.cards import issue_cards
from engage.people.models import Person, RoleGrant, Tenancy
from engage.people.phones import phone_columns
from engage.people.queries import next_member_no, next_person_id


def pinyin_of(name: str) -> str:
    """Return the sort and search key of a name."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - its tables are a sixth of the start-up time, for enrolling only

    return " ".join(lazy_pinyin(name))[:120]


def enrol(
    *,
    name: str,
    now: datetime,
    phone: str | None = None,
    unit_id: int | None = None,
    grid_id: int | None = None,
    birth_year: int | None = None,
    is_volunteer: bool = False,
    languages: str = "",
    status: str = "active",
) -> Person:
    """Put one person on the roll (phone normalised already) with a card of their own, and return the row.

    Somebody who only applied gets a card that opens nothing before the office says yes.
    """
    session = require_transaction()
    person = Person(
        id=next_person_id(),
        member_no=next_member_no(),
        name=name,
        pinyin=pinyin_of(name),
        grid_id=grid_id,
        unit_id=unit_id,
        birth_year=birth_year,
        is_volunteer=is_volunteer,
        languages=languages,
        status=status,
        created_at=now,
        **phone_columns(phone, community_id=current_community_id()),
    )
    session.add(person)
    session.flush()
    issue_cards(person_ids=[person.id], now=now)
    return person


def settle(*, person: Person, unit_id: int, role: str = "member", verified_at: datetime | None = None) -> None:
    """Tie a person to a household unit."""
    require_transaction().add(Tenancy(unit_id=unit_id, person_id=person.id, role=role, verified_at=verified_at))
    person.unit_id = unit_id


def grant_role(*, person: Person, role: Role, now: datetime, place_id: int | None = None) -> None:
    """Give a person a role at the community or at one of its places."""
    require_transaction().add(RoleGrant(person_id=person.id, role=role.value, place_id=place_id, granted_at=now))
