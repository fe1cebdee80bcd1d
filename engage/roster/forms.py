"""What the import's forms and addresses say, parsed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext

from engage.core import web
from engage.core.errors import NotFound
from engage.roster import rules
from engage.roster.preview import PAGE, TABS
from engage.roster.rules import LABELS, Field

_LONGEST_CELL = 200


@dataclass(frozen=True, slots=True)
class ColumnsForm:
    """What each column of a sheet holds."""

    sheet: str
    fields: dict[int, Field]

    @classmethod
    def parse(cls, form: Mapping[str, str]) -> ColumnsForm:
        """Read `column-3=phone` and so on. Raises `NotFound` for a field there is not."""
        fields: dict[int, Field] = {}
        for key, value in form.items():
            if match := re.fullmatch(r"column-(\d{1,3})", key):
                if value not in set(Field):
                    raise NotFound
                fields[int(match[1])] = Field(value)
        return cls(form.get("sheet", ""), fields)


@dataclass(frozen=True, slots=True)
class CorrectionForm:
    """The cells of one row typed anew, or the wish to leave it out; and where to go back to."""

    sheet: str
    row: int
    cells: dict[int, str]
    skip: bool
    tab: str
    page: int

    @classmethod
    def parse(cls, form: Mapping[str, str]) -> CorrectionForm:
        """Read `cell-8=13800138000` and so on."""
        cells = {
            int(match[1]): value[:_LONGEST_CELL]
            for key, value in form.items()
            if (match := re.fullmatch(r"cell-(\d{1,3})", key))
        }
        return cls(
            sheet=form.get("sheet", ""),
            row=web.whole_number(form.get("row")),
            cells=cells,
            skip=form.get("act") == "skip",
            tab=form.get("tab", "fix"),
            page=web.whole_number(form.get("page", "1")),
        )


def chosen_tab(text: str | None, by_tab: Mapping[str, Sequence[rules.Line]]) -> str:
    """Return the tab asked for; without one the first that has rows."""
    if text in TABS:
        return str(text)
    return next((tab for tab in ("fix", "good", "twice") if by_tab[tab]), "all")


def page_of(text: str | None, *, rows: int) -> tuple[int, int]:
    """Return the page asked for (kept within bounds) and how many there are."""
    pages = max(1, -(-rows // PAGE))
    number = int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else 1
    return min(max(number, 1), pages), pages


def blank_headings() -> list[str]:
    """Return the headings of an empty roster."""
    wanted = (
        Field.GRID, Field.BUILDING, Field.ENTRANCE, Field.ROOM, Field.NAME, Field.BIRTH, Field.PHONE,
        Field.RELATION, Field.TENURE, Field.AREA, Field.VOLUNTEER, Field.TEAM,
    )  # fmt: skip
    return [str(gettext(LABELS[name])) for name in wanted]
