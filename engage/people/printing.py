"""Sheets of cards: whom to print for, which cards were on which sheet, and printing one of them again."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, func, insert, select
from sqlalchemy.sql.elements import ColumnElement

from engage.core import audit, idempotency
from engage.core.access import Actor
from engage.core.database import db, transaction
from engage.core.fence import get_in_scope
from engage.core.tenancy import current_community_id
from engage.people.activations import SHEET_AT_MOST
from engage.people.cards import issue_cards
from engage.people.models import Credential, Membership, Person
from engage.people.models_media import CardBatch, CardBatchLine, Medium

#: what a list of people to print for can be narrowed to; "new": whose card was on no sheet yet
CARD_KINDS = ("new", "volunteers", "all")
SLIP_KINDS = ("not-activated", "volunteers", "all")
BATCHES = 30


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Whom a sheet is for."""

    kind: str
    grid_id: int | None = None
    team_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class BatchCard:
    """One sheet as the list shows it; `dead` of its cards are revoked by now."""

    id: int
    made_by: int
    made_at: datetime
    chosen: str
    size: int
    dead: int


@dataclass(frozen=True, kw_only=True)
class BatchLine:
    """One card of a sheet. `live` is False for one that was reported lost or replaced since."""

    person: Person
    version: int
    live: bool


def candidates(choice: Choice, *, at_most: int = SHEET_AT_MOST) -> list[int]:
    """Return the ids of the active people a sheet may be for, by grid and name."""
    statement = select(Person.id).where(Person.status == "active")
    if choice.grid_id:
        statement = statement.where(Person.grid_id == choice.grid_id)
    if choice.team_id:
        member = and_(Membership.person_id == Person.id, Membership.community_id == Person.community_id)
        statement = statement.where(exists().where(member, Membership.team_id == choice.team_id))
    if choice.kind == "volunteers":
        statement = statement.where(Person.is_volunteer)
    elif choice.kind == "not-activated":
        known = and_(Credential.person_id == Person.id, Credential.community_id == Person.community_id)
        statement = statement.where(~exists().where(known))
    elif choice.kind == "new":
        statement = statement.where(~_printed())
    return list(db.session.scalars(statement.order_by(Person.grid_id, Person.pinyin, Person.id).limit(at_most)))


def _printed() -> ColumnElement[bool]:
    # Correlated on the community as well: an exists() of its own is not confined by the session (trust §0.9).
    line = and_(CardBatchLine.medium_id == Medium.id, CardBatchLine.community_id == Medium.community_id)
    return exists().where(
        Medium.person_id == Person.id,
        Medium.community_id == Person.community_id,
        Medium.kind == "card",
        Medium.revoked_at.is_(None),
        line,
    )


def make_batch(*, person_ids: Collection[int], chosen: str, actor: Actor, key: str, now: datetime) -> int:
    """Give a card to those who have none, write down which cards are on this sheet, and return its id.

    The same form makes one sheet; what is printed never changes a live card's code.
    """
    wanted = sorted(set(person_ids))
    fingerprint = idempotency.fingerprint_of(people=wanted)
    with transaction() as session:
        if done := idempotency.recall(actor_id=actor.person_id, key=key, fingerprint=fingerprint):
            return int(done["batch_id"])
        issue_cards(person_ids=wanted, now=now)
        batch = CardBatch(made_by=actor.person_id, made_at=now, chosen=chosen[:80])
        session.add(batch)
        session.flush()
        live = select(Medium.id, Medium.person_id).where(
            Medium.person_id.in_(wanted), Medium.kind == "card", Medium.revoked_at.is_(None)
        )
        lines = [
            {
                "community_id": current_community_id(),
                "batch_id": batch.id,
                "medium_id": row.id,
                "person_id": row.person_id,
            }
            for row in session.execute(live).all()
        ]
        session.execute(insert(CardBatchLine), lines)
        audit.record("cards_printed", actor=actor, subject=f"card_batch:{batch.id}", now=now, people=len(wanted))
        idempotency.remember(
            actor_id=actor.person_id, key=key, fingerprint=fingerprint, outcome={"batch_id": batch.id}, now=now
        )
        return batch.id


def count_batches() -> int:
    """Return how many sheets were printed."""
    return int(db.session.scalar(select(func.count(CardBatch.id))) or 0)


def list_batches(*, page: int = 1) -> list[BatchCard]:
    """Return one page of the sheets, the newest first."""
    rows = db.session.scalars(
        select(CardBatch).order_by(CardBatch.id.desc()).limit(BATCHES).offset((page - 1) * BATCHES)
    ).all()
    counted = (
        select(CardBatchLine.batch_id, func.count(CardBatchLine.id), func.count(Medium.revoked_at))
        .join(Medium, and_(Medium.id == CardBatchLine.medium_id, Medium.community_id == CardBatchLine.community_id))
        .where(CardBatchLine.batch_id.in_([row.id for row in rows]))
        .group_by(CardBatchLine.batch_id)
    )
    sizes = {row[0]: (row[1], row[2]) for row in db.session.execute(counted)}
    return [_card(row, *sizes.get(row.id, (0, 0))) for row in rows]


def get_batch(batch_id: int) -> BatchCard:
    """Return one sheet. Raises `NotFound`."""
    lines = batch_lines(batch_id)
    return _card(get_in_scope(CardBatch, batch_id), len(lines), sum(not line.live for line in lines))


def batch_lines(batch_id: int) -> list[BatchLine]:
    """Return the cards of one sheet in the order they were printed."""
    statement = (
        select(Person, Medium.version, Medium.revoked_at)
        .join(
            CardBatchLine, and_(CardBatchLine.person_id == Person.id, CardBatchLine.community_id == Person.community_id)
        )
        .join(Medium, and_(Medium.id == CardBatchLine.medium_id, Medium.community_id == CardBatchLine.community_id))
        .where(CardBatchLine.batch_id == batch_id)
        .order_by(Person.grid_id, Person.pinyin, Person.id)
    )
    return [
        BatchLine(person=row[0], version=row[1], live=row[2] is None and row[0].status == "active")
        for row in db.session.execute(statement)
    ]


def _card(row: CardBatch, size: int, dead: int) -> BatchCard:
    return BatchCard(id=row.id, made_by=row.made_by, made_at=row.made_at, chosen=row.chosen, size=size, dead=dead)
