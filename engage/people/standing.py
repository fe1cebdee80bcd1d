"""What somebody's entry is just now, and which step may follow (service-points §6, machine Person). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from engage.core.errors import N_, DomainError

#: from → what may follow. Who left can come back; who was erased cannot, and that is asked elsewhere.
STEPS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "applied": frozenset({"active", "declined"}),
        "declined": frozenset({"active"}),
        "active": frozenset({"paused", "closed"}),
        "paused": frozenset({"active", "closed"}),
        "closed": frozenset({"active"}),
    }
)
#: steps that take something away: the person reads why
NEED_A_REASON: Final = frozenset({"paused", "closed", "declined"})


class WrongStep(DomainError):
    """This does not follow from what the entry is now."""


def ensure_step(*, was: str, became: str) -> None:
    """Refuse a step that is not in the table. Raises `WrongStep`."""
    if became not in STEPS.get(was, frozenset()):
        raise WrongStep(N_("这一步现在办不了：看看这个人现在是什么状态，再选一次"))
