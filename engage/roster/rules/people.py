"""One row of a sheet as a person: every cell read by its column, every trouble said. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from engage.roster.rules.cells import LONGEST_TEXT, Cells, Line, Person
from engage.roster.rules.days import Birth, birth_from_age, birth_of
from engage.roster.rules.doors import Doors
from engage.roster.rules.dwellings import grid_key, grid_label
from engage.roster.rules.findings import Unreadable
from engage.roster.rules.habits import habits_of
from engage.roster.rules.marks import sex_of, yes_or_no
from engage.roster.rules.names import name_of
from engage.roster.rules.phones import phone_of
from engage.roster.rules.remarks import look_over, says_only_a_name
from engage.roster.rules.rows import Row, Skipped
from engage.roster.rules.sheets import PERSONAL, Plan, under_heading
from engage.roster.rules.values import (
    Cell,
    area_of,
    is_an_error,
    is_blank,
    looks_like_a_formula,
    teams_of,
    text_of,
)
from engage.roster.rules.vocabulary import Field

_HEADS: Final = frozenset({"户主", "本人", "本户户主", "head", "householder", "self", "head of household"})
_NOBODY: Final = frozenset({"空置", "空户", "空房", "无人", "无人居住", "空挂", "未入住", "vacant", "empty"})


@dataclass(slots=True)
class Reader:
    """Reads the rows of one sheet in order. `grids` are the grids there are (key -> name); none means any."""

    cells: Cells
    doors: Doors
    today: dt.date
    grids: Mapping[str, str]

    @classmethod
    def of(cls, plan: Plan, *, today: dt.date, grids: Mapping[str, str], several_estates: bool = False) -> Reader:
        """Make ready to read a sheet of people. `several_estates`: 3栋 alone does not say which estate's."""
        cells = Cells.of(plan)
        return cls(cells, Doors(cells, habits_of(plan, several_estates=several_estates)), today, grids)

    def under(self, row: Skipped) -> None:
        """Read on below a group heading: its grid and building hold where no column says otherwise."""
        if row.why == "group":
            plan = under_heading(self.cells.plan, row.said)
            self.cells = replace(self.cells, plan=plan)
            self.doors.cells = self.cells

    def read_door(self, row: Row) -> Line:
        """Return a row of a list of homes: its door and area, and nobody."""
        line = Line(self.cells.plan.sheet.name, row.number, row.cells, vacant=True)
        grid = self.cells.attempt(line, row, Field.GRID, self._grid) or ""
        line.area = self.cells.attempt(line, row, Field.AREA, area_of)
        line.dwelling = self.doors.read(line, row, grid, head=True)
        return line

    def read(self, row: Row) -> Line:
        """Return the row as a person, or with the findings that hold it back."""
        line = Line(self.cells.plan.sheet.name, row.number, row.cells)
        look_over(self.cells, line, row)
        grid = self.cells.attempt(line, row, Field.GRID, self._grid) or ""
        line.area = self.cells.attempt(line, row, Field.AREA, area_of)
        relation = text_of(self.cells.cell(row, Field.RELATION))
        head = relation.lower() in _HEADS
        line.dwelling = self.doors.read(line, row, grid, head=head)
        if line.dwelling is not None and self._nobody(row):
            line.vacant = True
            self.cells.say(line, "unit without people", Field.ROOM)
            return line
        name = self._name(line, row)
        phone, landline = self._phones(line, row)
        birth = self._birth(line, row)
        sex = self.cells.attempt(line, row, Field.SEX, sex_of)
        volunteer, teams = self._service(line, row)
        if name is None or line.held_back:
            return line
        line.person = Person(
            sheet=line.sheet,
            row=line.row,
            name=name,
            phone=phone,
            landline=landline,
            sex=sex,
            birth=birth,
            grid=line.dwelling.grid if line.dwelling and line.dwelling.grid else grid,
            dwelling=line.dwelling,
            other_doors=tuple(door for door in self.doors.others(row, self.grids) if door != line.dwelling),
            member_no=self._member_no(row),
            head=head,
            tenure=self._tenure(row, relation),
            volunteer=volunteer,
            teams=teams,
            neighbour_lead=yes_or_no(self.cells.cell(row, Field.NEIGHBOUR_LEAD)) is True,
            grid_officer=yes_or_no(self.cells.cell(row, Field.GRID_OFFICER)) is True,
        )
        return line

    def _nobody(self, row: Row) -> bool:
        if text_of(self.cells.raw(row, Field.NAME)).lower() in _NOBODY:
            return True
        return all(is_blank(self.cells.raw(row, name)) for name in PERSONAL)

    def _name(self, line: Line, row: Row) -> str | None:
        cell = self.cells.raw(row, Field.NAME)
        if looks_like_a_formula(cell) or is_an_error(cell):
            self.cells.say(line, "name is not a name", Field.NAME, {"value": text_of(cell)[:LONGEST_TEXT]})
            return None
        before = len(line.findings)
        name = self.cells.attempt(line, row, Field.NAME, name_of)
        if name is None and len(line.findings) == before:
            self.cells.say(line, "name missing", Field.NAME)
        if name and says_only_a_name(self.cells, row):
            self.cells.say(line, "only a name", Field.NAME, {"value": name})
        return name

    def _phones(self, line: Line, row: Row) -> tuple[str | None, str | None]:
        read = [self.cells.attempt(line, row, name, phone_of) for name in (Field.PHONE, Field.PHONE_OTHER)]
        found = [phone for phone in read if phone]
        for name, phone in zip((Field.PHONE, Field.PHONE_OTHER), read, strict=True):
            if phone and phone.more:
                self.cells.say(line, "two phones in one cell", name, {"last4": phone.digits[-4:]})
            if phone and phone.whose:
                self.cells.say(line, "phone of a relative", name, {"value": phone.whose})
        mobile = next((phone.digits for phone in found if phone.mobile), None)
        return mobile, next((phone.digits for phone in found if not phone.mobile), None)

    def _birth(self, line: Line, row: Row) -> Birth | None:
        birth = self.cells.attempt(
            line, row, Field.BIRTH, lambda cell: birth_of(self._joined_birth(row, cell), today=self.today)
        )
        if birth is None and Field.AGE in self.cells.columns and is_blank(self.cells.raw(row, Field.BIRTH)):
            return self.cells.attempt(line, row, Field.AGE, lambda cell: birth_from_age(cell, today=self.today))
        return birth

    def _joined_birth(self, row: Row, year: Cell) -> Cell:
        """Three columns 年 月 日 make one date; a date in one cell stays what it is."""
        month_and_day = [self.cells.raw(row, name) for name in (Field.BIRTH_MONTH, Field.BIRTH_DAY)]
        written = [text_of(part).rstrip("月日号份") for part in month_and_day if not is_blank(part)]
        if not written or not re.fullmatch(r"\d{4}年?", text_of(year)):
            return year
        return "-".join([text_of(year).rstrip("年"), *written])

    def _member_no(self, row: Row) -> int | None:
        text = text_of(self.cells.cell(row, Field.MEMBER_NO))
        return int(text) if re.fullmatch(r"\d{1,9}", text) else None

    def _grid(self, cell: Cell) -> str | None:
        text = text_of(self.cells.plan.grid if is_blank(cell) else cell)
        if not text:
            return None
        key = grid_key(text)
        if self.grids and key not in self.grids:
            labels = list(self.grids.values())
            known = "、".join(labels) if len(labels) <= 4 else f"{labels[0]}、{labels[1]}……{labels[-1]}"
            raise Unreadable("unknown grid", value=grid_label(key), known=known)
        return key

    def _service(self, line: Line, row: Row) -> tuple[bool, tuple[str, ...]]:
        cell = self.cells.cell(row, Field.VOLUNTEER)
        said = yes_or_no(cell)
        if said is None:
            self.cells.say(line, "volunteer mark not understood", Field.VOLUNTEER, {"value": text_of(cell)})
        headings = self.cells.plan.headings
        ticked = [
            text_of(headings.printed[column])
            for column, name in enumerate(headings.fields)
            if name is Field.TEAM_TICK and yes_or_no(row.at(column))
        ]
        teams = tuple(dict.fromkeys([*(self.cells.attempt(line, row, Field.TEAM, teams_of) or ()), *ticked]))
        if said is None:
            return False, ()
        if said is False and not is_blank(cell):
            return False, teams  # in a team without being a volunteer: so the roll goes out, so it comes in
        called_one = "志愿者" in text_of(self.cells.cell(row, Field.TENURE))
        volunteer = said or self.cells.plan.all_volunteers or called_one or bool(teams)
        return volunteer, teams

    def _tenure(self, row: Row, relation: str) -> str | None:
        said = f"{text_of(self.cells.cell(row, Field.TENURE))} {relation}".lower()
        if re.search(r"租户|租客|承租|租住|tenant|renter", said):
            return "tenant"
        return "owner" if re.search(r"业主|产权人|自有|自住|owner", said) else None
