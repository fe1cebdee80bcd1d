"""A whole workbook read: who is new, who is there twice, which doors and grids there are. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from engage.core.errors import N_
from engage.roster.rules.cells import Cells, Line, Person
from engage.roster.rules.dwellings import Dwelling, grid_key, grid_label
from engage.roster.rules.findings import Finding
from engage.roster.rules.grids import Grid, read_grids
from engage.roster.rules.habits import names_several_estates
from engage.roster.rules.owners import is_about_another
from engage.roster.rules.people import Reader
from engage.roster.rules.repeats import Seen
from engage.roster.rules.rows import Row, rows_of
from engage.roster.rules.sheets import Chosen, Plan, RawSheet, Role, plan_sheets
from engage.roster.rules.vocabulary import Field

FEW: Final = 3
MANY: Final = 10


@dataclass(frozen=True, slots=True)
class Note:
    """Something about a whole sheet, in words (a gettext id and its facts)."""

    sheet: str
    message: str
    facts: dict[str, object]


@dataclass(slots=True)
class Reading:
    """What a workbook says. `lines` are its rows in order; `units` the doors with areas in 0.01 m² (None: unknown)."""

    plans: list[Plan]
    lines: list[Line] = field(default_factory=list)
    units: dict[Dwelling, int | None] = field(default_factory=dict)
    grids: dict[str, Grid] = field(default_factory=dict)
    total_rows: list[int] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    sheet_findings: list[Finding] = field(default_factory=list)
    #: rows of the sheets that list homes only
    door_lines: list[Line] = field(default_factory=list)

    @property
    def people(self) -> list[Person]:
        """Return everybody who can be imported, each once, in the order of the rows."""
        return [line.person for line in self.lines if line.person and line.repeats is None]

    @property
    def errors(self) -> list[Finding]:
        """Return what holds rows back, in the order of the sheets."""
        return [finding for finding in self._findings() if finding.severity == "error"]

    @property
    def warnings(self) -> list[Finding]:
        """Return what should be looked at, in the order of the sheets."""
        return [finding for finding in self._findings() if finding.severity == "warning"]

    def _findings(self) -> list[Finding]:
        return [*self.sheet_findings, *(finding for line in self.lines for finding in line.findings)]


def read_workbook(
    sheets: Sequence[RawSheet],
    *,
    today: dt.date,
    known_grids: Sequence[str] = (),
    chosen: Chosen | None = None,
) -> Reading:
    """Read every sheet of people. Nothing is written anywhere; the caller decides.

    `known_grids` are names of grids the community already has. A grid is unknown when the workbook
    lists its grids on a sheet of their own (or the community has some) and it is not among them.
    `today` is the day in the community's time zone: nobody is born after it.
    """
    reading = Reading(plan_sheets(sheets, chosen))
    reading.grids = {grid_key(label): Grid(grid_key(label), label) for label in known_grids}
    for plan in reading.plans:
        if plan.role is Role.GRIDS:
            grids, findings = read_grids(plan)
            reading.grids |= {grid.key: grid for grid in grids}
            reading.sheet_findings.extend(findings)
        _note(reading, plan)
    known = {key: grid.label for key, grid in reading.grids.items()}
    seen, estates = Seen(), names_several_estates(reading.plans)
    for plan in reading.plans:
        reader = Reader.of(plan, today=today, grids=known, several_estates=estates)
        if plan.role is Role.PEOPLE:
            _read_people(reading, reader, seen=seen)
        elif plan.role is Role.DOORS:
            _read_doors(reading, reader)
    _take_grids_from_buildings(reading)
    _point_out_rooms_of_no_building(reading)
    _count_units(reading)
    _collect_grids(reading)
    if not known:
        _point_out_lonely_grids(reading)
    return reading


def _note(reading: Reading, plan: Plan) -> None:
    name = plan.sheet.name
    if plan.role is Role.OTHER:
        reading.notes.append(Note(name, N_("“%(sheet)s”这张表没有读：不是花名册，或者整张是隐藏的。"), {"sheet": name}))
    if plan.role is not Role.PEOPLE:
        return
    if plan.sheet.hidden_rows:
        message = N_("“%(sheet)s”里筛掉、藏起来的%(rows)s行也读了。不要的，就在下面选“不导入”。")
        reading.notes.append(Note(name, message, {"sheet": name, "rows": plan.sheet.hidden_rows}))
    for column, what in enumerate(plan.headings.fields):
        facts: dict[str, object] = {"sheet": name, "heading": plan.headings.printed[column]}
        if what is Field.ID_NUMBER:
            reading.notes.append(Note(name, N_("“%(heading)s”这一列没有读，也不会存。登记不需要证件号。"), facts))
        elif what is Field.IGNORED and is_about_another(plan.headings.printed[column], plan.headings.above[column]):
            reading.notes.append(
                Note(name, N_("“%(heading)s”这一列没有读：一行只登记一个人，这像是另一个人的。"), facts)
            )
        elif column in plan.sheet.hidden_columns and what is not Field.IGNORED:
            reading.notes.append(Note(name, N_("“%(heading)s”这一列在表里是隐藏的，也读了。"), facts))


def _read_people(reading: Reading, reader: Reader, *, seen: Seen) -> None:
    for row in rows_of(reader.cells.plan):
        if isinstance(row, Row):
            line = reader.read(row)
            reading.lines.append(line)
            if line.person:
                seen.look(line, line.person)
        elif row.why == "total":
            reading.total_rows.append(row.number)
        else:
            reader.under(row)


def _read_doors(reading: Reading, reader: Reader) -> None:
    for row in rows_of(reader.cells.plan):
        if isinstance(row, Row):
            line = reader.read_door(row)
            reading.door_lines.append(line)
            reading.sheet_findings.extend(line.findings)
        else:
            reader.under(row)


def _good(reading: Reading) -> list[Line]:
    return [
        line for line in (*reading.door_lines, *reading.lines) if line.person or (line.vacant and not line.held_back)
    ]


def _take_grids_from_buildings(reading: Reading) -> None:
    """Give a door without a grid the one grid that door, or its building, has elsewhere in the workbook."""
    grids_of: defaultdict[str | Dwelling, set[str]] = defaultdict(set)
    for line in _good(reading):
        if line.dwelling and line.dwelling.grid:
            grids_of[line.dwelling.building].add(line.dwelling.grid)
            grids_of[replace(line.dwelling, grid="")].add(line.dwelling.grid)

    def placed(door: Dwelling) -> Dwelling:
        grids = grids_of.get(door) or grids_of.get(door.building) or set()
        return door if door.grid or len(grids) != 1 else replace(door, grid=min(grids))

    for line in _good(reading):
        if line.dwelling and (door := placed(line.dwelling)) != line.dwelling:
            if line.person and line.person.dwelling == line.dwelling:
                line.person = replace(line.person, grid=door.grid, dwelling=door)
            line.dwelling = door
        if line.person and line.person.other_doors:
            line.person = replace(line.person, other_doors=tuple(map(placed, line.person.other_doors)))


def _point_out_rooms_of_no_building(reading: Reading) -> None:
    """Say which sheets give rooms alone: of two buildings each has a 101, and they would be one home."""
    bare = Counter(line.sheet for line in _good(reading) if line.dwelling and not line.dwelling.building)
    for sheet, rows in bare.items():
        message = N_(
            "“%(sheet)s”有%(rows)s行只写了房号，没写哪栋。不止一栋楼，就加一列楼栋再传，不然几栋的101会当成一户。"
        )
        reading.notes.append(Note(sheet, message, {"sheet": sheet, "rows": rows}))


def _count_units(reading: Reading) -> None:
    """Count each door once; an area written on several rows of a door is one area."""
    columns = {plan.sheet.name: Cells.of(plan) for plan in reading.plans if plan.role in (Role.PEOPLE, Role.DOORS)}
    for line in _good(reading):
        if line.dwelling is None:
            continue
        known = reading.units.get(line.dwelling)
        if known is not None and line.area is not None and known != line.area:
            facts: dict[str, object] = {"earlier_area": f"{known / 100:g}", "value": f"{line.area / 100:g}"}
            columns[line.sheet].say(line, "two areas for one unit", Field.AREA, facts)
        reading.units[line.dwelling] = known if known is not None else line.area
    for person in reading.people:
        for door in person.other_doors:
            reading.units.setdefault(door, None)


def _collect_grids(reading: Reading) -> None:
    for line in _good(reading):
        key = (line.dwelling.grid if line.dwelling else "") or (line.person.grid if line.person else "")
        if key:
            reading.grids.setdefault(key, Grid(key, grid_label(key)))


def _point_out_lonely_grids(reading: Reading) -> None:
    """Where nothing lists the grids, one row alone in a grid beside big ones is probably a slip of the pen."""
    people = [line for line in reading.lines if line.person and line.repeats is None and line.person.grid]
    count = Counter(line.person.grid for line in people if line.person)
    if sum(1 for number in count.values() if number >= MANY) < FEW:
        return
    columns = {plan.sheet.name: Cells.of(plan) for plan in reading.plans if plan.role is Role.PEOPLE}
    for line in people:
        if line.person and count[line.person.grid] == 1:
            facts: dict[str, object] = {"value": reading.grids[line.person.grid].label}
            columns[line.sheet].say(line, "grid seen only once", Field.GRID, facts)
