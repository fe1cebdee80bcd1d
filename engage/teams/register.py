"""The register of trainings as pages read it: one person's, and what runs out soon."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select

from engage import people
from engage.core.database import db
from engage.core.errors import NotFound
from engage.teams import rules
from engage.teams.models_training import Qualification
from engage.teams.rules import Held

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class TrainingCard:
    """One training; `given_by` names the body outside, or whoever of us gave it. `counts` is judged for one day."""

    id: int
    person_id: int
    kind: str
    trained_on: date
    expires_on: date | None
    given_by: str
    note: str
    revoked: bool
    revoke_reason: str
    counts: bool
    #: whole days it still counts, today included; None: it does not run out
    left: int | None


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What the list of what runs out is narrowed to. `days` looks ahead; `over` shows what has run out instead."""

    days: int = 30
    over: bool = False
    kind: str = ""
    team_id: int | None = None
    #: the grids and buildings the reader's role reaches; None is the whole community
    reach: frozenset[int] | None = None


@dataclass(frozen=True, kw_only=True)
class Found:
    """One page of the list and how much there is."""

    cards: list[TrainingCard]
    total: int
    page: int
    pages: int


def trainings_of(person_id: int, *, today: date) -> list[TrainingCard]:
    """Return a person's trainings, the newest first, revoked ones too: two queries."""
    statement = select(Qualification).where(Qualification.person_id == person_id)
    return _cards(statement.order_by(Qualification.trained_on.desc(), Qualification.id.desc()), today=today)


def get_training(qualification_id: int, *, today: date) -> TrainingCard:
    """Return one training. Raises `NotFound`."""
    cards = _cards(select(Qualification).where(Qualification.id == qualification_id), today=today)
    if not cards:
        raise NotFound
    return cards[0]


def running_out(*, looked: Looked, today: date, page: int) -> Found:
    """Return one page of the trainings that run out within `looked.days`, the soonest first.

    A training that a newer one of the same kind has taken the place of is not among them, nor are people who left.
    """
    conditions = _conditions(looked, today=today)
    total = int(db.session.scalar(select(func.count(Qualification.id)).where(*conditions)) or 0)
    pages = max(-(-total // PAGE), 1)
    shown = min(max(page, 1), pages)
    order = Qualification.expires_on.desc() if looked.over else Qualification.expires_on.asc()
    statement = select(Qualification).where(*conditions).order_by(order, Qualification.id)
    return Found(
        cards=_cards(statement.limit(PAGE).offset((shown - 1) * PAGE), today=today),
        total=total,
        page=shown,
        pages=pages,
    )


def _conditions(looked: Looked, *, today: date) -> list[Any]:
    later = Qualification.__table__.alias("later")
    # Core's alias is not confined by the session: the community is named here.
    renewed = (
        select(later.c.id)
        .where(
            later.c.community_id == Qualification.community_id,
            later.c.person_id == Qualification.person_id,
            later.c.kind == Qualification.kind,
            later.c.revoked_at.is_(None),
            later.c.expires_on.is_(None) | (later.c.expires_on > Qualification.expires_on),
        )
        .correlate(Qualification.__table__)
        .exists()
    )
    person = people.Person
    here = people.persons_living_in(looked.reach).where(person.status != "closed")
    conditions: list[Any] = [Qualification.revoked_at.is_(None), ~renewed, Qualification.person_id.in_(here)]
    if looked.over:
        conditions.append(Qualification.expires_on <= today)
    else:
        conditions += [
            Qualification.expires_on > today,
            Qualification.expires_on < rules.horizon(today=today, days=looked.days),
        ]
    if looked.kind:
        conditions.append(Qualification.kind == looked.kind)
    if looked.team_id:
        conditions.append(Qualification.person_id.in_(people.team_member_ids(looked.team_id)))
    return conditions


def count_running_out(*, days: int, today: date) -> int:
    """Return how many trainings run out within so many days."""
    conditions = _conditions(Looked(days=days), today=today)
    return int(db.session.scalar(select(func.count(Qualification.id)).where(*conditions)) or 0)


def trained_kinds(person_ids: Collection[int], *, today: date) -> dict[int, list[str]]:
    """Return the kinds in which each person is trained today; people without any are missing."""
    if not person_ids:
        return {}
    statement = select(Qualification).where(
        Qualification.person_id.in_(set(person_ids)), Qualification.revoked_at.is_(None)
    )
    kinds: dict[int, list[str]] = {}
    for row in db.session.scalars(statement.order_by(Qualification.kind, Qualification.id)):
        held = Held(kind=row.kind, trained_on=row.trained_on, expires_on=row.expires_on)
        mine = kinds.setdefault(row.person_id, [])
        if row.kind not in mine and rules.is_qualified([held], kind=row.kind, on=today):
            mine.append(row.kind)
    return {person_id: mine for person_id, mine in kinds.items() if mine}


def _cards(statement: Select[Any], *, today: date) -> list[TrainingCard]:
    giver = people.Person
    named = statement.add_columns(giver.name).outerjoin(
        giver, (giver.id == Qualification.given_by_id) & (giver.community_id == Qualification.community_id)
    )
    return [_card(row, giver=name or "", today=today) for row, name in db.session.execute(named)]


def _card(row: Qualification, *, giver: str, today: date) -> TrainingCard:
    held = Held(kind=row.kind, trained_on=row.trained_on, expires_on=row.expires_on, revoked=row.revoked_at is not None)
    return TrainingCard(
        id=row.id,
        person_id=row.person_id,
        kind=row.kind,
        trained_on=row.trained_on,
        expires_on=row.expires_on,
        given_by=giver or row.given_by,
        note=row.note,
        revoked=row.revoked_at is not None,
        revoke_reason=row.revoke_reason,
        counts=rules.is_qualified([held], kind=row.kind, on=today),
        left=None if row.expires_on is None else rules.days_left(row.expires_on, today=today),
    )
