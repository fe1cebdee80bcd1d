"""Who may merge whom, and until when it can be taken back. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from engage.core.errors import N_, DomainError

UNDO_WITHIN: Final = timedelta(days=7)
#: in which an entry may be when it is merged, on either side
STANDINGS: Final = frozenset({"active", "paused", "applied"})


class MergeRefused(DomainError):
    """These two cannot be made one like this, or not by this person, or the page is out of date."""


class UndoRefused(DomainError):
    """This merge cannot be taken back any more."""


def ensure_pair(*, survivor_id: int, merged_id: int, standings: tuple[str, str]) -> None:
    """Refuse one entry with itself, and entries that are not on the roll (any more). Raises `MergeRefused`."""
    if survivor_id == merged_id:
        raise MergeRefused(N_("这是同一条，不用合并"))
    if not set(standings) <= STANDINGS:
        raise MergeRefused(N_("有一条已经不在册，也许刚有人合并过。回名单再看一眼"))


def ensure_somebody_else(
    *, actor_id: int, pair: tuple[int, int], actor_home: int | None, homes: tuple[int | None, int | None]
) -> None:
    """Refuse who would gain: oneself, and one's own household (service-points §6, invariant 8). Raises `MergeRefused`."""
    if actor_id in pair:
        raise MergeRefused(N_("自己的登记，请另一位工作人员来合并"))
    if actor_home is not None and actor_home in homes:
        raise MergeRefused(N_("家里人的登记，请另一位工作人员来合并"))


def ensure_in_time(*, merged_at: datetime, undone_at: datetime | None, now: datetime) -> None:
    """Refuse an undo that comes too late, or again; the last moment is exclusive. Raises `UndoRefused`."""
    if undone_at is not None:
        raise UndoRefused(N_("这次合并已经撤销过了"))
    if now >= merged_at + UNDO_WITHIN:
        raise UndoRefused(N_("合并满7天了，撤不回来。两个人都在的话，请重新登记另一位"))
