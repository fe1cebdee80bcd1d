"""What this room does when two entries are one person (room merging): facts, ties, cards and sign-ins, there and back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypedDict

from sqlalchemy import Select, and_, case, func, or_, select, update
from sqlalchemy.orm import aliased

from engage.core.access import Actor
from engage.core.database import db, require_transaction
from engage.people.cards import issue_cards
from engage.people.devices import end_devices
from engage.people.grants import not_over
from engage.people.history import note_step
from engage.people.models import Medium, Membership, Person, RoleGrant, Tenancy
from engage.people.queries import get_person

#: what may be taken from the entry that goes, and the columns that hold it
FACTS: Final = {
    "name": ("name", "pinyin"),
    "phone": ("phone_sealed", "phone_index", "phone_last4"),
    "birth_year": ("birth_year",),
    "home": ("unit_id", "grid_id"),
    "languages": ("languages",),
    "is_volunteer": ("is_volunteer",),
}


@dataclass(frozen=True, kw_only=True)
class Twins:
    """Two entries that may be one person, and why: "phone+name", "name+home", "name+year" or "phone"."""

    first_id: int
    second_id: int
    why: str


#: what speaks for one person, the strongest first
_WHY: Final = ("phone+name", "name+home", "name+year", "phone")


class Moved(TypedDict):
    """Which rows went from one entry to the other, and what was so before: plain values for an undo."""

    memberships: list[int]
    tenancies: list[int]
    verified: list[int]
    cards: list[int]
    status: str


def find_twins(*, at_most: int = 300) -> list[Twins]:
    """Return pairs of entries on the roll that look like one person, the likeliest first; two statements.

    A shared phone alone comes last: families share one.
    """
    one, other = aliased(Person), aliased(Person)
    same_phone = and_(one.phone_index == other.phone_index, one.phone_index.is_not(None))
    # The reading is indexed and the same for the same name unless somebody corrected it.
    same_name = and_(one.pinyin == other.pinyin, one.name == other.name)
    same_home, same_year = one.unit_id == other.unit_id, one.birth_year == other.birth_year
    on_roll = ("active", "paused", "applied")
    found: dict[tuple[int, int], int] = {}
    for alike, likelier, likely, less in (
        (same_phone, one.name == other.name, 0, 3),
        (and_(same_name, or_(same_home, same_year)), same_home, 1, 2),
    ):
        place = case((likelier, likely), else_=less)
        statement = (
            select(one.id, other.id, place)
            .join(other, and_(one.community_id == other.community_id, one.id < other.id, alike))
            .where(one.status.in_(on_roll), other.status.in_(on_roll))
            .order_by(place, one.id, other.id)
            .limit(at_most)
        )
        for first_id, second_id, rank in db.session.execute(statement):
            found[first_id, second_id] = min(rank, found.get((first_id, second_id), rank))
    ranked = sorted((rank, first, second) for (first, second), rank in found.items())
    return [Twins(first_id=first, second_id=second, why=_WHY[rank]) for rank, first, second in ranked[:at_most]]


def swap_facts(*, survivor_id: int, merged_id: int, facts: Collection[str]) -> None:
    """Let two entries exchange these facts, inside the caller's transaction: nothing is lost, and again is back."""
    survivor, merged = get_person(survivor_id), get_person(merged_id)
    for fact in sorted(set(facts) & set(FACTS)):
        for column in FACTS[fact]:
            kept, taken = getattr(survivor, column), getattr(merged, column)
            setattr(survivor, column, taken)
            setattr(merged, column, kept)
    require_transaction().flush()


def fold_into(*, from_id: int, to_id: int, actor: Actor, reason: str, now: datetime) -> Moved:
    """Move teams and household ties to the entry that stays, and close the other one: its cards and sign-ins are dead.

    Belongs inside the caller's transaction, as `unfold`.
    """
    session = require_transaction()
    goes = get_person(from_id)
    live = select(Medium.id).where(Medium.person_id == from_id, Medium.revoked_at.is_(None))
    moved = Moved(
        memberships=_repoint(Membership, "team_id", from_id=from_id, to_id=to_id),
        tenancies=_repoint(Tenancy, "unit_id", from_id=from_id, to_id=to_id),
        verified=_verify_for(from_id=from_id, to_id=to_id),
        cards=list(session.scalars(live)),
        status=goes.status,
    )
    # Never before its last use (invariant 10): a scanner's clock may be ahead.
    at = case((Medium.last_used_at > now, Medium.last_used_at), else_=now)
    session.execute(update(Medium).where(Medium.id.in_(moved["cards"])).values(revoked_at=at))
    end_devices(person_id=from_id, now=now)
    note_step(person_id=from_id, was=goes.status, became="closed", reason=reason, actor=actor, now=now)
    goes.status = "closed"
    issue_cards(person_ids=[to_id], now=now)
    session.flush()
    return moved


def unfold(moved: Moved, *, from_id: int, to_id: int, actor: Actor, reason: str, now: datetime) -> None:
    """Give everything back that `fold_into` moved, as far as it is still there; the old card opens again."""
    session = require_transaction()
    teams = update(Membership).where(Membership.id.in_(moved["memberships"]), Membership.person_id == to_id)
    session.execute(teams.values(person_id=from_id))
    doors = update(Tenancy).where(Tenancy.id.in_(moved["tenancies"]), Tenancy.person_id == to_id)
    session.execute(doors.values(person_id=from_id))
    session.execute(update(Tenancy).where(Tenancy.id.in_(moved["verified"])).values(verified_at=None))
    session.execute(update(Medium).where(Medium.id.in_(moved["cards"])).values(revoked_at=None))
    comes = get_person(from_id)
    note_step(person_id=from_id, was=comes.status, became=moved["status"], reason=reason, actor=actor, now=now)
    comes.status = moved["status"]
    session.flush()


def _repoint(model: type[Membership | Tenancy], what: str, *, from_id: int, to_id: int) -> list[int]:
    session, column = require_transaction(), getattr(model, what)
    theirs = select(column).where(model.person_id == to_id)
    statement: Select[int] = (
        select(model.id).where(model.person_id == from_id, column.not_in(theirs)).order_by(model.id)
    )
    ids = list(session.scalars(statement))
    session.execute(update(model).where(model.id.in_(ids)).values(person_id=to_id))
    return ids


def _verify_for(*, from_id: int, to_id: int) -> list[int]:
    """Let a verified tie of the entry that goes verify the survivor's own tie to the same door; returns those ties."""
    session = require_transaction()
    checked = {
        tie.unit_id: tie.verified_at
        for tie in session.scalars(
            select(Tenancy).where(Tenancy.person_id == from_id, Tenancy.verified_at.is_not(None))
        )
    }
    own = select(Tenancy).where(Tenancy.person_id == to_id, Tenancy.verified_at.is_(None), Tenancy.unit_id.in_(checked))
    verified = []
    for tie in session.scalars(own).all():
        tie.verified_at = checked[tie.unit_id]
        verified.append(tie.id)
    session.flush()
    return verified


def counting_bonds(person_id: int) -> dict[str, Select[int]]:
    """Return the statements for somebody's teams, household ties and roles in force, to be asked together with others."""
    return {
        "teams": select(func.count(Membership.id)).where(Membership.person_id == person_id),
        "ties": select(func.count(Tenancy.id)).where(Tenancy.person_id == person_id),
        "offices": select(func.count(RoleGrant.id)).where(RoleGrant.person_id == person_id, not_over()),
    }
