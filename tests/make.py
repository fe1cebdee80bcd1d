"""Makers of valid things with honest defaults: name in the call only the fact under test."""

from __future__ import annotations

from datetime import UTC, datetime

from engage import people, places
from engage.core import tenancy
from engage.core.access import Actor, Role
from engage.core.database import transaction
from engage.core.tenancy import CommunityCard

#: a Friday evening, 19:00 in Shanghai
NOW = datetime(2026, 6, 12, 11, 0, tzinfo=UTC)


def make_community(*, name: str = "东湖社区", slug: str = "donghu") -> CommunityCard:
    """Found a community."""
    return places.found_community(name=name, slug=slug, now=NOW, desk_address="文昌巷8号", desk_phone="027-8888")


def make_person(
    *,
    community: CommunityCard,
    name: str = "周桂芳",
    phone: str | None = None,
    roles: tuple[Role, ...] = (),
    is_volunteer: bool = True,
    unit: str | None = None,
    birth_year: int | None = 1955,
) -> Actor:
    """Put a person on the roll; `unit` is the label of a household they may vote for (made when missing)."""
    with tenancy.scoped(community.id), transaction():
        person = people.enrol(name=name, phone=phone, is_volunteer=is_volunteer, birth_year=birth_year, now=NOW)
        if unit is not None:
            home = places.find_unit_by_label(unit) or places.add_unit(
                label=unit, building_id=None, grid_id=None, area_centi=8950
            )
            people.settle(person=person, unit_id=home.id, verified_at=NOW)
        for role in roles:
            people.grant_role(person=person, role=role, now=NOW)
    with tenancy.scoped(community.id):
        return people.actor_of(person)


def open_device(actor: Actor, *, now: datetime = NOW) -> str:
    """Sign a person in without a password; returns the cookie's value."""
    with tenancy.scoped(actor.community_id), transaction():
        return people.remember_device(person=people.get_person(actor.person_id), label="test", now=now)
