"""After the talk: the resolution gets an owner and a date, and its owner reports."""

from __future__ import annotations

from datetime import datetime

from engage.demo.roll import Stage


def carry_out(stage: Stage, *, motion_id: int, decided_at: datetime) -> None:
    """Adopt the carried motion, assign it, and report that work has begun."""
