"""The roll as a workbook that an import reads back to the same roll: people, empty homes, grids, and who took it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext

from engage import people, places
from engage.core import clock, workbook
from engage.core.workbook import Cell, SheetOut
from engage.roster.exporting import community_name
from engage.roster.models_export import RosterExport
from engage.roster.rules import Field

#: the headings are Chinese in every language: they are what the reader knows best, and the sheet goes to offices here
_COLUMNS = {
    Field.MEMBER_NO: ("成员编号", 10),
    Field.GRID: ("网格", 14),
    Field.ADDRESS: ("住处", 22),
    Field.AREA: ("面积（平方米）", 14),
    Field.NAME: ("姓名", 12),
    Field.PHONE: ("手机", 14),
    Field.BIRTH: ("出生年份", 10),
    Field.TENURE: ("业主或租户", 12),
    Field.OTHER_DOORS: ("另外的住处", 26),
    Field.VOLUNTEER: ("是否志愿者", 12),
    Field.TEAM: ("队伍", 24),
}
_TENURE = {"owner": "业主", "tenant": "租户"}
_EMPTY_HOME = "空置"


@dataclass(frozen=True, slots=True)
class _Home:
    id: int
    label: str
    grid_id: int | None
    area_centi: int | None


def workbook_of(row: RosterExport, *, now: datetime) -> bytes:
    """Return the roll as it is now, with who took it, when and what for on every page and on a sheet of its own."""
    who = people.names_of([row.actor_id]).get(row.actor_id, "")
    when = f"{clock.local(now):%Y-%m-%d %H:%M}"
    phones = gettext("完整的手机号") if row.whole_phones else gettext("手机号遮住中间四位")
    top = gettext("%(community)s居民花名册", community=community_name())
    foot = gettext("%(who)s导出，%(when)s。用途：%(purpose)s。不要转给别人。", who=who, when=when, purpose=row.purpose)
    units = {one.id: _Home(one.id, one.label, one.grid_id, one.area_centi) for one in places.list_units()}
    grids = {grid.id: grid.name for grid in places.list_grids()}
    said: list[tuple[str, Cell]] = [
        (gettext("哪里的"), community_name()), (gettext("谁导出的"), who), (gettext("什么时候"), when),
        (gettext("做什么用"), row.purpose), (gettext("手机号"), phones), (gettext("为什么要完整的号码"), row.reason),
        (gettext("有多少人"), row.people), (gettext("看完"), gettext("用完就删掉，不要转给别人。")),
    ]  # fmt: skip
    headings, widths = zip(*_COLUMNS.values(), strict=True)
    return workbook.write(
        [
            SheetOut("花名册", headings, _rows(units, grids, whole_phones=row.whole_phones), widths),
            SheetOut("网格", ["网格", "网格员"], [[name, None] for name in grids.values()], [20, 14]),
            SheetOut(gettext("说明"), [gettext("这份表"), ""], said, [22, 60]),
        ],
        watermark=(top, foot),
    )


def _rows(units: Mapping[int, _Home], grids: Mapping[int, str], *, whole_phones: bool) -> Iterator[list[Cell]]:
    lived_in: set[int | None] = set()
    for one in people.list_roll(whole_phones=whole_phones):
        lived_in.add(one.unit_id)
        home = units.get(one.unit_id or 0)
        role = next((role for unit_id, role in one.ties if unit_id == one.unit_id), "member")
        grid = grids.get((home.grid_id if home else None) or one.grid_id or 0)
        others = [_door(units[unit_id], grids, with_grid=True) for unit_id, _ in one.ties if unit_id != one.unit_id]
        yield [
            f"{one.member_no:04d}", grid, _door(home, grids) if home else None, _area(home), one.name, one.phone or None,
            str(one.birth_year) if one.birth_year else None, _TENURE.get(role), "、".join(others) or None,
            _mark(one), "、".join(one.teams) or None,
        ]  # fmt: skip
    for unit in units.values():
        if unit.id not in lived_in:
            nobody: list[Cell] = [None] * (len(_COLUMNS) - 5)
            yield [None, grids.get(unit.grid_id or 0), _door(unit, grids), _area(unit), _EMPTY_HOME, *nobody]


def _mark(one: people.Listed) -> str | None:
    """Return the volunteer's mark. A team alone would read as a volunteer's, so who is none says so beside it."""
    return "是" if one.is_volunteer else "否" if one.teams else None


def _door(unit: _Home, grids: Mapping[int, str], *, with_grid: bool = False) -> str:
    """Return the doorplate; where two grids have the same one its label begins with the grid, which has its own column."""
    grid = grids.get(unit.grid_id or 0, "")
    plate = unit.label.removeprefix(grid) or unit.label
    return f"{grid} {plate}" if with_grid and grid else plate


def _area(unit: _Home | None) -> str | None:
    return f"{unit.area_centi // 100}.{unit.area_centi % 100:02d}" if unit and unit.area_centi else None
