"""Agreeing to a text, and being asked again when there is a newer one (service-points §5.8)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from engage.core import audit, clock
from engage.core.access import Actor
from engage.core.database import db, require_transaction, transaction
from engage.people.consent_texts import PERSONAL_DATA, ConsentText, text_in_force
from engage.people.models import Consent


def find_outstanding(person_id: int, *, now: datetime) -> ConsentText | None:
    """Return the text a person should be asked about: they agreed to an older version and not yet to this one.

    None for somebody who agreed to none: they sign in with nothing that rests on a consent.
    """
    text = text_in_force(PERSONAL_DATA, on=clock.local_date(now))
    statement = select(Consent.version).where(Consent.person_id == person_id, Consent.subject == PERSONAL_DATA)
    agreed = set(db.session.scalars(statement))
    return text if agreed and text.version not in agreed else None


def keep_consent(*, person_id: int, now: datetime) -> ConsentText:
    """Keep that somebody agreed to the text in force, inside the caller's transaction; twice is once."""
    session = require_transaction()
    text = text_in_force(PERSONAL_DATA, on=clock.local_date(now))
    statement = select(Consent.id).where(
        Consent.person_id == person_id, Consent.subject == text.subject, Consent.version == text.version
    )
    if session.scalar(statement) is None:
        session.add(Consent(person_id=person_id, subject=text.subject, version=text.version, given_at=now))
        session.flush()
    return text


def agree(*, actor: Actor, now: datetime) -> None:
    """Agree to the text in force oneself; agreeing again changes nothing."""
    with transaction():
        if find_outstanding(actor.person_id, now=now) is None:
            return
        text = keep_consent(person_id=actor.person_id, now=now)
        audit.record(
            "consent_given",
            actor=actor,
            subject=f"person:{actor.person_id}",
            now=now,
            consent=text.subject,
            version=text.version,
        )
