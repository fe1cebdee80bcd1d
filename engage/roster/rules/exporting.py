"""When the roll may leave the house as a workbook (trust row 54, service-points §5.8 Exports). Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from engage.core.errors import N_, DomainError

EXPORTS_A_DAY: Final = 5
LASTS: Final = timedelta(hours=1)
SHORTEST: Final = 4  # characters of a purpose
LONGEST_PURPOSE: Final = 120


class ExportRefused(DomainError):
    """The form says too little, or this person may not have whole phones."""


def ensure_reasoned(*, purpose: str, whole_phones: bool, reason: str, may_have_phones: bool) -> None:
    """Ask for a purpose, and for whole phones a reason and the right to them."""
    if len(purpose) < SHORTEST:
        raise ExportRefused(N_("写一句拿去做什么用，会印在每一页上"), field="purpose")
    if whole_phones and not may_have_phones:
        raise ExportRefused(N_("完整的手机号要书记来导"), field="whole_phones")
    if whole_phones and len(reason) < SHORTEST:
        raise ExportRefused(N_("写一句为什么要完整的手机号，本人看得到"), field="reason")


def export_expires_at(*, now: datetime) -> datetime:
    """Return when a link dies."""
    return now + LASTS
