"""A guardian's children: their hours and points, what they are down for, and acting for them (service-points §5.7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from engage import activities, attendance, guardians, ledger, people
from engage.core import audit, clock
from engage.core.access import Actor
from engage.core.ages import may_be_child
from engage.core.database import transaction
from engage.core.errors import NotFound

_AHEAD = timedelta(days=30)
_SHIFTS_AT_MOST = 20
_SESSIONS_AT_MOST = 10


@dataclass(frozen=True, kw_only=True)
class ChildRow:
    """One child in the list."""

    bond: guardians.Bond
    name: str
    member_no: int
    under_14: bool


@dataclass(frozen=True, kw_only=True)
class ChildPage:
    """Everything a guardian sees of one child. `minutes` are approved ones of all kinds."""

    bond: guardians.Bond
    person: people.Person
    under_14: bool
    balance: ledger.Balance
    minutes: int
    sessions: list[attendance.SessionCard]
    coming: list[activities.ShiftCard]
    #: what the child could join, and what was said about it
    open_shifts: list[activities.ShiftCard]


def children_of(actor: Actor, *, now: datetime) -> list[ChildRow]:
    """Return a guardian's children who may still be minors, by name."""
    today = clock.local_date(now)
    bonds = guardians.children_of(actor.person_id, on=today)
    persons = people.persons_of([bond.minor_id for bond in bonds])
    rows = [
        ChildRow(
            bond=bond,
            name=persons[bond.minor_id].name,
            member_no=persons[bond.minor_id].member_no,
            under_14=may_be_child(persons[bond.minor_id].birth_year, on=today),
        )
        for bond in bonds
    ]
    return sorted(rows, key=lambda row: (persons[row.bond.minor_id].pinyin, row.bond.id))


def bond_of(bond_id: int, *, actor: Actor, now: datetime) -> guardians.Bond:
    """Return one of the actor's own open ties to a minor. Raises `NotFound` for anybody else's, and for grown-ups'."""
    bond = next(
        (one for one in guardians.children_of(actor.person_id, on=clock.local_date(now)) if one.id == bond_id), None
    )
    if bond is None:
        raise NotFound
    return bond


def page_of(bond: guardians.Bond, *, now: datetime) -> ChildPage:
    """Return a child's page. Before the guardian said yes it holds the name only."""
    person = people.get_person(bond.minor_id)
    said_yes = bond.confirmed_at is not None
    sessions = attendance.sessions_of_person(person.id) if said_yes else []
    coming = activities.expected_of(person.id, now=now) if said_yes else []
    taken = {shift.id for shift in coming}
    return ChildPage(
        bond=bond,
        person=person,
        under_14=may_be_child(person.birth_year, on=clock.local_date(now)),
        balance=ledger.balance_of(person_id=person.id, now=now) if said_yes else ledger.Balance(),
        minutes=sum(card.minutes for card in sessions if card.state == "approved"),
        sessions=sessions[:_SESSIONS_AT_MOST],
        coming=coming,
        open_shifts=[
            shift
            for shift in (activities.list_shifts(start=now, end=now + _AHEAD) if said_yes else [])
            if shift.id not in taken and not shift.cancelled and activities.is_for_minors(shift)
        ][:_SHIFTS_AT_MOST],
    )


def withdraw_consent(*, bond_id: int, actor: Actor, now: datetime) -> int:
    """Take a guardian's yes back; if nobody else said yes, the child is off everything ahead. Returns how many shifts.

    Hours and points stay the child's. Raises `NotFound`.
    """
    with transaction():
        minor_id = guardians.withdraw_consent(bond_id=bond_id, actor=actor, now=now)
        if minor_id is None:
            return 0
        left = activities.withdraw_from_all(person_id=minor_id, actor=actor, now=now)
        audit.record(
            "guardian_withdrew",
            actor=actor,
            subject=f"person:{minor_id}",
            now=now,
            on_behalf_of=minor_id,
            shifts=left,
        )
        return left
