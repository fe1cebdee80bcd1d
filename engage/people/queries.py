"""Reading persons; batch doors, so that a list of names is one query."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Table, bindparam, func, or_, select

from engage.core.database import db, dialect, in_turn
from engage.core.errors import NotFound
from engage.core.fence import get_in_scope
from engage.core.tenancy import current_community_id, everywhere
from engage.people.grants import in_force
from engage.people.models import Person, RoleGrant, RollMark, Tenancy
from engage.people.models_offices import Delegation
from engage.people.reach import within

_persons: Table = Person.__table__  # type: ignore[assignment]
_tenancies: Table = Tenancy.__table__  # type: ignore[assignment]


def get_person(person_id: int) -> Person:
    """Return the person with this id. Raises `NotFound`."""
    return get_in_scope(Person, person_id)


def find_by_member_no(member_no: int) -> Person | None:
    """Return the person with this member number, paused and closed entries too, or None."""
    if member_no >= 2**31:  # more than the column holds: nobody's
        return None
    return db.session.scalar(select(Person).where(Person.member_no == member_no))


def names_of(person_ids: Collection[int | None]) -> dict[int, str]:
    """Return full names by id."""
    wanted = {person_id for person_id in person_ids if person_id}
    if not wanted:
        return {}
    return {row.id: row.name for row in db.session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))}


def is_active(person_id: int) -> bool:
    """Tell whether somebody's entry is in force: neither paused nor closed."""
    return db.session.scalar(select(Person.status).where(Person.id == person_id)) == "active"


def persons_of(person_ids: Collection[int], *, reach: frozenset[int] | None = None) -> dict[int, Person]:
    """Return persons by id; with a reach, those of them who live within the places."""
    if not person_ids:
        return {}
    statement = select(Person).where(Person.id.in_(set(person_ids)), within(reach))
    return {row.id: row for row in db.session.scalars(statement)}


def polite_name(name: str) -> str:
    """Return how a public page names somebody: the surname and asterisks (service-points §5.8)."""
    return name[:1] + "*" * max(len(name) - 1, 1)


#: Made once and not confined by the fence, so it names the community: every ballot asks.
_HOUSEHOLD = (
    select(_tenancies.c.unit_id)
    .where(
        _tenancies.c.community_id == bindparam("here"),
        _tenancies.c.person_id == bindparam("person"),
        _tenancies.c.verified_at.is_not(None),
    )
    .order_by(_tenancies.c.unit_id)
    .limit(1)
)
_STATUS = select(_persons.c.status).where(
    _persons.c.community_id == bindparam("here"), _persons.c.id == bindparam("person")
)
#: What a ballot asks about who casts it, as columns of a statement run with `here` and `person` (a round trip saved when
#: everybody votes): the unit this person may vote for (a verified tenancy, or nothing), and the state of their entry.
VOTER_UNIT = _HOUSEHOLD.scalar_subquery().label("voter_unit_id")
VOTER_STATUS = _STATUS.scalar_subquery().label("voter_status")


def household_of(person_id: int) -> int | None:
    """Return the unit this person may vote for: a verified tenancy, or None."""
    db.session.flush()  # a plain Core statement does not see to that itself
    values = {"here": current_community_id(), "person": person_id}
    return db.session.connection().execute(_HOUSEHOLD, values).scalar()


def units_with_voters() -> Sequence[int]:
    """Return every unit with at least one verified tenancy of somebody on the roll, in order: the electoral roll's base."""
    statement = (
        select(Tenancy.unit_id)
        .join(Person, (Person.id == Tenancy.person_id) & (Person.community_id == Tenancy.community_id))
        .where(Tenancy.verified_at.is_not(None), Person.status != "closed")
    )
    return db.session.scalars(statement.distinct().order_by(Tenancy.unit_id)).all()


def holders_of(*roles: str) -> list[int]:
    """Return the persons who hold one of these roles now, by id."""
    statement = select(RoleGrant.person_id).where(RoleGrant.role.in_(roles), in_force()).distinct()
    return list(db.session.scalars(statement.order_by(RoleGrant.person_id)))


def count_persons(*, reach: frozenset[int] | None = None) -> int:
    """Return how many active persons are on the roll, or within some of its grids and buildings."""
    active = select(func.count(Person.id)).where(Person.status == "active", within(reach))
    return int(db.session.scalar(active) or 0)


def ever_in_office(roles: Collection[str]) -> dict[int, str]:
    """Return the names, by id, of everybody who holds or held one of these roles here, or stood in for one who did."""
    held = select(RoleGrant.person_id).where(RoleGrant.role.in_(roles))
    stood_in = (
        select(Delegation.person_id)
        .join(RoleGrant, (RoleGrant.id == Delegation.grant_id) & (RoleGrant.community_id == Delegation.community_id))
        .where(RoleGrant.role.in_(roles))
    )
    found = select(Person.id, Person.name).where(or_(Person.id.in_(held), Person.id.in_(stood_in)))
    return {row.id: row.name for row in db.session.execute(found.order_by(Person.name, Person.id))}


def next_member_no() -> int:
    """Return the next free member number; called inside the command that uses it.

    Two desks adding people at once wait for each other.
    """
    roll_in_turn()
    highest = db.session.scalar(select(func.max(Person.member_no))) or 0
    return int(max(highest, db.session.scalar(select(func.max(RollMark.highest_member_no))) or 0)) + 1


def next_person_id() -> int | None:
    """Return the id the next person must take, or None where the database never gives one out twice.

    SQLite would hand a deleted person's id to the next one, and a card is derived from it (people.cards).
    """
    if dialect() == "postgresql":
        return None
    db.session.flush()  # what waits to be written belongs to this community: not while looking across all of them
    with everywhere(reason="person ids are numbered across all communities"):
        mark = db.session.scalar(select(func.max(RollMark.highest_person_id)))
        return None if mark is None else int(max(mark, db.session.scalar(select(func.max(Person.id))) or 0)) + 1


def find_ids(q: str, *, at_most: int = 100) -> list[int]:
    """Return the persons, also those who left, whose member number this is or whose name holds it; by id."""
    number = int(q) if q.isascii() and q.isdigit() and len(q) < 10 else None
    found = Person.member_no == number if number is not None else Person.name.contains(q, autoescape=True)
    return list(db.session.scalars(select(Person.id).where(found).order_by(Person.id).limit(at_most)))


def roll_in_turn() -> None:
    """Let only one command at a time change who is on the roll, in which team, office or household, until it ends."""
    in_turn("roll", community_id=current_community_id())


def tie_of(person_id: int, unit_id: int | None) -> Tenancy | None:
    """Return a person's tie to one unit, or None."""
    if unit_id is None:
        return None
    return db.session.scalar(select(Tenancy).where(Tenancy.person_id == person_id, Tenancy.unit_id == unit_id))


def units_of(person_id: int) -> Sequence[Tenancy]:
    """Return a person's ties to household units, in order of units."""
    return db.session.scalars(select(Tenancy).where(Tenancy.person_id == person_id).order_by(Tenancy.unit_id)).all()


def ids_in_scope(person_ids: Collection[int]) -> list[int]:
    """Return the same ids in order. Raises `NotFound` when one of them is not on this community's roll."""
    wanted = set(person_ids)
    found = set(db.session.scalars(select(Person.id).where(Person.id.in_(wanted))))
    if found != wanted:
        raise NotFound
    return sorted(found)
