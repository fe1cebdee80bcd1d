"""What somebody decided about a row: leave it out, who it is, whether it may replace what the roll says. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

from engage.core.errors import N_, DomainError

#: what a button of a row says
ACTS: Final = ("leave", "take", "other", "same", "ask", "replace", "keep")


@dataclass(frozen=True, slots=True)
class Choice:
    """One row's decisions. Nothing decided: the row is taken, adds what the roll lacks and replaces nothing."""

    leave: bool = False
    #: the person the row is suspected to be is somebody else
    other: bool = False
    #: the id of the person on the roll this row is about
    same_as: int | None = None
    #: where roll and row differ, the row is right
    replace: bool = False

    @classmethod
    def parse(cls, text: str) -> Choice:
        """Read what `str` wrote; words nobody knows are passed over."""
        words = text.split()
        same = next((match[1] for word in words if (match := re.fullmatch(r"same:(\d{1,10})", word))), None)
        return cls("leave" in words, "other" in words, int(same) if same else None, "replace" in words)

    def __str__(self) -> str:
        """Return the words that are stored, e.g. `same:12 replace`."""
        words = [name for name in ("leave", "other", "replace") if getattr(self, name)]
        return " ".join([*words, *([f"same:{self.same_as}"] if self.same_as else [])])

    def after(self, act: str, *, same_as: int | None = None, candidates: Collection[int] = ()) -> Choice:
        """Return the choice after one more decision. Raises `DomainError` for a person nobody suspected."""
        if act == "same":
            if same_as not in candidates:
                raise DomainError(N_("册上的人刚才变了。请再看一遍，再选。"))
            return replace(self, same_as=same_as, other=False, leave=False)
        changed: dict[str, Choice] = {
            "leave": replace(self, leave=True),
            "take": replace(self, leave=False),
            "other": replace(self, other=True, same_as=None, leave=False),
            "ask": replace(self, other=False, same_as=None),
            "replace": replace(self, replace=True, leave=False),
            "keep": replace(self, replace=False),
        }
        return changed[act]


def row_key(sheet: str, row: int) -> str:
    """Return the name a row's choice is kept under."""
    return f"{row}|{sheet}"


def parsed(choices: dict[str, str] | None) -> dict[str, Choice]:
    """Return the choices of a batch by row."""
    return {key: Choice.parse(text) for key, text in (choices or {}).items()}
