"""A batch as the secretary looks at it: rows sorted into tabs, cells in the columns of the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flask_babel import gettext

from engage.core.errors import N_
from engage.core.i18n import language
from engage.core.workbook import Cell
from engage.roster import rules
from engage.roster.comparison import Comparison, Entry, masked
from engage.roster.rules import Fact, Field

PAGE: Final = 50
TABS: Final = ("fix", "ask", "new", "changed", "same", "left", "look", "all")
#: the page's columns and the sheet's columns each of them speaks for
COLUMNS: Final[tuple[tuple[Field, tuple[Field, ...]], ...]] = (
    (Field.NAME, (Field.NAME,)),
    (Field.PHONE, (Field.PHONE, Field.PHONE_OTHER)),
    (Field.GRID, (Field.GRID,)),
    (Field.ADDRESS, (Field.ADDRESS, Field.BUILDING, Field.ENTRANCE, Field.ROOM, Field.AREA)),
    (Field.BIRTH, (Field.BIRTH, Field.BIRTH_MONTH, Field.BIRTH_DAY, Field.AGE)),
    (Field.TEAM, (Field.TEAM, Field.VOLUNTEER, Field.TEAM_TICK)),
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """One finding in words, with the cell it is about: `typed` is what stands there now."""

    severity: str
    text: str
    heading: str
    column: int | None
    typed: str
    #: how many rows have the same trouble with the same words, this one included; they can be put right together
    alike: int = 1


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row of the preview. `cells` are parallel to COLUMNS: a text, and the troubles of that column."""

    sheet: str
    number: int
    key: str
    state: str
    cells: list[tuple[str, list[Trouble]]]
    others: list[Trouble]
    #: the person beside the roll; None for a row that is no person of its own
    entry: Entry | None


#: what a change is called
FACTS: Final = {
    Fact.PHONE: N_("手机"),
    Fact.HOME: N_("住处"),
    Fact.DOOR: N_("另一处房子"),
    Fact.GRID: N_("网格"),
    Fact.BIRTH: N_("出生年"),
    Fact.VOLUNTEER: N_("志愿者"),
    Fact.TEAM: N_("队伍"),
}


def words(finding: rules.Finding) -> str:
    """Return what is wrong and what to do, in the reader's language."""
    facts = {name: gettext(value) if name == "why" else value for name, value in finding.facts.items()}
    between = " " if language() == "en" else ""
    return between.join((str(gettext(finding.message, **facts)), str(gettext(finding.todo, **facts))))


def states(comparison: Comparison) -> dict[str, list[rules.Line]]:
    """Return the rows of every tab, by state; a row with a warning is also among those to look at."""
    found: dict[str, list[rules.Line]] = {tab: [] for tab in TABS}
    for line in comparison.reading.lines:
        found["all"].append(line)
        found[comparison.state_of(line).value].append(line)
        entry = comparison.by_row.get((line.sheet, line.row))
        if not line.held_back and (line.findings or (entry and entry.renamed)):
            found["look"].append(line)
    return found


def searched(lines: Sequence[rules.Line], q: str, *, comparison: Comparison) -> Sequence[rules.Line]:
    """Return the rows in which every word of `q` stands: in the name, the door, the phone or any cell as typed."""
    wanted = q.casefold().split()
    return [line for line in lines if _has(line, wanted, comparison)] if wanted else lines


def _has(line: rules.Line, wanted: Sequence[str], comparison: Comparison) -> bool:
    person = line.person
    said = [cell_text(line.cells, number) for number in range(len(line.cells))]
    said += (
        [person.name, person.phone or "", comparison.labels.get(person.dwelling, "") if person.dwelling else ""]
        if person
        else []
    )
    text = " ".join(said).casefold()
    return all(word in text for word in wanted)


def shown(lines: Sequence[rules.Line], *, comparison: Comparison) -> list[ShownRow]:
    """Return rows as the page shows them."""
    plans = {plan.sheet.name: plan for plan in comparison.reading.plans}
    alike = Counter(_said(finding, line) for line in comparison.reading.lines for finding in line.findings)
    return [_shown(line, plan=plans[line.sheet], alike=alike, comparison=comparison) for line in lines]


def _said(finding: rules.Finding, line: rules.Line) -> tuple[str, int | None, str] | None:
    # Only a grid: two people with the same wrong phone number do not get the same right one.
    same_for_all = finding.template == "unknown grid"
    return (finding.sheet, finding.column, cell_text(line.cells, finding.column)) if same_for_all else None


def _shown(
    line: rules.Line,
    *,
    plan: rules.Plan,
    alike: Mapping[tuple[str, int | None, str] | None, int],
    comparison: Comparison,
) -> ShownRow:
    fields = plan.headings.fields
    troubles: dict[Field, list[Trouble]] = {name: [] for name, _ in COLUMNS}
    others: list[Trouble] = []
    for finding in line.findings:
        what = fields[finding.column] if finding.column is not None and finding.column < len(fields) else None
        place = next((name for name, spoken_for in COLUMNS if what in spoken_for), None)
        (others if place is None else troubles[place]).append(_trouble(finding, line, alike))
    texts = _texts(line, fields=fields, comparison=comparison)
    cells = [(texts[name], troubles[name]) for name, _ in COLUMNS]
    return ShownRow(
        line.sheet,
        line.row,
        rules.row_key(line.sheet, line.row),
        comparison.state_of(line).value,
        cells,
        others,
        comparison.by_row.get((line.sheet, line.row)),
    )


def _trouble(
    finding: rules.Finding, line: rules.Line, alike: Mapping[tuple[str, int | None, str] | None, int]
) -> Trouble:
    typed, said = cell_text(line.cells, finding.column), _said(finding, line)
    return Trouble(
        finding.severity, words(finding), finding.heading, finding.column, typed, alike[said] if said and typed else 1
    )


def cell_text(cells: Sequence[Cell], column: int | None) -> str:
    """Return a cell as it was typed."""
    cell = cells[column] if column is not None and column < len(cells) else None
    return "" if cell is None else str(cell)


def _texts(line: rules.Line, *, fields: Sequence[Field], comparison: Comparison) -> dict[Field, str]:
    typed = {
        name: " ".join(filter(None, (cell_text(line.cells, c) for c, f in enumerate(fields) if f in spoken_for)))
        for name, spoken_for in COLUMNS
    }
    team = fields.index(Field.TEAM) if Field.TEAM in fields else None
    typed[Field.TEAM] = cell_text(line.cells, team)
    if line.person:
        typed[Field.PHONE] = masked(line.person.phone or line.person.landline)
        typed |= {Field.NAME: line.person.name, Field.BIRTH: str(line.person.birth or "")}
        typed[Field.TEAM] = "、".join(line.person.teams) or (gettext("志愿者") if line.person.volunteer else "")
    if line.dwelling:
        label = comparison.labels.get(line.dwelling)
        typed[Field.ADDRESS] = label or rules.door_label(line.dwelling)
        grid = comparison.reading.grids.get(line.dwelling.grid)
        typed[Field.GRID] = grid.label if grid else typed[Field.GRID]
    return typed
