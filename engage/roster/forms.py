"""What the import's forms and addresses say, parsed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

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
    """The cells of one row typed anew."""

    sheet: str
    row: int
    cells: dict[int, str]
    #: the column that is to change in every row that says the same
    alike: int | None

    @classmethod
    def parse(cls, form: Mapping[str, str]) -> CorrectionForm:
        """Read `cell-8=13800138000` and so on; `alike=8` stands for all rows with the same in that column."""
        cells = {
            int(match[1]): value[:_LONGEST_CELL]
            for key, value in form.items()
            if (match := re.fullmatch(r"cell-(\d{1,3})", key))
        }
        return cls(
            sheet=form.get("sheet", ""),
            row=web.whole_number(form.get("row")),
            cells=cells,
            alike=web.whole_number(form["alike"]) if "alike" in form else None,
        )


@dataclass(frozen=True, slots=True)
class ChoiceForm:
    """What one row, the ticked rows or every row of a tab are to become. `same_as` is a person on the roll."""

    act: str
    rows: list[str]
    same_as: int | None
    whole_tab: bool

    @classmethod
    def parse(cls, form: MultiDict[str, str]) -> ChoiceForm:
        """Read `one=same:12:7|名单` (a row's own button) or `act=leave` with `row=7|名单` ... Raises `NotFound`."""
        act, same_as, rows = form.get("act", ""), None, form.getlist("row")
        if one := form.get("one"):
            act, number, key = (*one.split(":", 2), "", "")[:3]
            same_as, rows = int(number) if number.isascii() and number.isdigit() else None, [key]
        whole = act.endswith("-all")
        act = act.removesuffix("-all")
        if act not in rules.ACTS or (same_as is not None and same_as >= 2**31):
            raise NotFound
        return cls(act, rows, same_as, whole and not form.get("one"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is in the preview: tab, page and search. Kept through every form of the page."""

    tab: str
    page: str
    q: str

    @classmethod
    def parse(cls, values: Mapping[str, str]) -> Place:
        """Read it from an address or a form."""
        return cls(values.get("tab", ""), values.get("page", "1"), values.get("q", "").strip()[:60])

    def address(self, batch_id: int) -> str:
        """Return the page's address."""
        page = self.page if self.page != "1" else None
        return web.url_for("roster.show", batch_id=batch_id, tab=self.tab or None, page=page, q=self.q or None)


def chosen_tab(text: str | None, by_tab: Mapping[str, Sequence[rules.Line]]) -> str:
    """Return the tab asked for; without one the first that has rows."""
    if text in TABS:
        return str(text)
    return next((tab for tab in ("fix", "ask", "new", "changed", "same") if by_tab[tab]), "all")


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
