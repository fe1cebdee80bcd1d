"""What `flask roster check --json` prints. The names are a promise to programs; the words are for people."""

from __future__ import annotations

from collections import Counter
from typing import Any

from engage.roster import rules
from engage.roster.comparison import Comparison, State


def finding_as_json(finding: rules.Finding) -> dict[str, Any]:
    """Return one finding; `row` is the sheet's own row number, `earlier` only for repeated persons."""
    found: dict[str, Any] = {
        "sheet": finding.sheet,
        "row": finding.row,
        "kind": finding.kind,
        "column": finding.heading,
        "message": finding.message % finding.facts,
        "what_to_do": finding.todo % finding.facts,
    }
    if "earlier" in finding.facts:
        found["earlier"] = finding.facts["earlier"]
    return found


def as_json(reading: rules.Reading, *, community: str, comparison: Comparison | None) -> dict[str, Any]:
    """Return the counts and every finding. `comparison` is None while the community does not exist: everything is new."""
    people = reading.people
    states = Counter(entry.state for entry in comparison.entries) if comparison else Counter({State.NEW: len(people)})
    rows = Counter(line.sheet for line in reading.lines)
    return {
        "community": community,
        "sheets": [
            {
                "name": plan.sheet.name,
                "role": plan.role.value,
                "heading_rows": list(range(plan.headings.first + 1, plan.headings.last + 2)),
                "data_rows": rows.get(plan.sheet.name, 0),
                "columns": {
                    plan.headings.printed[column]: what.value
                    for column, what in enumerate(plan.headings.fields)
                    if plan.headings.printed[column]
                },
            }
            for plan in reading.plans
        ],
        "data_rows": len(reading.lines),
        "good_people": len(people),
        "new_people": states[State.NEW],
        "already_on_roll": states[State.CHANGED] + states[State.SAME],
        "changed_people": len(comparison.amended) if comparison else 0,
        "suspected_people": states[State.ASK],
        "volunteers": sum(1 for person in people if person.volunteer),
        "units": len(reading.units),
        "grids": len(reading.grids),
        "area_centi": sum(area or 0 for area in reading.units.values()),
        "by_team": dict(Counter(team for person in people for team in person.teams)),
        "with_phone": sum(1 for person in people if person.phone or person.landline),
        "total_row": reading.total_rows[-1] if reading.total_rows else None,
        "grid_officers": len({(grid.officer, grid.phone) for grid in reading.grids.values() if grid.officer})
        + sum(1 for person in people if person.grid_officer),
        "errors": [finding_as_json(finding) for finding in reading.errors],
        "warnings": [finding_as_json(finding) for finding in reading.warnings],
        "notes": [note.message % note.facts for note in reading.notes],
    }
