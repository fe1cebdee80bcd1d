"""Two desks at the same moment, on real threads and the real database."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from sqlalchemy import select

from engage import people
from engage.core import tenancy
from engage.core.database import db
from engage.core.errors import DomainError
from engage.people import activations, membership
from engage.people.membership import Particulars
from engage.people.models import Device
from tests.conftest import World
from tests.make import NOW
from tests.people.conftest import arrival


def at_once(app: Flask, world: World, acts: list[Callable[[], Any]]) -> list[Any]:
    """Run every act in a thread of its own; refusals come back as such."""

    def run(act: Callable[[], Any]) -> Any:
        with app.app_context(), tenancy.scoped(world.donghu.id):
            try:
                return act()
            except DomainError as refusal:
                return refusal
            finally:
                db.session.remove()

    with ThreadPoolExecutor(max_workers=len(acts)) as threads:
        return list(threads.map(run, acts))


def newcomer(number: int) -> Particulars:
    """Somebody to put on the roll."""
    return Particulars(
        name=f"新人{number}",
        phone=None,
        unit_label="",
        tie="member",
        may_vote=False,
        new_unit=False,
        birth_year=None,
        is_volunteer=True,
    )


def test_people_added_at_once_get_different_numbers(world: World, app: Flask) -> None:
    def add(number: int) -> Callable[[], int]:
        return lambda: membership.add_person(
            particulars=newcomer(number), actor=world.clerk, key=f"form {number}", now=NOW
        )

    ids = at_once(app, world, [add(number) for number in range(8)])
    db.session.rollback()
    numbers = [people.get_person(one).member_no for one in ids]
    assert len(set(numbers)) == 8


def test_one_slip_used_by_two_phones_at_once_lets_one_in(world: World, app: Flask, slip_for: Any) -> None:
    code = slip_for(world.volunteer)
    invitation = activations.find_invitation(text=code, network="n", now=NOW)

    def use(password: str) -> Callable[[], Any]:
        return lambda: activations.activate(
            invitation=invitation, arrival=arrival(password=password), agreed=True, now=NOW
        )

    outcomes = at_once(app, world, [use(f"第{number}个人的长密码") for number in range(4)])
    assert sum(isinstance(outcome, DomainError) for outcome in outcomes) == 3
    db.session.rollback()
    open_devices = select(Device.id).where(Device.ended_at.is_(None))
    assert len(db.session.scalars(open_devices).all()) == 1
