"""What a new cut of the grids would move: worked out once for the preview and once more inside the command."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from engage import people, places
from engage.core.errors import N_, NotFound
from engage.people import PlaceRole
from engage.territory import rules
from engage.territory.rules import Redraw, RedrawRefused


@dataclass(frozen=True, kw_only=True)
class Moves:
    """Everything that moves, as (row, old grid, number of the new grid); roles as (role, number or None)."""

    buildings: list[tuple[int, int, int]]
    units: list[tuple[int, int, int]]
    persons: list[tuple[int, int, int]]
    roles: list[tuple[PlaceRole, int | None]]

    @property
    def mark(self) -> str:
        """Return a short text that changes when what would move changes: what was confirmed is what is done."""
        parts = (self.buildings, self.units, self.persons, [(role.id, to) for role, to in self.roles])
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]

    def count(self, kind: str, target: int) -> int:
        """Return how many buildings, units or persons go to one of the new grids."""
        return sum(1 for _, _, to in getattr(self, kind) if to == target)


def work_out(plan: Redraw, *, now: datetime) -> Moves:
    """Return what the plan moves. Raises `RedrawRefused`, `NotFound` for a grid that is closed or not one."""
    grids = {grid.id: grid.name for grid in places.list_grids()}
    if not set(plan.sources) <= set(grids):
        raise NotFound
    buildings = [(row.id, grid_id) for grid_id in sorted(set(plan.sources)) for row in places.buildings_in(grid_id)]
    rules.ensure_redraw(plan, open_names=grids, buildings=[building for building, _ in buildings])
    units = places.units_of_grids(plan.sources)
    goes_to = {unit: plan.target_of(building) for unit, _, building in units}
    serving = [role for role in people.roles_at(plan.sources) if not role.is_over(now)]
    if missing := [role.name for role in serving if role.id not in plan.roles]:
        raise RedrawRefused(N_("%(name)s的职务跟到哪里，选一个"), field="role", name=missing[0])
    return Moves(
        buildings=[(building, grid, plan.target_of(building)) for building, grid in buildings],
        units=[(unit, grid, goes_to[unit]) for unit, grid, _ in units],
        persons=[
            (person, grid, goes_to.get(unit, plan.rest) if unit is not None else plan.rest)
            for person, grid, unit in people.persons_of_grids(plan.sources)
        ],
        roles=[(role, plan.roles[role.id]) for role in serving],
    )
