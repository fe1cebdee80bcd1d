"""Remembering what columns hold: a template that was mapped once is mapped the same way the next time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from engage.core.database import db, require_transaction
from engage.roster import rules
from engage.roster.contents import Contents
from engage.roster.models import RosterMapping


def recall_columns(contents: Contents) -> Contents:
    """Return the contents with the columns chosen that somebody chose for the same headings before; one statement."""
    prints = _fingerprints(contents)
    statement = select(RosterMapping).where(RosterMapping.fingerprint.in_(set(prints.values())))
    known = {row.fingerprint: row.fields for row in db.session.scalars(statement)} if prints else {}
    for sheet, fingerprint in prints.items():
        if fingerprint in known:
            fields = {int(column): rules.Field(field) for column, field in known[fingerprint].items()}
            contents = contents.with_columns(sheet, fields)
    return contents


def remember_columns(contents: Contents, *, sheet: str, fields: dict[int, rules.Field], now: datetime) -> None:
    """Keep what was chosen for the headings of a sheet, inside the caller's transaction; the last choice counts."""
    session = require_transaction()
    fingerprint = _fingerprints(contents).get(sheet)
    if fingerprint is None:
        return
    row = session.scalar(select(RosterMapping).where(RosterMapping.fingerprint == fingerprint))
    if row is None:
        row = RosterMapping(fingerprint=fingerprint)
        session.add(row)
    row.fields = {str(column): field.value for column, field in fields.items()}
    row.chosen_at = now


def _fingerprints(contents: Contents) -> dict[str, str]:
    # Planned without the choices: what is printed does not depend on them.
    plans = rules.plan_sheets(contents.sheets)
    return {plan.sheet.name: rules.fingerprint(plan.headings.printed) for plan in plans if any(plan.headings.printed)}
