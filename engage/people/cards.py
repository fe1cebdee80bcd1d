"""Member cards: a derived token that can be printed again, and a version that makes a lost card worthless (trust row 18)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import case, func, insert, select, update

from engage.core import audit, epochs, sealed
from engage.core.access import Actor
from engage.core.database import db, require_transaction, transaction
from engage.core.tenancy import current_community_id
from engage.core.web import absolute_url
from engage.people.models import Medium, Person
from engage.people.queries import get_person, roll_in_turn

_TOKEN = re.compile(r"[A-Z2-7]{16}")


def _token(person_id: int, version: int, epoch: str) -> str:
    return sealed.derived_token("card", current_community_id(), person_id, version, *epochs.parts(epoch))


def hash_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def token_in(text: str) -> str | None:
    """Return the token in what a scanner typed: the bare token or the whole address of a card."""
    last = text.strip().rstrip("/").rsplit("/", 1)[-1].split("?", 1)[0].upper()
    return last if _TOKEN.fullmatch(last) else None


def find_by_card(token: str) -> Person | None:
    """Return the active holder of a card of this community; None for an unknown, revoked or foreign card.

    Accepts the token or the address printed on the card (`/k/<token>`), in either case of letters.
    """
    wanted = token_in(token)
    if wanted is None:
        return None
    return db.session.scalar(
        select(Person)
        .join(Medium, (Medium.person_id == Person.id) & (Medium.community_id == Person.community_id))
        .where(Medium.token_hash == hash_of(wanted), Medium.revoked_at.is_(None), Person.status == "active")
    )


def card_addresses(person_ids: Collection[int]) -> dict[int, str]:
    """Return the address in the QR code of each person's live card; people without a card are missing."""
    statement = select(Medium.person_id, Medium.version, Medium.epoch).where(
        Medium.person_id.in_(set(person_ids)), Medium.kind == "card", Medium.revoked_at.is_(None)
    )
    return {
        row.person_id: absolute_url("people.card_page", token=_token(row.person_id, row.version, row.epoch))
        for row in db.session.execute(statement)
    }


def card_address(person_id: int) -> str | None:
    """Return the address in the QR code of a person's live card, or None without one."""
    return card_addresses([person_id]).get(person_id)


def card_token(person_id: int) -> str | None:
    """Return the token on a person's live card (what a scanner that reads only the token would type), or None."""
    live = db.session.execute(
        select(Medium.version, Medium.epoch).where(
            Medium.person_id == person_id, Medium.kind == "card", Medium.revoked_at.is_(None)
        )
    ).first()
    return _token(person_id, live.version, live.epoch) if live else None


def issue_cards(*, person_ids: Collection[int], now: datetime) -> int:
    """Give a card to those who have no live one, inside the caller's transaction; returns how many were new."""
    session = require_transaction()
    roll_in_turn()
    wanted = set(person_ids)
    versions: dict[int, int] = {}
    live: set[int] = set()
    statement = (
        select(Medium.person_id, func.max(Medium.version), func.count(Medium.id) - func.count(Medium.revoked_at))
        .where(Medium.kind == "card")
        .group_by(Medium.person_id)
    )
    if len(wanted) <= 500:  # a whole roster is more ids than one statement may carry
        statement = statement.where(Medium.person_id.in_(wanted))
    rows = session.execute(statement)
    for person_id, version, living in rows:
        versions[person_id] = version
        if living:
            live.add(person_id)
    epoch = epochs.current_epoch() if wanted - live else ""
    fresh = [
        {
            "community_id": current_community_id(),
            "person_id": person_id,
            "kind": "card",
            "version": versions.get(person_id, 0) + 1,
            "epoch": epoch,
            "token_hash": hash_of(_token(person_id, versions.get(person_id, 0) + 1, epoch)),
            "issued_at": now,
            "revoked_at": None,
        }
        for person_id in sorted(wanted - live)
    ]
    if fresh:
        session.execute(insert(Medium), fresh)
    return len(wanted - live)


def replace_card(*, person_id: int, version: int, actor: Actor, now: datetime) -> int:
    """Make a lost card worthless and issue the next version, which is returned.

    `version` is the one the asker saw: asking twice replaces once. Raises `NotFound` for a foreign person.
    """
    with transaction() as session:
        person = get_person(person_id)
        revoked = session.execute(
            update(Medium)
            .where(
                Medium.person_id == person.id,
                Medium.kind == "card",
                Medium.version == version,
                Medium.revoked_at.is_(None),
            )
            # Never before its last use (invariant 10): that scan was waiting for the same row and came first.
            .values(
                revoked_at=case((Medium.last_used_at > now, Medium.last_used_at), else_=now),
                revoked_by=actor.person_id,
                revoke_reason="lost",
            )
            .returning(Medium.id)
        ).all()
        if revoked:
            audit.record("card_replaced", actor=actor, subject=f"person:{person.id}", now=now, version=version)
        issue_cards(person_ids=[person.id], now=now)
        return live_version(person.id) or 0


def live_version(person_id: int) -> int | None:
    """Return the version of a person's live card, or None without one."""
    return db.session.scalar(
        select(Medium.version)
        .where(Medium.person_id == person_id, Medium.kind == "card", Medium.revoked_at.is_(None))
        .limit(1)
    )
