"""Changes made to many people: read again, and taken back within a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, select, update

from engage import places
from engage.core import audit
from engage.core.access import Actor
from engage.core.database import db, transaction
from engage.core.errors import N_, DomainError
from engage.core.fence import get_in_scope
from engage.people.bulk import Act, is_undoable
from engage.people.changing import end_devices_of_paused, note_steps, touched
from engage.people.models import Membership, Person, Team
from engage.people.models_lists import MemberChange, MemberChangeLine
from engage.people.planning import STANDINGS, untouchable
from engage.people.queries import names_of, roll_in_turn

PAGE: Final = 50


class TooLateToUndo(DomainError):
    """A day has passed, or it was taken back already."""


@dataclass(frozen=True, kw_only=True)
class ChangeCard:
    """A change as pages tell it. `target` is the name of the team or grid, empty for other acts."""

    id: int
    act: Act
    at: datetime
    actor: str
    target: str
    changed: int
    left_alone: int
    undone_at: datetime | None
    undone_by: str


def _cards(rows: Sequence[MemberChange]) -> list[ChangeCard]:
    names = names_of([one for row in rows for one in (row.actor_id, row.undone_by)])
    grids = places.place_names([row.grid_id for row in rows])
    wanted = {row.team_id for row in rows if row.team_id}
    teams = {row[0]: row[1] for row in db.session.execute(select(Team.id, Team.name).where(Team.id.in_(wanted)))}
    return [
        ChangeCard(
            id=row.id,
            act=Act(row.act),
            at=row.at,
            actor=names.get(row.actor_id, ""),
            target=teams.get(row.team_id or 0, "") or grids.get(row.grid_id or 0, ""),
            changed=row.changed,
            left_alone=row.left_alone,
            undone_at=row.undone_at,
            undone_by=names.get(row.undone_by or 0, ""),
        )
        for row in rows
    ]


def list_changes(*, before: int = 0) -> tuple[list[ChangeCard], bool]:
    """Return a page of the changes, newest first, from below one on; and whether older ones follow."""
    statement = select(MemberChange).order_by(MemberChange.id.desc()).limit(PAGE + 1)
    if before:
        statement = statement.where(MemberChange.id < before)
    rows = db.session.scalars(statement).all()
    return _cards(rows[:PAGE]), len(rows) > PAGE


def get_change(change_id: int) -> ChangeCard:
    """Return one change. Raises `NotFound`."""
    return _cards([get_in_scope(MemberChange, change_id)])[0]


def people_of(change_id: int, *, after: int = 0) -> tuple[list[tuple[int, int, str]], bool]:
    """Return a page of the people a change touched as (line id, person id, name), and whether others follow."""
    statement = (
        select(MemberChangeLine.id, Person.id, Person.name)
        .join(
            Person,
            (Person.id == MemberChangeLine.person_id) & (Person.community_id == MemberChangeLine.community_id),
        )
        .where(MemberChangeLine.change_id == change_id, MemberChangeLine.id > after)
        .order_by(MemberChangeLine.id)
        .limit(PAGE + 1)
    )
    rows = [(row[0], row[1], row[2]) for row in db.session.execute(statement)]
    return rows[:PAGE], len(rows) > PAGE


def undo_change(*, change_id: int, actor: Actor, now: datetime) -> int:
    """Take a change back for everybody who is still as it left them; returns for how many. Twice is once.

    Devices that a pause signed out stay signed out. A pause put back is a pause: never one's own, nor a secretary's by
    somebody else of the office. Raises `NotFound`, `TooLateToUndo` a day after.
    """
    with transaction() as session:
        roll_in_turn()
        change = get_in_scope(MemberChange, change_id, lock=True)
        if change.undone_at is not None:
            return 0
        if not is_undoable(at=change.at, undone_at=change.undone_at, now=now):
            raise TooLateToUndo(N_("过了24小时，不能整批撤回了。要改，请一个一个改"))
        result = session.execute(_undoing(change, actor), execution_options={"synchronize_session": False})
        restored = int(getattr(result, "rowcount", 0))
        if Act(change.act) in STANDINGS:
            was, became = STANDINGS[Act(change.act)]
            note_steps(change.id, became, was, reason="", actor=actor, now=now)
        if change.act == Act.RETURN:
            end_devices_of_paused(change.id, now=now)
        change.undone_at, change.undone_by = now, actor.person_id
        subject = f"member_change:{change.id}"
        audit.record("members_change_undone", actor=actor, subject=subject, now=now, act=change.act, people=restored)
        session.flush()
        session.expire_all()
        return restored


def _undoing(change: MemberChange, actor: Actor) -> Any:
    act, those = Act(change.act), Person.id.in_(touched(change.id))
    if act is Act.TEAM:
        return delete(Membership).where(
            Membership.team_id == change.team_id, Membership.person_id.in_(touched(change.id))
        )
    if act is Act.GRID:
        before = (
            select(MemberChangeLine.grid_before)
            .where(
                MemberChangeLine.change_id == change.id,
                MemberChangeLine.person_id == Person.id,
                MemberChangeLine.community_id == Person.community_id,
            )
            .scalar_subquery()
        )
        return update(Person).where(those, Person.grid_id == change.grid_id).values(grid_id=before)
    if act in STANDINGS:
        was, became = STANDINGS[act]
        others = Person.id.not_in(untouchable(actor))
        return update(Person).where(those, others, Person.status == became).values(status=was)
    became_volunteer = act is Act.VOLUNTEER
    return (
        update(Person)
        .where(those, Person.is_volunteer.is_(became_volunteer), Person.status != "closed")
        .values(is_volunteer=not became_volunteer)
    )
