"""Cutting grids anew and taking it back; correcting a unit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from engage import people, places
from engage.core import audit, clock, idempotency
from engage.core.access import Actor
from engage.core.database import in_turn, transaction
from engage.core.errors import N_
from engage.core.fence import get_in_scope
from engage.core.tenancy import current_community_id
from engage.territory import queries, redrawing
from engage.territory.models import GridChange, GridChangeMove, GridChangeSide
from engage.territory.redrawing import Moves
from engage.territory.rules import Redraw, RedrawRefused

_TURN = "grids"
Cell = int | str | datetime | None


def correct_unit(*, unit_id: int, area_centi: int | None, head_group: str | None, actor: Actor, now: datetime) -> None:
    """Set a unit's area (0.01 m²) and head group; votes already frozen keep what they froze. Raises `NotFound`."""
    with transaction():
        changed = places.change_unit(unit_id, area_centi=area_centi, head_group=head_group)
        if changed:
            audit.record("unit_corrected", actor=actor, subject=f"unit:{unit_id}", now=now, fields=changed)


def redraw(*, plan: Redraw, seen: str, actor: Actor, key: str, now: datetime) -> int:
    """Close the old grids, open the new ones and move what lies in them; returns the change. The same key cuts once.

    `seen` is the mark of the preview that was confirmed. Raises `RedrawRefused` when something else would move by now.
    """
    fingerprint = idempotency.fingerprint_of(plan=plan)
    with transaction() as session:
        if known := idempotency.recall(actor_id=actor.person_id, key=key, fingerprint=fingerprint):
            return int(known["change"])
        in_turn(_TURN, community_id=actor.community_id)
        people.roll_in_turn()
        moves = redrawing.work_out(plan, now=now)
        if moves.mark != seen:
            raise RedrawRefused(N_("刚才有人动了这里的楼、住户或人，再看一眼要搬什么"), field="seen")
        change = GridChange(kind=plan.kind, made_at=now, made_by=actor.person_id)
        session.add(change)
        targets = [places.add_grid(name=name.strip()).id for name in plan.targets]
        for grid_id in plan.sources:
            places.close_grid(grid_id, on=clock.local_date(now))
        _write_sides(session, change, old=plan.sources, new=targets)
        _move(session, change, moves, targets=targets, now=now)
        audit.record(
            "grids_redrawn",
            actor=actor,
            subject=f"grid_change:{change.id}",
            now=now,
            units=len(moves.units),
            people=len(moves.persons),
        )
        idempotency.remember(
            actor_id=actor.person_id, key=key, fingerprint=fingerprint, outcome={"change": change.id}, now=now
        )
        return change.id


def _write_sides(session: Session, change: GridChange, *, old: tuple[int, ...], new: list[int]) -> None:
    session.flush()
    for side, grid_ids in (("old", old), ("new", new)):
        session.add_all(GridChangeSide(change_id=change.id, place_id=grid_id, side=side) for grid_id in grid_ids)


def _move(session: Session, change: GridChange, moves: Moves, *, targets: list[int], now: datetime) -> None:
    for number, target in enumerate(targets):
        places.move_buildings([row for row, _, to in moves.buildings if to == number], grid_id=target)
        places.move_units([row for row, _, to in moves.units if to == number], grid_id=target)
        people.move_persons([row for row, _, to in moves.persons if to == number], grid_id=target)
    rows: list[dict[str, Cell]] = [
        {"kind": kind, "row_id": row, "from_id": old, "to_id": targets[to], "new_row_id": None, "until": None}
        for kind, moved in (("building", moves.buildings), ("unit", moves.units), ("person", moves.persons))
        for row, old, to in moved
    ]
    for role, to in moves.roles:
        place_id = None if to is None else targets[to]
        new_id = people.move_role(role.id, place_id=place_id, now=now)
        told: dict[str, Cell] = {"kind": "role", "row_id": role.id, "from_id": role.place_id, "to_id": place_id}
        rows.append(told | {"new_row_id": new_id, "until": role.until})
    if rows:
        own: dict[str, Cell] = {"community_id": current_community_id(), "change_id": change.id}
        session.execute(insert(GridChangeMove), [own | row for row in rows], execution_options={"render_nulls": True})


def undo_redraw(*, change_id: int, actor: Actor, now: datetime) -> None:
    """Put everything back as it was; the new grids close. Twice is once.

    Raises `RedrawRefused` when anything happened in the new grids since: then it would put back too much or too little.
    """
    with transaction() as session:
        in_turn(_TURN, community_id=actor.community_id)
        people.roll_in_turn()
        change = get_in_scope(GridChange, change_id, lock=True)
        if change.undone_at is not None:
            return
        moves = queries.moves_of(change_id)
        _ensure_untouched(change_id, moves, now=now)
        for old in {move.from_id for move in moves}:
            here = [move for move in moves if move.from_id == old]
            places.move_buildings([move.row_id for move in here if move.kind == "building"], grid_id=old)
            places.move_units([move.row_id for move in here if move.kind == "unit"], grid_id=old)
            people.move_persons([move.row_id for move in here if move.kind == "person"], grid_id=old)
        for move in moves:
            if move.kind == "role":
                people.unmove_role(move.row_id, new_id=move.new_row_id, until=move.until, now=now)
        for _, grid_id, side in queries.sides_of([change_id]):
            if side == "old":
                places.reopen_grid(grid_id)
            else:
                places.close_grid(grid_id, on=clock.local_date(now))
        change.undone_at, change.undone_by = now, actor.person_id
        session.flush()
        audit.record("grid_change_undone", actor=actor, subject=f"grid_change:{change_id}", now=now)


def _ensure_untouched(change_id: int, moves: list[GridChangeMove], *, now: datetime) -> None:
    """Compare what the change put into the new grids with what lies there now."""
    new = [grid_id for _, grid_id, side in queries.sides_of([change_id]) if side == "new"]
    found = {
        "building": {(row.id, grid_id) for grid_id in new for row in places.buildings_in(grid_id)},
        "unit": {(unit, grid) for unit, grid, _ in places.units_of_grids(new)},
        "person": {(person, grid) for person, grid, _ in people.persons_of_grids(new)},
        "role": {(role.id, role.place_id) for role in people.roles_at(new) if not role.is_over(now)},
    }
    put = {
        kind: {
            (move.new_row_id if kind == "role" else move.row_id, move.to_id)
            for move in moves
            if move.kind == kind and move.to_id is not None
        }
        for kind in found
    }
    if change_id != queries.newest_change() or found != put:
        raise RedrawRefused(N_("新网格里后来有了变化，撤不回来了。可以再拆一次，或者并回去"))
