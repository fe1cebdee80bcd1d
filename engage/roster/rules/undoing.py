"""When an import may still be taken back. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from engage.core.errors import N_, Conflict, DomainError

UNDO_WITHIN: Final = timedelta(hours=24)


class TooLate(DomainError):
    """An import of yesterday and before stays: people rely on it."""


class UndoRefused(Conflict):
    """There is nothing to take back, or somebody else has to do it."""


def undo_until(imported_at: datetime) -> datetime:
    """Return the first instant at which an import can no longer be undone (issue: within 24 h)."""
    return imported_at + UNDO_WITHIN


def ensure_undoable(*, imported_at: datetime | None, now: datetime) -> None:
    """Raise `UndoRefused` for what was never imported, `TooLate` from 24 hours after the import on."""
    if imported_at is None:
        raise UndoRefused(N_("这份名单还没导入，没有什么要撤的。"))
    if now >= undo_until(imported_at):
        raise TooLate(N_("导入过了24小时，不能整份撤了。个别人要改，到成员页里一个一个改。"))


def ensure_office_may_undo(*, gave_offices: bool, is_secretary: bool) -> None:
    """Only the secretary takes back what only the secretary gives: roles. Raises `UndoRefused`."""
    if gave_offices and not is_secretary:
        raise UndoRefused(N_("这次导入给过网格员权限，请书记来撤。"))
