"""Parsing the forms of the topic board and its desk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from engage.core import clock
from engage.core.errors import N_
from engage.topics.agenda import RoundPlan, RoundRefused


def parse_moment(text: str, *, field: str) -> datetime:
    """Return the UTC moment of a date-and-time field filled in Shanghai time. Raises `RoundRefused`."""
    try:
        typed = datetime.fromisoformat(text)
        moment = clock.from_local(typed.date(), typed.time())
    except ValueError:
        typed = None
    if typed is None or typed.tzinfo is not None:
        raise RoundRefused(N_("时间没填对，像2026-06-12T19:30这样。"), field=field)
    return moment


def parse_count(text: str) -> int:
    """Return a whole number as typed, full-width digits too; 0 for anything else."""
    digits = text.strip()
    return int(digits) if digits.isdecimal() and len(digits) < 6 else 0


def parse_round(form: Mapping[str, str], topic_ids: list[str]) -> RoundPlan:
    """Return the plan the secretary filled in. Raises `RoundRefused`."""
    return RoundPlan(
        title=form.get("title", ""),
        topic_ids=[parse_count(text) for text in topic_ids],
        k=parse_count(form.get("k", "")),
        opens_at=parse_moment(form.get("opens_at", ""), field="opens_at"),
        closes_at=parse_moment(form.get("closes_at", ""), field="closes_at"),
    )
