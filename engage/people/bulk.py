"""What can be done to many people at once, and who of them is left as they are. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

UNDO_WITHIN: Final = timedelta(hours=24)


class Act(StrEnum):
    """One thing done to many people."""

    TEAM = "team"
    GRID = "grid"
    VOLUNTEER = "volunteer"
    NO_VOLUNTEER = "no-volunteer"
    PAUSE = "pause"
    RETURN = "return"


class Left(StrEnum):
    """Why somebody is left as they are."""

    ALREADY = "already"
    GONE = "gone"
    APPLIED = "applied"
    SELF = "self"
    OFFICE = "office"
    HOME = "home"


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Somebody asked for, as the rules see them. `already` says that the act would change nothing."""

    id: int
    status: str
    already: bool
    is_self: bool = False
    is_secretary: bool = False
    #: lives behind a doorplate of another grid than the one asked for
    lives_elsewhere: bool = False


def why_left(act: Act, one: Candidate) -> Left | None:
    """Return why an act leaves this person as they are, or None when it changes them.

    Nobody pauses themselves or, but for another secretary, a secretary (as one by one). A grid follows the doorplate:
    who lives behind one of another grid moves by their doorplate, not by a list.
    """
    standing = act in {Act.PAUSE, Act.RETURN}
    reasons = (
        (one.status in {"closed", "declined"}, Left.GONE),
        (standing and one.status == "applied", Left.APPLIED),
        (standing and one.is_self, Left.SELF),
        (standing and one.is_secretary, Left.OFFICE),
        (one.already, Left.ALREADY),
        (act is Act.GRID and one.lives_elsewhere, Left.HOME),
    )
    return next((reason for applies, reason in reasons if applies), None)


def seal_of(*, act: Act, target: str, ids: Sequence[int]) -> str:
    """Return a mark of what a confirmation named: another act, target or person gives another mark."""
    content = f"{act}|{target}|{','.join(map(str, sorted(ids)))}"
    return hashlib.sha256(content.encode()).hexdigest()[:32]


def is_undoable(*, at: datetime, undone_at: datetime | None, now: datetime) -> bool:
    """Tell whether a change may still be taken back: within 24 hours, once."""
    return undone_at is None and now < at + UNDO_WITHIN
