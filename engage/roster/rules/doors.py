"""Which door a row belongs to, from whatever columns say so. Pure."""

from __future__ import annotations

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
    room_key,
    split_address,
    split_room,
)
from engage.roster.rules.rows import Row
from engage.roster.rules.values import ID_MARK, is_blank, text_of
from engage.roster.rules.vocabulary import Field

LONGEST_ROOM: Final = 20
LONGEST_LIST: Final = 400
_COLUMNS: Final = (Field.BUILDING, Field.ENTRANCE, Field.ROOM, Field.ADDRESS)


@dataclass(slots=True)
class Doors:
    """Reads the door of each row in order; remembers the last one, for rows that leave it blank."""

    cells: Cells
    last: tuple[str, str, str, str] = ("", "", "", "")

    def read(self, line: Line, row: Row, grid: str, *, head: bool) -> Dwelling | None:
        """Return the door, or None when the row names none (a finding when it names one nobody can read)."""
        columns = self.cells.columns
        if Field.ROOM not in columns and Field.ADDRESS not in columns and not self._whole_in_building(row):
            return None
        texts = {name: self._text(row, name) for name in _COLUMNS}
        if ID_MARK in texts.values():
            self.cells.say(line, "id number in this column", next(name for name in _COLUMNS if texts[name] == ID_MARK))
            return None
        if not any(texts.values()):
            # Members of a household under its head often leave the door blank, or it was one merged cell.
            same_door = not head and Field.RELATION in columns and self.last[3]
            return Dwelling(grid or self.last[0], *self.last[1:]) if same_door else None
        door = _parts(texts)
        if door is None:
            name = next(name for name in (Field.ADDRESS, Field.ROOM, Field.BUILDING, Field.ENTRANCE) if texts[name])
            self.cells.say(line, "address not understood", name, {"value": texts[name]})
            return None
        return self._placed(grid, *door)

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

    def _placed(self, grid: str, building: str, entrance: str, room: str) -> Dwelling:
        if not building and Field.BUILDING in self.cells.columns:  # only the first row of a building names it
            building, entrance = self.last[1], entrance or self.last[2]
        if not building and self.cells.plan.building:
            building = building_key(self.cells.plan.building)
        if not grid and building == self.last[1]:
            grid = self.last[0]
        self.last = (grid, building, entrance, room)
        return Dwelling(grid, building, entrance, room)

    def _text(self, row: Row, name: Field, at_most: int = LONGEST_TEXT) -> str:
        text = text_of(self.cells.cell(row, name))
        # No door has so long a name, and reading one takes the square of its length.
        return "" if is_blank(text) else text[:at_most]

    def _whole_in_building(self, row: Row) -> bool:
        return split_address(self._text(row, Field.BUILDING)) is not None


def _parts(texts: Mapping[Field, str]) -> tuple[str, str, str] | None:
    building, entrance, room = texts[Field.BUILDING], texts[Field.ENTRANCE], texts[Field.ROOM]
    if not room:
        return _from_address(texts[Field.ADDRESS], building=building, entrance=entrance)
    if len(room) > LONGEST_ROOM or (not re.search(r"[0-9A-Za-z]", room) and len(room) > 4):
        return None
    if re.search(r"[栋幢座#]|号楼", room):
        return split_address(room)
    if both := split_address(f"{building}0") if "单元" in building else None:
        return both[0], both[1], room_key(room)
    own_entrance, own_room = (None if entrance else split_room(room)) or (None, None)
    return (
        building_key(building) if building else "",
        own_entrance or (entrance_key(entrance) if entrance else ""),
        own_room or room_key(room),
    )


def _from_address(address: str, *, building: str, entrance: str) -> tuple[str, str, str] | None:
    if whole := split_address(address or f"{building}{entrance}"):
        return whole
    if address and building:
        return split_address(f"{building}栋{address}" if building.isdigit() else f"{building}{address}")
    part = split_room(address) if address else None
    return ("", *part) if part else None
