"""What the pages of the place tree show, each in a handful of statements."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from engage import people, places
from engage.core.access import Actor, Permission, Role
from engage.core.database import db
from engage.core.errors import NotFound
from engage.territory.models import GridChange, GridChangeMove, GridChangeSide

PAGE = 50
_NO_COUNTS = places.Counts()


@dataclass(frozen=True, kw_only=True)
class GridRow:
    """A grid in the tree: its counts and who serves there now. `closed_on` is the day it was split or merged away."""

    id: int
    name: str
    code: str
    closed_on: date | None
    buildings: int
    units: int
    persons: int
    officers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ChangeRow:
    """A split or merger as lists tell it, with the names of the grids before and after."""

    id: int
    kind: str
    made_at: datetime
    made_by: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    undone_at: datetime | None
    undone_by: str


def tree(*, actor: Actor, now: datetime) -> list[GridRow]:
    """Return the grids the actor's role reaches, closed ones last."""
    reach = actor.reach(Permission.SEE_MEMBERS)
    grids = [grid for grid in places.every_grid() if reach is None or grid.id in reach]
    counts, persons = places.counts_by_grid(), people.count_by_grid()
    serving = people.roles_at([grid.id for grid in grids])
    rows = [
        GridRow(
            id=grid.id,
            name=grid.name,
            code=grid.code,
            closed_on=grid.closed_on,
            buildings=counts.get(grid.id, _NO_COUNTS).buildings,
            units=counts.get(grid.id, _NO_COUNTS).units,
            persons=persons.get(grid.id, 0),
            officers=tuple(
                role.name
                for role in reversed(serving)
                if role.place_id == grid.id and role.role == Role.GRID_OFFICER and role.holds(now)
            ),
        )
        for grid in grids
    ]
    return sorted(rows, key=lambda row: row.closed_on is not None)


def ensure_within(place_ids: Collection[int | None], *, actor: Actor) -> None:
    """Refuse a place the actor's role does not reach, as one that is not there. Raises `NotFound`."""
    reach = actor.reach(Permission.SEE_MEMBERS)
    if reach is not None and reach.isdisjoint(place_ids):
        raise NotFound


def list_changes(*, limit: int, offset: int) -> list[ChangeRow]:
    """Return the splits and mergers of this community, the latest first."""
    statement = select(GridChange).order_by(GridChange.made_at.desc(), GridChange.id.desc())
    return _told(statement.limit(limit).offset(offset))


def count_changes() -> int:
    """Return how many there are."""
    return int(db.session.scalar(select(func.count(GridChange.id))) or 0)


def get_change(change_id: int) -> ChangeRow:
    """Return one. Raises `NotFound`."""
    found = _told(select(GridChange).where(GridChange.id == change_id))
    if not found:
        raise NotFound
    return found[0]


def _told(statement: Select[GridChange]) -> list[ChangeRow]:
    maker, undoer = aliased(people.Person), aliased(people.Person)
    named_too = (
        statement.add_columns(maker.name, undoer.name)
        .outerjoin(maker, (maker.id == GridChange.made_by) & (maker.community_id == GridChange.community_id))
        .outerjoin(undoer, (undoer.id == GridChange.undone_by) & (undoer.community_id == GridChange.community_id))
    )
    rows = db.session.execute(named_too).all()
    sides = sides_of([row[0].id for row in rows])
    named = places.place_names([place_id for _, place_id, _ in sides])
    return [
        ChangeRow(
            id=row.id,
            kind=row.kind,
            made_at=row.made_at,
            made_by=made_by or "",
            before=tuple(named[place] for change, place, side in sides if change == row.id and side == "old"),
            after=tuple(named[place] for change, place, side in sides if change == row.id and side == "new"),
            undone_at=row.undone_at,
            undone_by=undone_by or "",
        )
        for row, made_by, undone_by in rows
    ]


def sides_of(change_ids: Collection[int]) -> list[tuple[int, int, str]]:
    """Return (change, grid, "old" or "new") of these changes, in the order they were written."""
    if not change_ids:
        return []
    statement = select(GridChangeSide).where(GridChangeSide.change_id.in_(set(change_ids))).order_by(GridChangeSide.id)
    return [(row.change_id, row.place_id, row.side) for row in db.session.scalars(statement)]


def moves_of(change_id: int) -> list[GridChangeMove]:
    """Return every row a change moved."""
    statement = select(GridChangeMove).where(GridChangeMove.change_id == change_id).order_by(GridChangeMove.id)
    return list(db.session.scalars(statement))


def count_moves(change_id: int) -> dict[str, int]:
    """Return how many of each kind a change moved."""
    statement = (
        select(GridChangeMove.kind, func.count(GridChangeMove.id))
        .where(GridChangeMove.change_id == change_id)
        .group_by(GridChangeMove.kind)
    )
    return {row[0]: row[1] for row in db.session.execute(statement)}


def newest_change() -> int | None:
    """Return the id of the latest change that was not taken back, or None."""
    statement = select(GridChange.id).where(GridChange.undone_at.is_(None))
    return db.session.scalar(statement.order_by(GridChange.made_at.desc(), GridChange.id.desc()).limit(1))
