"""C13 (trust §4): a role is revoked while a request is under way, and between two requests of one page."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask, g
from sqlalchemy import select, update

from engage import activities, people, places
from engage.core import clock, tenancy
from engage.core.access import Actor, Permission, Role
from engage.core.audit import AuditEvent
from engage.core.database import db, transaction
from engage.core.errors import Forbidden
from engage.people import membership
from engage.people.devices import token_hash
from engage.people.models import Device, RoleGrant, Team
from engage.people.still import still_may
from engage.teams import commands
from tests import make
from tests.activities.conftest import make_shift
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW

SignIn = Callable[[Actor], CheckingClient]


def end_roles(app: Flask, world: World, person: Actor, *, only: Role | None = None) -> None:
    """End somebody's roles as another secretary does, on another connection."""
    other = make.make_person(community=world.donghu, name="另一位书记", roles=(Role.SECRETARY,))
    with app.app_context(), tenancy.scoped(world.donghu.id):
        mine = select(RoleGrant.id).where(RoleGrant.person_id == person.person_id)
        for grant_id in db.session.scalars(mine.where(RoleGrant.role == only.value) if only else mine).all():
            people.end_role(person_id=person.person_id, grant_id=grant_id, actor=other, now=clock.now())
        db.session.remove()


def written(world: World) -> tuple[list[str], list[str]]:
    with tenancy.scoped(world.donghu.id):
        db.session.expire_all()
        return (
            list(db.session.scalars(select(Team.name))),
            [verb for verb in db.session.scalars(select(AuditEvent.verb)) if "team" in verb],
        )


@pytest.mark.parametrize("htmx", [False, True])
def test_c13_between_two_requests_the_next_one_is_refused(
    app: Flask, world: World, sign_in: SignIn, *, htmx: bool
) -> None:
    """Whose office changed proves first who they are: the form leads to the door, and nothing is written."""
    client = sign_in(world.clerk)
    form = client.get("/teams/new", expect=200).form("/teams")
    before = written(world)
    end_roles(app, world, world.clerk)
    answer = client.submit(form, name="新的队", expect=204 if htmx else 303, htmx=htmx)
    assert "/unlock" in (answer.headers.get("Location") or answer.headers["HX-Redirect"])
    assert written(world) == before


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_c13_in_flight_nothing_more_is_written(
    app: Flask, world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, *, htmx: bool, language: str
) -> None:
    """The clerk's form has been let in and waits for its turn to write; then the role ends."""
    client = sign_in(world.clerk)
    client.language = language
    form = client.get("/teams/new", expect=200).form("/teams")
    before = written(world)
    found_team = commands.found_team

    def late(**how: Any) -> int:
        end_roles(app, world, world.clerk)
        return found_team(**how)

    monkeypatch.setattr(commands, "found_team", late)
    refused = client.submit(form, name="新的队", expect=403, htmx=htmx)
    assert ("您的职务刚才有变动" if language == "zh" else "Your role has just changed") in refused.words
    assert written(world) == before


def test_c13_who_keeps_the_office_goes_on_though_something_else_ended(
    app: Flask, world: World, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tenancy.scoped(world.donghu.id), transaction():
        people.grant_role(person=people.get_person(world.secretary.person_id), role=Role.DESK, now=clock.now())
    client = sign_in(world.secretary)
    form = client.get("/teams/new", expect=200).form("/teams")
    found_team = commands.found_team

    def late(**how: Any) -> int:
        end_roles(app, world, world.secretary, only=Role.DESK)
        return found_team(**how)

    monkeypatch.setattr(commands, "found_team", late)
    client.submit(form, name="新的队", expect=303)
    assert "新的队" in written(world)[0]


def test_c13_a_reach_that_shrank_is_no_longer_what_was_let_in(world: World) -> None:
    """A role at a place, beside one at another: what was let in is what is written, or nothing."""
    officer = make.make_person(community=world.donghu, name="网格员甲")
    with tenancy.scoped(world.donghu.id):
        person = people.get_person(officer.person_id)
        with transaction():
            grids = [places.add_grid(name=name).id for name in ("八格", "九格")]
            for grid_id in grids:
                people.grant_role(person=person, role=Role.GRID_OFFICER, place_id=grid_id, now=NOW)
        actor = people.actor_of(person)
        permission = next(one for one in Permission if actor.can(one) and actor.reach(one))
        assert still_may(actor, permission, now=NOW)
        with transaction() as session:
            session.execute(update(RoleGrant).where(RoleGrant.place_id == grids[0]).values(ended_at=NOW))
        assert not still_may(actor, permission, now=NOW)


def test_c13_another_office_does_not_carry_what_the_ended_one_did(world: World) -> None:
    with tenancy.scoped(world.donghu.id):
        actor = people.actor_of(people.get_person(world.desk.person_id))
        assert not still_may(actor, Permission.MANAGE_MEMBERS, now=NOW)
        assert still_may(actor, next(one for one in Permission if actor.can(one) and actor.reach(one) is None), now=NOW)


def test_c13_a_statement_for_many_rows_asks_as_well_and_each_command_anew(app: Flask, world: World) -> None:
    everything = update(Team).values(name="改了").execution_options(synchronize_session=False)
    with app.test_request_context(method="POST"), tenancy.scoped(world.donghu.id):
        for who, may in ((world.secretary, True), (world.desk, False), (world.secretary, True), (world.desk, False)):
            g.needed = [(who, Permission.MANAGE_MEMBERS)]
            with nullcontext() if may else pytest.raises(Forbidden), transaction() as session:
                session.execute(everything)
        db.session.remove()


def test_c13_who_was_paused_or_signed_out_everywhere_writes_no_more(world: World) -> None:
    """Pausing somebody ends their devices and leaves their roles."""
    with tenancy.scoped(world.donghu.id):
        actor = replace(world.clerk, device_id=device_of(make.open_device(world.clerk)))
        assert still_may(actor, Permission.MANAGE_MEMBERS, now=NOW)
        with transaction() as session:
            session.execute(update(Device).where(Device.id == actor.device_id).values(ended_at=NOW))
        assert not still_may(actor, Permission.MANAGE_MEMBERS, now=NOW)
        assert still_may(world.clerk, Permission.MANAGE_MEMBERS, now=NOW)
        membership.change_status(
            person_id=world.clerk.person_id, status="paused", reason="住院", actor=world.secretary, now=NOW
        )
        assert not still_may(world.clerk, Permission.MANAGE_MEMBERS, now=NOW)


def device_of(cookie: str) -> int:
    found: int = db.session.scalars(select(Device.id).where(Device.token_hash == token_hash(cookie))).one()
    return found


def test_c13_an_office_that_opened_somebody_elses_shift_is_asked_for_again(app: Flask, world: World) -> None:
    """The leader's page is open to every signed-in person: it is the shift's leader or an office that lets in."""
    with tenancy.scoped(world.donghu.id):
        shift = make_shift(actor=world.secretary, leader_no=world.leader.member_no, title="巡逻")
    for who, asked in ((world.leader, []), (world.secretary, [Permission.LEAD_SHIFT])):
        with app.test_request_context(method="POST"), tenancy.scoped(world.donghu.id):
            activities.ensure_leads(shift, actor=who)
            assert [permission for _actor, permission in g.get("needed", [])] == asked
