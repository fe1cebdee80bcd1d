"""After the talk: the resolution gets an owner and a date, and its owner reports."""

from __future__ import annotations

from datetime import datetime, timedelta

from engage import resolutions
from engage.core import clock
from engage.demo.roll import Stage


def carry_out(stage: Stage, *, motion_id: int, decided_at: datetime) -> None:
    """Adopt the carried motion, let 范丽, who may report on it, take it on, and report that work has begun."""
    secretary, owner = stage["secretary"], stage["grid_officer"]
    morning = decided_at + timedelta(hours=12)
    resolution_id = resolutions.adopt(motion_id=motion_id, actor=secretary, now=morning)
    resolutions.assign(
        resolution_id=resolution_id,
        owner_id=owner.person_id,
        owner_text="社区居委会范丽",
        due_on=clock.local_date(stage.now) + timedelta(days=6),
        actor=secretary,
        now=morning + timedelta(minutes=5),
    )
    resolutions.accept(resolution_id=resolution_id, actor=owner, now=morning + timedelta(hours=2))
    resolutions.begin(resolution_id=resolution_id, actor=owner, now=decided_at + timedelta(days=9))
    resolutions.tell(
        resolution_id=resolution_id,
        text="南口那条已经装好。小学门前等交警队来定位置，约在这个周末。",
        actor=owner,
        key=stage.key(),
        now=stage.ago(days=2),
    )
