"""Reading who stands for whom; and the questions other rooms ask before a minor does something."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, select

from engage import people
from engage.core import clock
from engage.core.ages import may_be_minor
from engage.core.database import db
from engage.core.errors import NotFound
from engage.core.fence import get_in_scope
from engage.guardians import rules
from engage.guardians.models import Guardianship

_AT_MOST = 50


@dataclass(frozen=True, kw_only=True)
class Bond:
    """One guardian and one minor as other rooms may know them. Times UTC."""

    id: int
    guardian_id: int
    minor_id: int
    kind: str
    recorded_at: datetime
    recorded_by: int
    confirmed_at: datetime | None
    confirmed_by: int | None
    evidence: str | None
    ended_at: datetime | None
    reason: str

    @property
    def open(self) -> bool:
        """Tell whether nobody has ended it. Coming of age is asked of the clock, see `children_of`."""
        return self.ended_at is None


def bond_of(row: Guardianship) -> Bond:
    """Return the card of a loaded row."""
    return Bond(
        id=row.id,
        guardian_id=row.guardian_id,
        minor_id=row.minor_id,
        kind=row.kind,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        confirmed_at=row.confirmed_at,
        confirmed_by=row.confirmed_by,
        evidence=row.evidence,
        ended_at=row.ended_at,
        reason=row.reason,
    )


def bonds_of(person_id: int) -> list[Bond]:
    """Return every tie somebody has or had, as guardian or as minor, open ones first, then the newest."""
    either = (Guardianship.guardian_id == person_id) | (Guardianship.minor_id == person_id)
    rows = db.session.scalars(select(Guardianship).where(either).order_by(Guardianship.id.desc()).limit(_AT_MOST))
    return sorted(map(bond_of, rows), key=lambda bond: not bond.open)


def find_bond(bond_id: int) -> Bond:
    """Return one tie. Raises `NotFound`."""
    return bond_of(get_in_scope(Guardianship, bond_id))


def children_of(guardian_id: int, *, on: date) -> list[Bond]:
    """Return the open ties of a guardian to those who may still be minors that Shanghai day, by name of nobody: by id."""
    minor = people.Person
    statement = (
        _open(Guardianship.guardian_id == guardian_id)
        .join(minor, (minor.id == Guardianship.minor_id) & (minor.community_id == Guardianship.community_id))
        .add_columns(minor.birth_year)
    )
    return [bond_of(row) for row, born in db.session.execute(statement.limit(_AT_MOST)) if may_be_minor(born, on=on)]


def is_guardian(*, guardian_id: int, minor_id: int, on: date) -> bool:
    """Tell whether somebody may act for a minor that day: confirmed, not ended, and the minor not of age by the clock."""
    statement = _open((Guardianship.guardian_id == guardian_id) & (Guardianship.minor_id == minor_id))
    row = db.session.scalar(statement.where(Guardianship.confirmed_at.is_not(None)).limit(1))
    return row is not None and may_be_minor(people.get_person(minor_id).birth_year, on=on)


def has_consent(minor_id: int) -> bool:
    """Tell whether some guardian's confirmation is in force for this minor."""
    confirmed = _open(Guardianship.minor_id == minor_id).where(Guardianship.confirmed_at.is_not(None))
    return db.session.scalar(confirmed.limit(1)) is not None


def ensure_consented(person_id: int, *, born: int | None, name: str, now: datetime) -> None:
    """Refuse what a minor does without a guardian's yes. Asks the database only about minors. Raises `NeedsGuardian`."""
    today = clock.local_date(now)
    if may_be_minor(born, on=today):
        rules.ensure_consented(name=name, born=born, confirmed=has_consent(person_id), on=today)


def ensure_no_hazard(person_id: int, *, now: datetime) -> None:
    """Refuse call-outs and hazard entry to whoever may be a minor. Raises `NeedsGuardian`, `NotFound`."""
    person = people.get_person(person_id)
    rules.ensure_no_hazard(name=person.name, born=person.birth_year, on=clock.local_date(now))


def without_guardian(person_ids: Collection[int], *, on: date) -> list[int]:
    """Return which of these people may be minors and have no guardian's yes on record: "needs a guardian". By id."""
    minors = {one.id for one in people.persons_of(person_ids).values() if may_be_minor(one.birth_year, on=on)}
    if not minors:
        return []
    statement = _open(Guardianship.minor_id.in_(minors)).where(Guardianship.confirmed_at.is_not(None))
    return sorted(minors - {row.minor_id for row in db.session.scalars(statement)})


def names_for_all(person_ids: Collection[int | None], *, on: date) -> dict[int, str]:
    """Return names as everybody may read them on a wall or a list: minors by surname and asterisks only."""
    persons = people.persons_of([person_id for person_id in person_ids if person_id])
    return {one.id: name_for_all(one, on=on) for one in persons.values()}


def name_for_all(person: people.Person, *, on: date) -> str:
    """Return one person's name as everybody may read it that Shanghai day: a minor's is the surname and asterisks."""
    return people.polite_name(person.name) if may_be_minor(person.birth_year, on=on) else person.name


def open_between(*, guardian_id: int, minor_id: int) -> Guardianship | None:
    """Return the open tie of two people, or None."""
    return db.session.scalar(_open((Guardianship.guardian_id == guardian_id) & (Guardianship.minor_id == minor_id)))


def get_row(bond_id: int, *, minor_id: int | None = None) -> Guardianship:
    """Return one row, locked. Raises `NotFound`, also when it is about another minor than the address says."""
    row = get_in_scope(Guardianship, bond_id, lock=True)
    if minor_id is not None and row.minor_id != minor_id:
        raise NotFound
    return row


def rows_of(person_id: int) -> Sequence[Guardianship]:
    """Return every row that names somebody."""
    either = (Guardianship.guardian_id == person_id) | (Guardianship.minor_id == person_id)
    return db.session.scalars(select(Guardianship).where(either).order_by(Guardianship.id)).all()


def _open(condition: ColumnElement[bool]) -> Select[Guardianship]:
    return select(Guardianship).where(condition, Guardianship.ended_at.is_(None)).order_by(Guardianship.id)
