"""Reading resolutions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import Select, func, select

from engage import talks
from engage.core.database import db
from engage.core.errors import NotFound
from engage.core.fence import get_in_scope
from engage.core.i18n import language
from engage.resolutions import rules
from engage.resolutions.models import Resolution, ResolutionProgress

Row = TypeVar("Row")
#: how many carried motions are offered for adoption at once
OFFERED = 20


@dataclass(frozen=True, kw_only=True)
class ResolutionCard:
    """A resolution as everybody may see it. `owner` is the public name of who does it, `note` the latest news."""

    id: int
    number: str
    title: str
    talk_number: int
    decided_on: date
    owner: str
    due_on: date | None
    state: str
    note: str


def get_resolution(resolution_id: int, *, lock: bool = False) -> Resolution:
    """Return the resolution. Raises `NotFound`."""
    return get_in_scope(Resolution, resolution_id, lock=lock)


def get_card(resolution_id: int) -> ResolutionCard:
    """Return the card of one resolution. Raises `NotFound`."""
    cards = cards_of(select(Resolution).where(Resolution.id == resolution_id))
    if not cards:
        raise NotFound
    return cards[0]


def list_public(*, limit: int, offset: int = 0) -> list[ResolutionCard]:
    """Return resolutions for everybody, the newest first."""
    return list_found(limit=limit, offset=offset)


def list_found(
    *, search: str = "", state: str = "", owner_id: int | None = None, limit: int, offset: int = 0
) -> list[ResolutionCard]:
    """Return what the office looks for: in title, owner and number, or all; the newest first."""
    statement = _found(select(Resolution), search=search, state=state, owner_id=owner_id)
    newest = statement.order_by(Resolution.year.desc(), Resolution.sequence.desc(), Resolution.id.desc())
    return cards_of(newest.limit(limit).offset(offset))


def count_found(*, search: str = "", state: str = "", owner_id: int | None = None) -> int:
    """Return how many the search finds."""
    return int(db.session.scalar(_counting(search=search, state=state, owner_id=owner_id)) or 0)


def _counting(*, search: str = "", state: str = "", owner_id: int | None = None) -> Select[int]:
    return _found(select(func.count(Resolution.id)), search=search, state=state, owner_id=owner_id)


def counting_open() -> Select[int]:
    """Return the statement of `count_open`, to be asked together with others."""
    return _counting(state="open")


def _found(statement: Select[Row], *, search: str, state: str, owner_id: int | None) -> Select[Row]:
    if owner_id is not None:
        statement = statement.where(Resolution.owner_id == owner_id)
    if state == "open":
        statement = statement.where(Resolution.state.in_(rules.OPEN))
    elif state in rules.MOVES:
        statement = statement.where(Resolution.state == state)
    wanted = search.strip()
    if not wanted:
        return statement
    year, _dash, sequence = wanted.removeprefix("决-").partition("-")
    if year.isascii() and year.isdigit() and sequence.isascii() and sequence.isdigit() and len(wanted) < 16:
        return statement.where(Resolution.year == int(year), Resolution.sequence == int(sequence))
    return statement.where(
        Resolution.title.icontains(wanted, autoescape=True) | Resolution.owner_text.icontains(wanted, autoescape=True)
    )


def count_open() -> int:
    """Return how many are not yet reported done."""
    return count_found(state="open")


def list_progress(resolution_id: int) -> Sequence[ResolutionProgress]:
    """Return every step, oldest first."""
    statement = select(ResolutionProgress).where(ResolutionProgress.resolution_id == resolution_id)
    return db.session.scalars(statement.order_by(ResolutionProgress.at, ResolutionProgress.id)).all()


def said_of(row: Resolution, *, now: datetime) -> str:
    """Return what the vote said, in the reader's language: as it was written down, or told anew from the ballots.

    Where the vote was annulled since, there is nothing to tell anew, and every reader is told what was written down.
    """
    decided = None if language() == "zh" else talks.find_decided(row.motion_id, now=now)
    return decided.outcome.sentence if decided and decided.outcome else row.text


def waiting_motions(*, now: datetime) -> list[talks.MotionCard]:
    """Return carried motions that are no resolution yet, newest first, at most `OFFERED`."""
    carried = talks.decided_motions(limit=OFFERED, now=now)
    ids = [motion.id for motion in carried]
    taken = set(db.session.scalars(select(Resolution.motion_id).where(Resolution.motion_id.in_(ids)))) if ids else set()
    return [motion for motion in carried if motion.id not in taken]


def cards_of(statement: Select[Resolution]) -> list[ResolutionCard]:
    """Return the cards of resolutions in the order of the statement, with the latest news of each; one statement."""
    latest = (
        select(ResolutionProgress.text)
        .where(
            ResolutionProgress.resolution_id == Resolution.id, ResolutionProgress.kind.in_(("note", "reported_done"))
        )
        .order_by(ResolutionProgress.id.desc())
        .limit(1)
    )
    return [
        ResolutionCard(
            id=row.id,
            number=rules.number_of(year=row.year, sequence=row.sequence),
            title=row.title,
            talk_number=row.talk_number,
            decided_on=row.decided_on,
            owner=row.owner_text,
            due_on=row.due_on,
            state=row.state,
            note=note or "",
        )
        for row, note in db.session.execute(statement.add_columns(latest.scalar_subquery()))
    ]
