"""Which account a telephone or a card's number signs in: one choice, whoever asks (trust W13)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select

from engage.core.database import db
from engage.people.models import Credential, Person


@dataclass(frozen=True, kw_only=True)
class Account:
    """An active person's way in by password."""

    person_id: int
    password_hash: str


def find_account(*, phone_index: str, member_no: int = -1) -> Account | None:
    """Return the active account with this telephone or member number; of two who share a telephone, who came first.

    Always one statement that reads all that fit: to find the first in order, PostgreSQL reads along the order until
    one fits, and for an unknown number everybody, so that the time of an answer told who is on the roll.
    """
    rows = db.session.execute(
        select(Credential.id, Person.id, Credential.password_hash)
        .join(Credential, (Credential.person_id == Person.id) & (Credential.community_id == Person.community_id))
        .where(or_(Person.phone_index == phone_index, Person.member_no == member_no), Person.status == "active")
    ).all()
    first = min(rows, key=lambda row: row[0], default=None)
    return Account(person_id=first[1], password_hash=first[2]) if first else None
