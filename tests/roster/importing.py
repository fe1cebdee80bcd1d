"""Importing a workbook in a test."""

from __future__ import annotations

from datetime import datetime

from engage.core.access import Actor
from engage.roster.commands import stage
from engage.roster.importing import confirm
from engage.roster.parts import Outcome
from tests.conftest import World
from tests.make import NOW
from tests.roster.make_workbooks import SMALL, make_xlsx


def put_in(content: bytes, *, actor: Actor | None, now: datetime = NOW) -> Outcome:
    batch_id = stage(content=content, filename="名单.xlsx", actor=actor, now=now)
    return confirm(batch_id=batch_id, revision=1, actor=actor, now=now)


def staged(world: World, content: bytes | None = None) -> int:
    return stage(content=content or make_xlsx({"名单": SMALL}), filename="名单.xlsx", actor=world.secretary, now=NOW)
