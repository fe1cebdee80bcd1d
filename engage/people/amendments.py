"""Facts a list knows about people who are on the roll: written many at a time, and taken back exactly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, insert, select

from engage.core.database import require_transaction
from engage.core.tenancy import current_community_id
from engage.people.models import Membership, Person, Team, Tenancy
from engage.people.phones import phone_columns

_AT_ONCE: Final = 500  # ids in one statement
_PLAIN: Final = ("birth_year", "grid_id", "unit_id", "is_volunteer")


@dataclass(frozen=True, kw_only=True)
class Amendment:
    """What is to be written about one person. None and empty leave the roll as it is.

    `phone` is normalised, `unit_id` the home, `ties` are (unit id, owner | member | tenant) to be added.
    """

    person_id: int
    phone: str | None = None
    birth_year: int | None = None
    grid_id: int | None = None
    unit_id: int | None = None
    is_volunteer: bool | None = None
    ties: tuple[tuple[int, str], ...] = ()
    teams: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Amended:
    """What an amendment did: plain values by fact, fit for JSON. A phone stays sealed; `ties` and `teams` are row ids."""

    person_id: int
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


def amend_many(amendments: Sequence[Amendment], *, now: datetime) -> list[Amended]:
    """Write the facts inside the caller's transaction; people who left meanwhile and facts already so are passed over."""
    wanted = {one.person_id: one for one in amendments}
    persons = _locked(wanted)
    ties = _add_ties(wanted, persons, now=now)
    teams = _add_teams(wanted, persons)
    done = [
        _amended(person, wanted[person_id], ties[person_id], teams[person_id]) for person_id, person in persons.items()
    ]
    require_transaction().flush()
    return [one for one in done if one.after]


def revert_many(amended: Sequence[Amended]) -> tuple[int, int]:
    """Put back what `amend_many` changed, inside the caller's transaction; returns (put back, left alone) in people.

    A fact somebody changed again since then stays as it is now.
    """
    session = require_transaction()
    persons = _locked({one.person_id: one for one in amended})
    left_alone = 0
    for one in amended:
        person = persons.get(one.person_id)
        if person is None or not _put_back(person, one):
            left_alone += 1
    session.flush()
    present = [one for one in amended if one.person_id in persons]
    for model, name in ((Tenancy, "ties"), (Membership, "teams")):
        ids = [row_id for one in present for row_id in one.after.get(name, ())]
        for part in _parts(ids):
            session.execute(delete(model).where(model.id.in_(part)), execution_options={"synchronize_session": False})
    session.expire_all()
    return len(amended) - left_alone, left_alone


def _locked(wanted: Mapping[int, object]) -> dict[int, Person]:
    """Return those still on the roll, locked in order of ids: two lists at once take turns."""
    session = require_transaction()
    found: dict[int, Person] = {}
    for part in _parts(sorted(wanted)):
        statement = select(Person).where(Person.id.in_(part), Person.status != "closed").order_by(Person.id)
        found |= {person.id: person for person in session.scalars(statement.with_for_update())}
    return found


def _amended(person: Person, wish: Amendment, ties: list[int], teams: list[int]) -> Amended:
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for name in _PLAIN:
        value = getattr(wish, name)
        if value is not None and value != getattr(person, name):
            before[name], after[name] = getattr(person, name), value
            setattr(person, name, value)
    columns = phone_columns(wish.phone, community_id=current_community_id())
    if wish.phone and columns["phone_index"] != person.phone_index:
        before["phone"] = {
            "sealed": person.phone_sealed.hex() if person.phone_sealed else None,
            "index": person.phone_index,
            "last4": person.phone_last4,
        }
        after["phone"] = {"index": columns["phone_index"]}
        for column, kept in columns.items():
            setattr(person, column, kept)
    after |= {name: ids for name, ids in (("ties", ties), ("teams", teams)) if ids}
    return Amended(person_id=person.id, before=before, after=after)


def _put_back(person: Person, done: Amended) -> bool:
    """Restore every fact that is still as it was written; tell whether all were."""
    whole = True
    for name in _PLAIN:
        if name in done.before:
            if getattr(person, name) == done.after[name]:
                setattr(person, name, done.before[name])
            else:
                whole = False
    if old := done.before.get("phone"):
        if person.phone_index == done.after["phone"]["index"]:
            person.phone_sealed = bytes.fromhex(old["sealed"]) if old["sealed"] else None
            person.phone_index, person.phone_last4 = old["index"], old["last4"]
        else:
            whole = False
    return whole


def _add_ties(
    wanted: Mapping[int, Amendment], persons: Mapping[int, Person], *, now: datetime
) -> defaultdict[int, list[int]]:
    session = require_transaction()
    rows: dict[tuple[int, int], dict[str, object]] = {
        (person_id, unit_id): {
            "community_id": current_community_id(),
            "person_id": person_id,
            "unit_id": unit_id,
            "role": role,
            "verified_at": now,
        }
        for person_id in persons
        for unit_id, role in wanted[person_id].ties
    }
    for part in _parts(sorted({person_id for person_id, _ in rows})):
        held = session.execute(select(Tenancy.person_id, Tenancy.unit_id).where(Tenancy.person_id.in_(part)))
        for person_id, unit_id in held:
            rows.pop((person_id, unit_id), None)
    made: defaultdict[int, list[int]] = defaultdict(list)
    if rows:
        statement = insert(Tenancy).returning(Tenancy.person_id, Tenancy.id)
        for person_id, row_id in session.execute(statement, list(rows.values())):
            made[person_id].append(row_id)
    return made


def _add_teams(wanted: Mapping[int, Amendment], persons: Mapping[int, Person]) -> defaultdict[int, list[int]]:
    session, here = require_transaction(), current_community_id()
    names = {name for person_id in persons for name in wanted[person_id].teams}
    made: defaultdict[int, list[int]] = defaultdict(list)
    if not names:
        return made
    known = {name: team_id for name, team_id in session.execute(select(Team.name, Team.id))}  # noqa: C416 - rows are no pairs to mypy
    if missing := sorted(names - known.keys()):
        rows = [{"community_id": here, "name": name, "kind": "general"} for name in missing]
        known |= {row.name: row.id for row in session.execute(insert(Team).returning(Team.name, Team.id), rows)}
    joining = {(person_id, known[name]) for person_id in persons for name in wanted[person_id].teams}
    for part in _parts(sorted({person_id for person_id, _ in joining})):
        held = session.execute(select(Membership.person_id, Membership.team_id).where(Membership.person_id.in_(part)))
        joining -= {(person_id, team_id) for person_id, team_id in held}
    if joining:
        statement = insert(Membership).returning(Membership.person_id, Membership.id)
        new = [
            {"community_id": here, "person_id": person_id, "team_id": team_id, "joined_on": None}
            for person_id, team_id in sorted(joining)
        ]
        for person_id, row_id in session.execute(statement, new):
            made[person_id].append(row_id)
    return made


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _AT_ONCE):
        yield ids[start : start + _AT_ONCE]
