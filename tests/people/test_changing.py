"""Many people at once: named before, done once, told, taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engage import people, places
from engage.core import audit, tenancy
from engage.core.access import Actor, Role
from engage.core.database import db, transaction
from engage.core.errors import Conflict, DomainError, NotFound
from engage.people import changed, changing, membership, planning
from engage.people.bulk import Act, Candidate, Left, why_left
from engage.people.changing import ListChanged
from engage.people.filters import Filters
from engage.people.models import Membership, Person
from engage.people.models_lists import MemberChange, MemberChangeLine
from engage.people.planning import Asked
from tests.conftest import World
from tests.make import NOW, make_person, open_device
from tests.people.conftest import names

LATER = NOW + timedelta(hours=1)


def asked(act: Act, *ids: int, filters: Filters | None = None, team: str = "", grid: int | None = None) -> Asked:
    ticked = tuple(ids) if filters is None else None
    return Asked(act=act, ticked=ticked, filters=filters or Filters(), team=team, grid=grid)


def do(wanted: Asked, *, actor: Actor, key: str = "once") -> int:
    plan = planning.plan_change(wanted, actor=actor, now=NOW)
    return changing.change_many(wanted, seal=plan.seal, reason="搬走", actor=actor, key=key, now=NOW)


def state() -> list[tuple[Any, ...]]:
    """Everything a change may touch."""
    db.session.expire_all()
    rows = db.session.execute(select(Person.id, Person.status, Person.is_volunteer, Person.grid_id).order_by(Person.id))
    teams = db.session.execute(select(Membership.person_id, Membership.team_id).order_by(Membership.id))
    return [tuple(row) for row in (*rows, *teams)]


@pytest.fixture
def grid(world: World) -> int:
    """A grid nobody is in."""
    with transaction():
        return places.add_grid(name="桂园", code="1").id


@pytest.mark.parametrize("act", list(Act))
def test_a_change_does_what_it_says_and_its_undo_puts_everything_back(world: World, grid: int, act: Act) -> None:
    ids = (world.volunteer.person_id, world.neighbour.person_id, world.resident.person_id)
    if act is Act.RETURN:
        for one in ids:
            membership.change_status(person_id=one, status="paused", actor=world.secretary, now=NOW)
    before = state()
    wanted = asked(act, *ids, team="红马甲", grid=grid)
    change_id = do(wanted, actor=world.secretary)
    assert state() != before
    again = planning.plan_change(wanted, actor=world.secretary, now=NOW)
    assert (again.ids, again.left) == ([], {Left.ALREADY: 3})
    assert changed.undo_change(change_id=change_id, actor=world.clerk, now=LATER) > 0
    assert state() == before
    card = changed.get_change(change_id)
    assert (card.actor, card.undone_by, card.undone_at) == (world.secretary.name, world.clerk.name, LATER)


def test_the_same_form_twice_is_one_change(world: World) -> None:
    wanted = asked(Act.TEAM, world.volunteer.person_id, team="红马甲")
    plan = planning.plan_change(wanted, actor=world.secretary, now=NOW)
    twice = [
        changing.change_many(wanted, seal=plan.seal, actor=world.secretary, key="form", now=NOW) for _time in range(2)
    ]
    assert twice[0] == twice[1]
    assert len(db.session.scalars(select(MemberChange)).all()) == 1
    assert people.list_teams()[0].size == 1
    with pytest.raises(Conflict):
        changing.change_many(replace(wanted, team="别的"), seal=plan.seal, actor=world.secretary, key="form", now=NOW)


def test_whoever_joined_the_list_since_is_not_changed_unasked(world: World) -> None:
    """The page named certain people; nobody else is touched by its button."""
    wanted = asked(Act.VOLUNTEER, filters=Filters(volunteer="no"))
    plan = planning.plan_change(wanted, actor=world.secretary, now=NOW)
    newcomer = make_person(community=world.donghu, name="后来的人", is_volunteer=False)
    before = state()
    with pytest.raises(ListChanged):
        changing.change_many(wanted, seal=plan.seal, actor=world.secretary, key="k", now=NOW)
    assert state() == before
    fresh = planning.plan_change(wanted, actor=world.secretary, now=NOW)
    assert newcomer.person_id in fresh.ids


def test_everybody_found_means_everybody_found(world: World) -> None:
    change_id = do(asked(Act.NO_VOLUNTEER, filters=Filters(volunteer="yes")), actor=world.secretary)
    assert names("", volunteer="yes") == []
    assert changed.undo_change(change_id=change_id, actor=world.secretary, now=LATER) == 4


def test_a_pause_ends_every_device_at_once_but_not_ones_own_nor_a_secretarys(world: World, client: Any) -> None:
    client.set_cookie(people.COOKIE, open_device(world.volunteer))
    client.get("/me", expect=200)
    ids = (world.volunteer.person_id, world.clerk.person_id, world.secretary.person_id)
    plan = planning.plan_change(asked(Act.PAUSE, *ids), actor=world.clerk, now=NOW)
    assert plan.left == {Left.SELF: 1, Left.OFFICE: 1}
    do(asked(Act.PAUSE, *ids), actor=world.clerk)
    client.get("/me", expect=303)
    assert not people.is_active(world.volunteer.person_id)
    do(asked(Act.RETURN, world.volunteer.person_id), actor=world.clerk, key="back")
    client.get("/me", expect=303)  # who comes back signs in again
    assert people.is_active(world.secretary.person_id)


def test_taking_a_return_back_is_a_pause_with_its_limits(world: World, client: Any) -> None:
    second = make_person(community=world.donghu, name="第二位书记", roles=(Role.SECRETARY,))
    ids = (world.volunteer.person_id, world.clerk.person_id, second.person_id)
    for one in ids:
        membership.change_status(person_id=one, status="paused", actor=world.secretary, now=NOW)
    change_id = do(asked(Act.RETURN, *ids), actor=world.secretary)
    client.set_cookie(people.COOKIE, open_device(world.volunteer))
    client.get("/me", expect=200)
    assert changed.undo_change(change_id=change_id, actor=world.clerk, now=LATER) == 1
    membership.change_status(person_id=ids[0], status="active", actor=world.secretary, now=LATER)
    client.get("/me", expect=303)  # the device ended with the pause
    membership.change_status(person_id=ids[0], status="paused", actor=world.secretary, now=LATER)
    assert [people.is_active(one) for one in ids] == [False, True, True]


def test_who_left_or_lives_in_another_grid_stays_as_they_are(world: World, grid: int) -> None:
    with transaction():
        elsewhere = places.add_grid(name="别处", code="2").id
        home = places.add_unit(label="别处1栋101", building_id=None, grid_id=elsewhere).id
        people.get_person(world.volunteer.person_id).unit_id = home
        people.get_person(world.neighbour.person_id).status = "closed"
    ids = (world.volunteer.person_id, world.neighbour.person_id, world.leader.person_id)
    plan = planning.plan_change(asked(Act.GRID, *ids, grid=grid), actor=world.secretary, now=NOW)
    assert plan.ids == [world.leader.person_id]
    assert plan.left == {Left.HOME: 1, Left.GONE: 1}


def test_an_undo_leaves_alone_what_was_changed_since(world: World, grid: int) -> None:
    with transaction():
        other = places.add_grid(name="别处", code="2").id
    change_id = do(asked(Act.GRID, world.volunteer.person_id, world.leader.person_id, grid=grid), actor=world.secretary)
    with transaction():
        people.get_person(world.leader.person_id).grid_id = other
    assert changed.undo_change(change_id=change_id, actor=world.secretary, now=LATER) == 1
    assert people.get_person(world.leader.person_id).grid_id == other
    assert people.get_person(world.volunteer.person_id).grid_id is None
    assert changed.undo_change(change_id=change_id, actor=world.secretary, now=LATER) == 0
    do(asked(Act.GRID, world.volunteer.person_id, world.neighbour.person_id, grid=grid), actor=world.clerk, key="first")
    second = do(asked(Act.GRID, world.volunteer.person_id, grid=other), actor=world.clerk, key="second")
    assert changed.undo_change(change_id=second, actor=world.secretary, now=LATER) == 1
    for one in (world.volunteer, world.neighbour):
        assert people.get_person(one.person_id).grid_id == grid, "as the change before it left them"
    do(asked(Act.TEAM, world.spouse.person_id, team="红马甲"), actor=world.clerk, key="team")
    assert people.list_teams()[0].size == 1, "nobody whom other changes touched"


def test_an_undo_of_a_closed_account_brings_nothing_back(world: World) -> None:
    change_id = do(asked(Act.NO_VOLUNTEER, world.volunteer.person_id, world.leader.person_id), actor=world.secretary)
    with transaction():
        people.erase(person_id=world.volunteer.person_id, now=NOW)
    changed.undo_change(change_id=change_id, actor=world.secretary, now=LATER)
    db.session.expire_all()
    assert not people.get_person(world.volunteer.person_id).is_volunteer


def test_after_a_day_nothing_is_taken_back(world: World) -> None:
    change_id = do(asked(Act.VOLUNTEER, world.resident.person_id), actor=world.secretary)
    before = state()
    with pytest.raises(changed.TooLateToUndo):
        changed.undo_change(change_id=change_id, actor=world.secretary, now=NOW + timedelta(hours=24))
    assert state() == before


def test_ids_of_next_door_are_not_found_and_change_nothing(world: World, grid: int) -> None:
    before = state()
    with pytest.raises(NotFound):
        do(asked(Act.PAUSE, world.volunteer.person_id, world.outsider.person_id), actor=world.secretary)
    with tenancy.scoped(world.liyuan.id), pytest.raises(NotFound):
        do(asked(Act.GRID, world.outsider.person_id, grid=grid), actor=world.outsider)
    change_id = do(asked(Act.VOLUNTEER, world.resident.person_id), actor=world.secretary)
    with tenancy.scoped(world.liyuan.id), pytest.raises(NotFound):
        changed.undo_change(change_id=change_id, actor=world.outsider, now=LATER)
    assert people.get_person(world.resident.person_id).is_volunteer
    assert state() != before


def test_a_change_is_written_into_the_log(world: World) -> None:
    change_id = do(asked(Act.VOLUNTEER, world.resident.person_id), actor=world.secretary)
    changed.undo_change(change_id=change_id, actor=world.clerk, now=LATER)
    lines = db.session.scalars(select(audit.AuditEvent).order_by(audit.AuditEvent.id.desc()).limit(2)).all()
    assert [(line.verb, line.actor_id, line.subject, line.facts["people"]) for line in reversed(lines)] == [
        ("members_changed", world.secretary.person_id, f"member_change:{change_id}", 1),
        ("members_change_undone", world.clerk.person_id, f"member_change:{change_id}", 1),
    ]


def test_nothing_to_change_is_said_and_leaves_no_trace(world: World) -> None:
    with pytest.raises(DomainError):
        do(asked(Act.VOLUNTEER, world.volunteer.person_id), actor=world.secretary)
    with pytest.raises(DomainError):
        do(asked(Act.TEAM, world.volunteer.person_id), actor=world.secretary)
    assert db.session.scalars(select(MemberChange)).all() == []


def test_a_thousand_are_a_handful_of_statements(world: World, count_queries: Any) -> None:
    one = people.Newcomer(
        name="很多人", phone=None, grid_id=None, birth_year=None, is_volunteer=False, ties=(), teams=()
    )
    with transaction():
        people.enrol_many([one] * 1200, now=NOW)
    wanted = asked(Act.TEAM, filters=Filters(q="很多人"), team="红马甲")
    plan = planning.plan_change(wanted, actor=world.secretary, now=NOW)
    assert (len(plan.ids), len(plan.names)) == (1200, planning.NAMED)
    with count_queries() as statements:
        change_id = changing.change_many(wanted, seal=plan.seal, actor=world.secretary, key="k", now=NOW)
    assert len(statements) <= 20
    assert people.list_teams()[0].size == 1200
    assert len(db.session.scalars(select(MemberChangeLine)).all()) == 1200
    assert changed.undo_change(change_id=change_id, actor=world.secretary, now=LATER) == 1200


@pytest.mark.parametrize(
    ("act", "facts", "reason"),
    [
        (Act.PAUSE, {"status": "applied"}, Left.APPLIED),
        (Act.TEAM, {"status": "closed"}, Left.GONE),
        (Act.TEAM, {"status": "paused"}, None),
        (Act.TEAM, {"is_self": True, "is_secretary": True}, None),
        (Act.RETURN, {"status": "paused", "is_secretary": True}, Left.OFFICE),
        (Act.VOLUNTEER, {"lives_elsewhere": True}, None),
        (Act.GRID, {"lives_elsewhere": True, "already": True}, Left.ALREADY),
    ],
)
def test_who_is_left_alone(act: Act, facts: dict[str, Any], reason: Left | None) -> None:
    assert why_left(act, Candidate(**{"id": 1, "status": "active", "already": False, **facts})) is reason
