"""The whole roll as a list that leaves the house: everybody who has not left, with phones masked or whole."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import select

from engage.core import sealed
from engage.core.database import db
from engage.core.tenancy import current_community_id
from engage.people.intake import roll_teams
from engage.people.models import Person, Tenancy


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One person. `ties` are (unit id, owner | member | tenant), the home first; `phone` is masked unless asked whole."""

    id: int
    member_no: int
    name: str
    phone: str
    birth_year: int | None
    grid_id: int | None
    unit_id: int | None
    is_volunteer: bool
    ties: tuple[tuple[int, str], ...]
    teams: tuple[str, ...]


def list_roll(*, whole_phones: bool) -> list[Listed]:
    """Return everybody by member number: three statements. Whoever asks for whole phones writes it down."""
    ties: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    for person_id, unit_id, role in db.session.execute(
        select(Tenancy.person_id, Tenancy.unit_id, Tenancy.role).order_by(Tenancy.id)
    ):
        ties[person_id].append((unit_id, role))
    teams = roll_teams()
    columns = (
        Person.id, Person.member_no, Person.name, Person.birth_year, Person.grid_id, Person.unit_id,
        Person.is_volunteer, Person.phone_sealed, Person.phone_index,
    )  # fmt: skip
    statement = select(*columns).where(Person.status != "closed").order_by(Person.member_no)
    return [
        Listed(
            id=row.id,
            member_no=row.member_no,
            name=row.name,
            phone=_phone(row.phone_sealed, row.phone_index, whole=whole_phones),
            birth_year=row.birth_year,
            grid_id=row.grid_id,
            unit_id=row.unit_id,
            is_volunteer=row.is_volunteer,
            ties=tuple(sorted(ties[row.id], key=lambda tie: tie[0] != row.unit_id)),
            teams=tuple(sorted(teams.get(row.id, ()))),
        )
        for row in db.session.execute(statement)
    ]


def _phone(kept: bytes | None, index: str | None, *, whole: bool) -> str:
    if kept is None:
        return ""
    phone = sealed.unseal(kept, place=f"person.phone|{current_community_id()}|{index}")
    return phone if whole else f"{phone[:3]}****{phone[-4:]}"
