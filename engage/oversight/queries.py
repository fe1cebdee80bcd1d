"""Reading the audit log, newest first, a page at a time by its place in the log: no line is skipped or shown twice."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Text, cast, or_, select, tuple_

from engage import people
from engage.core.audit import AuditEvent
from engage.core.clock import day_bounds
from engage.core.database import db
from engage.oversight import words
from engage.oversight.rules import Wanted

PAGE: Final = 50


@dataclass(frozen=True, kw_only=True)
class Line:
    """One act in words. `actor` is None when the clock or an operator's command acted; `facts` are (what, how much).

    Somebody from above the community is on no roll here: the line itself says who they were.
    """

    id: int
    at: datetime
    actor_id: int | None
    actor: str | None
    behalf: str | None
    verb: str
    kind: str
    number: str
    subject: str
    facts: list[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class LogPage:
    """Some lines, and whether there are older ones. `nobody` says that no person has the name asked for."""

    lines: list[Line]
    more: bool
    nobody: bool = False


def read_log(wanted: Wanted) -> LogPage:
    """Return one page of this community's log."""
    statement = newest_first()
    if wanted.words:
        statement = statement.where(_says(wanted.words))
    if wanted.who:
        ids = people.find_ids(wanted.who)
        if not ids:
            return LogPage(lines=[], more=False, nobody=True)
        statement = statement.where(
            or_(
                AuditEvent.actor_id.in_(ids),
                AuditEvent.on_behalf_of.in_(ids),
                AuditEvent.subject.in_([f"person:{person_id}" for person_id in ids]),
            )
        )
    rows = page_of(statement, wanted)
    return LogPage(lines=_told(rows[:PAGE]), more=len(rows) > PAGE)


def newest_first() -> Select[Any]:
    """Return the whole log of the community in scope, the newest line first."""
    return select(AuditEvent).order_by(AuditEvent.at.desc(), AuditEvent.id.desc())


def page_of(statement: Select[Any], wanted: Wanted) -> Sequence[AuditEvent]:
    """Return one page of what is wanted, and one line more when there are older ones."""
    return db.session.scalars(_after(_narrowed(statement, wanted), wanted.before).limit(PAGE + 1)).all()


def _says(text: str) -> ColumnElement[bool]:
    """Return the condition that the facts hold these words; facts are kept as JSON, in which Chinese is escaped."""
    escaped = json.dumps(text)[1:-1]
    return cast(AuditEvent.facts, Text).contains(escaped, autoescape=True)


def _narrowed(statement: Select[Any], wanted: Wanted) -> Select[Any]:
    if wanted.behalf:
        statement = statement.where(
            or_(AuditEvent.on_behalf_of.is_not(None), cast(AuditEvent.facts, Text).contains('"acting_for"'))
        )
    if wanted.verb:
        statement = statement.where(AuditEvent.verb == wanted.verb)
    if wanted.subject:
        statement = statement.where(AuditEvent.subject == wanted.subject)
    elif wanted.kind:
        statement = statement.where(
            or_(AuditEvent.subject == wanted.kind, AuditEvent.subject.startswith(f"{wanted.kind}:", autoescape=True))
        )
    elif wanted.number:
        statement = statement.where(AuditEvent.subject.endswith(f":{wanted.number}"))
    if wanted.first:
        statement = statement.where(AuditEvent.at >= day_bounds(wanted.first)[0])
    if wanted.last:
        statement = statement.where(AuditEvent.at < day_bounds(wanted.last)[1])
    return statement


def _after(statement: Select[Any], before: int) -> Select[Any]:
    """Go on below a line: by its moment and number together, for many lines share a moment."""
    at = db.session.scalar(select(AuditEvent.at).where(AuditEvent.id == before)) if before else None
    return statement if at is None else statement.where(tuple_(AuditEvent.at, AuditEvent.id) < (at, before))


def _told(rows: Sequence[AuditEvent]) -> list[Line]:
    named: set[int | None] = {one for row in rows for one in (row.actor_id, row.on_behalf_of)}
    named |= {row.facts.get("acting_for") for row in rows}
    subjects = [row.subject.partition(":") for row in rows]
    named |= {int(number) for kind, _, number in subjects if kind == "person" and number.isdecimal()}
    names, kinds = people.names_of(named), words.kind_words()
    return [
        Line(
            id=row.id,
            at=row.at,
            actor_id=row.actor_id,
            actor=names.get(row.actor_id or 0) or row.facts.get("reader"),
            behalf=names.get(row.on_behalf_of or 0),
            verb=words.verb_words(row.verb),
            kind=kind,
            number=number,
            subject=words.subject_words(row.subject, names=names, kinds=kinds),
            facts=words.fact_words(row.facts, names=names),
        )
        for row, (kind, _, number) in zip(rows, subjects, strict=True)
    ]
