"""Resolutions as pure rules: which step follows which, who may take it (talks §5.2 Resolution, §5.4 18-19)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from engage.core.errors import N_, DomainError

#: "reported_done" waits for the residents' evaluation: closing is never the official's act
MOVES: Mapping[str, frozenset[str]] = {
    "adopted": frozenset({"assigned"}),
    "assigned": frozenset({"assigned", "accepted"}),
    "accepted": frozenset({"in_progress"}),
    "in_progress": frozenset({"reported_done"}),
    "reported_done": frozenset(),
}
STATE_WORDS: Mapping[str, str] = {
    "adopted": N_("等着定人"),
    "assigned": N_("定了人，等接手"),
    "accepted": N_("接下了"),
    "in_progress": N_("正在办"),
    "reported_done": N_("说办完了，等邻居打分"),
}
#: everything but the end the official can reach
OPEN = tuple(state for state in MOVES if state != "reported_done")


class ResolutionRefused(DomainError):
    """The resolution cannot take this step now."""


def number_of(*, year: int, sequence: int) -> str:
    """Return the number as printed."""
    return f"决-{year}-{sequence:03d}"


def ensure_move(current: str, wanted: str) -> None:
    """Refuse a step that does not follow. Raises `ResolutionRefused`."""
    if wanted not in MOVES[current]:
        raise ResolutionRefused(N_("这件事已经不在这一步了，请刷新看看办到哪里了。"))


def ensure_owner(*, owner_id: int | None, actor_id: int) -> None:
    """Only whoever is to do it accepts it, tells of it and reports it done. Raises `ResolutionRefused`."""
    if owner_id != actor_id:
        raise ResolutionRefused(N_("这一步要由承办人自己来点。要换人，先重新定承办人。"))


def ensure_assignable(*, owner_text: str, due_on: date | None, today: date) -> date:
    """Return the day it is due. Raises `ResolutionRefused` without a name people know or with a day gone by."""
    if not 1 <= len(owner_text) <= 60:
        raise ResolutionRefused(N_("写清谁来办，公示栏上看得到，最多60个字。"), field="owner_text")
    if due_on is None or due_on <= today:
        raise ResolutionRefused(N_("选一个今天以后的日子，到时候邻居们会来看。"), field="due_on")
    return due_on


def ensure_told(text: str) -> None:
    """Refuse empty news. Raises `ResolutionRefused`."""
    if not 1 <= len(text) <= 400:
        raise ResolutionRefused(N_("写一两句办了什么、看得到什么，最多400个字。"), field="text")
