"""How a sheet as a whole writes its doors: what is the same in every row says nothing, and is left aside. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from engage.roster.rules.dwellings import building_key, lead_of
from engage.roster.rules.sheets import Plan
from engage.roster.rules.values import text_of
from engage.roster.rules.vocabulary import Field


@dataclass(frozen=True, slots=True)
class Habits:
    """What is true of the whole sheet.

    `lead`: the place every address begins with (龙马社区). `building_in_front`: all rooms of the sheet begin with its own
    building, so 3-501 is no entrance 3. `several_estates`: the workbook names more than one.
    """

    lead: str = ""
    building_in_front: str = ""
    several_estates: bool = False


def habits_of(plan: Plan, *, several_estates: bool) -> Habits:
    """Look through the columns of doors once."""
    leads = {lead_of(text) for text in _texts(plan, Field.ADDRESS)} - {""}
    fronts = {
        match[1].lstrip("0")
        for name in (Field.ROOM, Field.ADDRESS)
        for text in _texts(plan, name)
        if (match := re.match(r"(\d{1,2})\s*-\s*\d{3,5}(?:\D|$)", text))
    }
    building = building_key(plan.building) if plan.building else ""
    return Habits(
        lead=min(leads) if len(leads) == 1 else "",
        building_in_front=building if fronts == {building} else "",
        several_estates=several_estates,
    )


def names_several_estates(plans: Iterable[Plan]) -> bool:
    """Tell whether a workbook has more than one estate in its column of estates."""
    return len({re.sub(r"小区$", "", text) for plan in plans for text in _texts(plan, Field.ESTATE)}) > 1


def _texts(plan: Plan, name: Field) -> Iterable[str]:
    column = plan.headings.column(name)
    if column is None:
        return
    for row in plan.sheet.rows[plan.headings.last + 1 :]:
        if column < len(row) and (text := text_of(row[column])):
            yield text
