"""Importing a workbook in a test."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from engage import people, places
from engage.core import workbook
from engage.core.access import Actor
from engage.core.database import db
from engage.people.models import Membership, Person, RoleGrant, Team, Tenancy
from engage.places.models import Place, Unit
from engage.roster import exporting, takeout
from engage.roster.commands import stage
from engage.roster.importing import confirm
from engage.roster.parts import Outcome
from tests.conftest import World
from tests.make import NOW
from tests.roster.make_workbooks import SMALL, make_xlsx

LATER = NOW + timedelta(hours=3)


def put_in(content: bytes, *, actor: Actor | None, now: datetime = NOW) -> Outcome:
    batch_id = stage(content=content, filename="名单.xlsx", actor=actor, now=now)
    return confirm(batch_id=batch_id, revision=1, actor=actor, now=now)


def staged(world: World, content: bytes | None = None) -> int:
    return stage(content=content or make_xlsx({"名单": SMALL}), filename="名单.xlsx", actor=world.secretary, now=NOW)


def export(actor: Actor, *, whole: bool = False, key: str = "k1", purpose: str = "报街道统计", now: Any = NOW) -> int:
    return exporting.export(
        purpose=purpose, whole_phones=whole, reason="要逐个打电话" if whole else "", key=key, actor=actor, now=now
    )


def taken(actor: Actor, **how: Any) -> bytes:
    return takeout.workbook_of(exporting.get_own(export(actor, **how), actor=actor, now=NOW), now=NOW)


def sheets(content: bytes) -> dict[str, list[list[Any]]]:
    return {sheet.name: sheet.rows for sheet in workbook.read(content, filename="x.xlsx")}


def roll() -> list[tuple[Any, ...]]:
    """Everything the roll says, without ids and member numbers."""
    units = {unit.id: unit for unit in places.list_units()}
    grids = {grid.id: grid.name for grid in places.list_grids()}
    persons = [
        (
            one.name, one.phone, one.birth_year, one.is_volunteer, grids.get(one.grid_id or 0),
            units[one.unit_id].label if one.unit_id else None,
            sorted((units[unit_id].label, role) for unit_id, role in one.ties), one.teams,
        )
        for one in people.list_roll(whole_phones=True)
    ]  # fmt: skip
    homes = sorted((unit.label, unit.area_centi or 0, grids.get(unit.grid_id or 0, "")) for unit in units.values())
    return [*sorted(persons, key=str), *homes, *sorted(grids.values())]


def everything() -> dict[str, int]:
    return {
        model.__tablename__: len(db.session.scalars(select(model.id)).all())
        for model in (Person, Unit, Place, Tenancy, Team, Membership, RoleGrant)
    }


def imported(world: World, content: bytes | None = None) -> int:
    batch_id = staged(world, content)
    confirm(batch_id=batch_id, revision=1, actor=world.secretary, now=NOW)
    return batch_id


def named(name: str) -> Person:
    return db.session.scalars(select(Person).where(Person.name == name)).one()


def names_on_roll() -> set[str]:
    return set(db.session.scalars(select(Person.name)))
