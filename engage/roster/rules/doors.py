"""Which door a row belongs to, from whatever columns say so. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from engage.roster.rules.cells import LONGEST_TEXT, Cells, Line
from engage.roster.rules.dwellings import (
    Dwelling,
    building_key,
    entrance_key,
    grid_key,
    is_a_date,
    room_key,
    split_address,
    split_room,
    without_lead,
)
from engage.roster.rules.habits import Habits
from engage.roster.rules.rows import Row
from engage.roster.rules.values import ID_MARK, is_an_error, is_blank, text_of
from engage.roster.rules.vocabulary import Field

LONGEST_ROOM: Final = 20
LONGEST_LIST: Final = 400
_COLUMNS: Final = (Field.BUILDING, Field.ENTRANCE, Field.ROOM, Field.ADDRESS)
Texts = Mapping[Field, str]
Parts = tuple[str, str, str]


@dataclass(slots=True)
class Doors:
    """Reads the door of each row in order; remembers the last one, for rows that leave it blank."""

    cells: Cells
    habits: Habits
    last: tuple[str, str, str, str] = ("", "", "", "")
    estate: str = ""

    def read(self, line: Line, row: Row, grid: str, *, head: bool) -> Dwelling | None:
        """Return the door, or None when the row names none (a finding when it names one nobody can read)."""
        columns = self.cells.columns
        if Field.ROOM not in columns and Field.ADDRESS not in columns and not self._whole_in_building(row):
            return None
        texts = {name: self._text(row, name) for name in _COLUMNS}
        if self._is_spoilt(line, row, texts):
            return None
        if not any(texts.values()):
            return self._same_as_above(line, row, grid, head=head)
        door = self._parts(texts)
        if door is None:
            name = next(name for name in (Field.ADDRESS, Field.ROOM, Field.BUILDING, Field.ENTRANCE) if texts[name])
            self.cells.say(line, "address not understood", name, {"value": texts[name]})
            return None
        return self._placed(grid, *door, estate=self._estate(row))

    def _is_spoilt(self, line: Line, row: Row, texts: Texts) -> bool:
        """Tell, and say, that a cell holds an id number, a date, or a formula that failed."""
        for name, text in texts.items():
            if text == ID_MARK:
                self.cells.say(line, "id number in this column", name)
            elif isinstance(self.cells.cell(row, name), dt.date) or is_a_date(text):
                self.cells.say(line, "door turned into a date", name, {"value": text})
            elif not is_an_error(self.cells.raw(row, name)):
                continue
            return True
        return False

    def _same_as_above(self, line: Line, row: Row, grid: str, *, head: bool) -> Dwelling | None:
        """Members of a household under its head often leave the door blank, or it was one merged cell."""
        is_member = not is_blank(self.cells.raw(row, Field.RELATION)) and not head
        if is_member and self.last[3]:
            return Dwelling(grid or self.last[0], *self.last[1:])
        if self.last[3]:
            where = next(name for name in (Field.ROOM, Field.ADDRESS, Field.BUILDING) if name in self.cells.columns)
            self.cells.say(line, "no door beside others", where)
        return None

    def others(self, row: Row, grids: Mapping[str, str]) -> tuple[Dwelling, ...]:
        """Return further doors of the same person; each text may begin with its grid: `第2网格 3栋1单元501`."""
        texts = re.split(r"[、,，;；\n]", self._text(row, Field.OTHER_DOORS, at_most=LONGEST_LIST))
        found = []
        for text in texts:
            grid, _, address = text.strip().rpartition(" ")
            if door := split_address((address if grid else text).strip()[:LONGEST_TEXT]):
                key = grid_key(grid.strip()) if grid else ""
                found.append(Dwelling(key if key in grids or not grids else "", *door))
        return tuple(dict.fromkeys(found))

    def _placed(self, grid: str, building: str, entrance: str, room: str, *, estate: str) -> Dwelling:
        plan = self.cells.plan
        if not building and Field.BUILDING in self.cells.columns:  # only the first row of a building names it
            building, entrance = self.last[1], entrance or self.last[2]
        else:
            if not building and plan.building:
                building = building_key(plan.building)
            if not entrance and plan.entrance and Field.ENTRANCE not in self.cells.columns:
                entrance = entrance_key(plan.entrance)
            if building and estate and estate not in building:
                building = f"{estate}{building}"
        if not grid and building == self.last[1]:
            grid = self.last[0]
        self.last = (grid, building, entrance, room)
        return Dwelling(grid, building, entrance, room)

    def _estate(self, row: Row) -> str:
        """Return the estate where the workbook names several; a blank one is the one above."""
        if not self.habits.several_estates:
            return ""
        text = text_of(self.cells.cell(row, Field.ESTATE))
        if not is_blank(text) and text != ID_MARK:
            self.estate = re.sub(r"(?<=.{2})小区$", "", text[:LONGEST_ROOM])
        return self.estate

    def _text(self, row: Row, name: Field, at_most: int = LONGEST_TEXT) -> str:
        text = text_of(self.cells.cell(row, name))
        if name is Field.ADDRESS:
            text = without_lead(text, also=self.habits.lead)
        # No door has so long a name, and reading one takes the square of its length.
        return "" if is_blank(text) else text[:at_most]

    def _whole_in_building(self, row: Row) -> bool:
        return split_address(self._text(row, Field.BUILDING)) is not None

    def _parts(self, texts: Texts) -> Parts | None:
        building, entrance, room = texts[Field.BUILDING], texts[Field.ENTRANCE], texts[Field.ROOM]
        if not entrance and (both := re.fullmatch(r"(\d{1,3})\s*[-#]\s*(\d{1,2})", building)):
            building, entrance = both[1], both[2]
        if not room:
            return self._from_address(texts[Field.ADDRESS], building=building, entrance=entrance)
        if len(room) > LONGEST_ROOM or (not re.search(r"[0-9A-Za-z]", room) and len(room) > 4):
            return None
        whole = split_address(room)
        named = bool(building) or Field.BUILDING in self.cells.columns
        if whole and (re.search(r"[栋幢座#]|号楼", room) or whole[1] or not (named or self.cells.plan.building)):
            return whole if not building or building_key(building) == whole[0] else None
        if not building and texts[Field.ADDRESS]:
            return split_address(texts[Field.ADDRESS]) or split_address(f"{texts[Field.ADDRESS]}{room}")
        if both_in_one := split_address(f"{building}0") if "单元" in building else None:
            return both_in_one[0], both_in_one[1], room_key(room)
        own_entrance, own_room = (None if entrance else self._two_parts(room)) or (None, None)
        return (
            building_key(building) if building else "",
            own_entrance or (entrance_key(entrance) if entrance else ""),
            own_room or room_key(room),
        )

    def _two_parts(self, text: str) -> tuple[str, str] | None:
        """Return entrance and room of 2-501; on the sheet of building 3, where all say 3-501, the 3 is the building."""
        found = split_room(text)
        return ("", found[1]) if found and "-" in text and found[0] == self.habits.building_in_front else found

    def _from_address(self, address: str, *, building: str, entrance: str) -> Parts | None:
        known = building or self.cells.plan.building
        if known and not entrance and re.fullmatch(r"\d{1,2}\s*-\s*\d{3,5}(室|号)?", address):
            return (building_key(known), *(self._two_parts(address) or ("", room_key(address))))
        if whole := split_address(address or f"{building}{entrance}"):
            return whole
        if address and building:
            return split_address(f"{building}栋{address}" if building.isdigit() else f"{building}{address}")
        part = split_room(address) if address else None
        if part is None and known and re.fullmatch(r"\d{3,5}室?", address):
            return building_key(known), entrance_key(entrance) if entrance else "", room_key(address)
        return ("", *part) if part else None
