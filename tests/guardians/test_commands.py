"""What a minor may do, with whose yes; the same answer whoever asks and however often."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from engage import activities, attendance, guardians, people
from engage.activities.queries import ShiftCard
from engage.activities.rules import JoinRefused
from engage.attendance.commands import Handed
from engage.attendance.rules import Kind
from engage.core.access import Actor
from engage.core.audit import AuditEvent
from engage.core.database import db
from engage.core.errors import Forbidden, NotFound
from engage.guardians import GuardianRefused, NeedsGuardian, commands
from engage.guardians.models import Guardianship
from engage.home import children
from engage.people import activations, signing_in
from engage.people.signing_in import Arrival, GuardianActs
from tests.conftest import World
from tests.guardians.conftest import Family, said, tie
from tests.make import NOW, make_person
from tests.races import race

#: when the early patrol begins
HALF_PAST_SEVEN = NOW + timedelta(minutes=30)


def join(shift: ShiftCard, who: Actor, *, by: Actor, now: datetime = NOW) -> activities.ShiftCard:
    activities.sign_up(shift_id=shift.id, person_id=who.person_id, actor=by, now=now)
    return activities.get_shift(shift.id)


def test_under_fourteen_nobody_is_signed_up_without_a_guardians_yes(
    world: World, family: Family, afternoon: ShiftCard
) -> None:
    with pytest.raises(NeedsGuardian, match="14岁"):
        join(afternoon, family.child, by=world.leader)
    with pytest.raises(Forbidden):  # tied, but has not said yes: not the guardian yet
        join(afternoon, family.child, by=family.parent)
    assert said(family.child, afternoon) is None
    commands.confirm_own(bond_id=family.bond, actor=family.parent, now=NOW)
    join(afternoon, family.child, by=family.parent)
    assert said(family.child, afternoon) == "joined"


def test_what_a_guardian_does_is_recorded_as_done_for_the_child(
    world: World, family: Family, afternoon: ShiftCard
) -> None:
    commands.confirm_own(bond_id=family.bond, actor=family.parent, now=NOW)
    join(afternoon, family.child, by=family.parent)
    line = db.session.scalars(
        select(AuditEvent).where(AuditEvent.verb == "joined", AuditEvent.subject == f"shift:{afternoon.id}")
    ).one()
    assert (line.actor_id, line.on_behalf_of) == (family.parent.person_id, family.child.person_id)


def test_from_fourteen_the_confirmation_stands_before_the_first_sign_up(
    world: World, family: Family, afternoon: ShiftCard
) -> None:
    with pytest.raises(NeedsGuardian, match="18岁"):
        join(afternoon, family.youth, by=family.youth)
    commands.confirm_on_paper(bond_id=family.youth_bond, minor_id=family.youth.person_id, actor=world.clerk, now=NOW)
    join(afternoon, family.youth, by=family.youth)
    assert said(family.youth, afternoon) == "joined"


def test_no_yes_takes_a_minor_onto_a_night_patrol(world: World, family: Family, night: ShiftCard) -> None:
    commands.confirm_own(bond_id=family.youth_bond, actor=family.parent, now=NOW)
    for by in (family.youth, family.parent, world.leader, world.secretary):
        with pytest.raises(JoinRefused, match="九点"):
            join(night, family.youth, by=by)
    assert said(family.youth, night) is None


def test_a_minor_who_just_walks_up_at_night_is_not_checked_in(world: World, family: Family, night: ShiftCard) -> None:
    """The sign-up is not the only way in: the leader's list and the live code ask again."""
    commands.confirm_own(bond_id=family.youth_bond, actor=family.parent, now=NOW)
    eight = NOW + timedelta(hours=1)
    for person in (family.youth, family.child):
        with pytest.raises((JoinRefused, NeedsGuardian)):
            attendance.check_in_person(
                shift_id=night.id,
                person_id=person.person_id,
                kind=Kind.IN,
                medium="mark",
                client_event_id=f"walk-up-{person.person_id}",
                actor=world.leader,
                now=eight,
            )
    code = attendance.live_code(shift_id=night.id, kind=Kind.IN, now=eight)
    with pytest.raises(JoinRefused):
        attendance.check_in_with_code(
            shift_id=night.id,
            handed=Handed(digits=code or "", client_event_id="own-code"),
            actor=family.youth,
            now=eight,
        )
    assert attendance.sessions_of_shift(night.id) == []


def test_a_minor_who_walks_up_by_day_needs_the_yes_too(world: World, family: Family, afternoon: ShiftCard) -> None:
    def mark() -> None:
        attendance.check_in_person(
            shift_id=afternoon.id,
            person_id=family.youth.person_id,
            kind=Kind.IN,
            medium="mark",
            client_event_id="day",
            actor=world.leader,
            now=HALF_PAST_SEVEN,
        )

    with pytest.raises(NeedsGuardian):
        mark()
    commands.confirm_own(bond_id=family.youth_bond, actor=family.parent, now=NOW)
    mark()
    assert len(attendance.sessions_of_shift(afternoon.id)) == 1


def test_under_fourteen_there_is_no_way_to_sign_in(world: World, family: Family) -> None:
    [slip] = activations.issue_slip_codes(person_ids=[family.child.person_id], actor=world.secretary, key="s", now=NOW)
    arrival = Arrival(account="", password="四样爱吃的菜都写上", network="n", label="", old_cookie=None)
    invitation = activations.find_invitation(text=slip.code, network="n", now=NOW)
    with pytest.raises(GuardianActs):
        activations.activate(invitation=invitation, arrival=arrival, agreed=True, now=NOW)
    assert signing_in.list_devices(family.child.person_id) == []


def test_somebody_who_turns_out_to_be_a_child_is_signed_out(world: World, sign_in) -> None:  # type: ignore[no-untyped-def]
    grown = make_person(community=world.donghu, name="周芒种", birth_year=2000)
    phone, office = sign_in(grown), sign_in(world.clerk)
    phone.get("/me", expect=200)
    page = office.get(f"/members/{grown.person_id}/edit", expect=200)
    office.submit(page.form(f"/members/{grown.person_id}"), expect=303, birth_year="2014")
    phone.get("/me", expect=303)


def test_a_guardian_acts_only_for_their_own_child_and_only_while_the_tie_holds(
    world: World, family: Family, afternoon: ShiftCard
) -> None:
    commands.confirm_own(bond_id=family.bond, actor=family.parent, now=NOW)
    with pytest.raises(Forbidden):
        join(afternoon, family.child, by=world.neighbour)
    with pytest.raises(Forbidden):
        join(afternoon, world.neighbour, by=family.parent)
    commands.end(bond_id=family.bond, minor_id=family.child.person_id, reason="搬走了", actor=world.clerk, now=NOW)
    with pytest.raises(Forbidden):
        join(afternoon, family.child, by=family.parent)


def test_a_tie_ends_by_the_clock_when_the_minor_is_of_age(world: World, family: Family) -> None:
    commands.confirm_own(bond_id=family.youth_bond, actor=family.parent, now=NOW)
    on = NOW.date()
    pair = {"guardian_id": family.parent.person_id, "minor_id": family.youth.person_id}
    assert guardians.is_guardian(**pair, on=on.replace(year=2028))
    assert not guardians.is_guardian(**pair, on=on.replace(year=2029))
    left = [bond.minor_id for bond in guardians.children_of(family.parent.person_id, on=on.replace(year=2029))]
    assert left == [family.child.person_id]


def test_taking_the_yes_back_takes_the_child_off_what_lies_ahead_and_keeps_the_rest(
    world: World, family: Family, afternoon: ShiftCard
) -> None:
    commands.confirm_own(bond_id=family.bond, actor=family.parent, now=NOW)
    join(afternoon, family.child, by=family.parent)
    assert children.withdraw_consent(bond_id=family.bond, actor=family.parent, now=NOW) == 1
    assert said(family.child, afternoon) == "cannot_come"
    assert activities.get_shift(afternoon.id).joined == 0
    with pytest.raises(NeedsGuardian):
        join(afternoon, family.child, by=world.leader)
    assert children.withdraw_consent(bond_id=family.bond, actor=family.parent, now=NOW) == 0


def test_the_other_parents_yes_still_counts(world: World, family: Family, afternoon: ShiftCard) -> None:
    commands.confirm_own(bond_id=family.bond, actor=family.parent, now=NOW)
    tie(world, minor=family.child, guardian=world.spouse, signed=True)
    join(afternoon, family.child, by=family.parent)
    assert children.withdraw_consent(bond_id=family.bond, actor=family.parent, now=NOW) == 0
    assert said(family.child, afternoon) == "joined"


def test_nobody_else_says_yes_or_takes_it_back(world: World, family: Family) -> None:
    with pytest.raises(NotFound):
        commands.confirm_own(bond_id=family.bond, actor=world.neighbour, now=NOW)
    with pytest.raises(NotFound):
        children.withdraw_consent(bond_id=family.bond, actor=world.neighbour, now=NOW)
    with pytest.raises(NotFound):
        commands.confirm_on_paper(bond_id=family.bond, minor_id=family.youth.person_id, actor=world.clerk, now=NOW)


def test_the_office_does_not_write_down_its_own_children(world: World, family: Family) -> None:
    """Invariant 8: who writes it down is not who gains by it; the table says so as well."""
    with pytest.raises(GuardianRefused, match="另一位"):
        tie(world, minor=family.child, guardian=world.clerk)
    db.session.rollback()
    bond = tie(world, minor=family.child, guardian=world.secretary)
    with pytest.raises(GuardianRefused, match="另一位"):
        commands.confirm_on_paper(bond_id=bond, minor_id=family.child.person_id, actor=world.secretary, now=NOW)


def test_twice_is_once_and_a_new_tie_may_follow_an_ended_one(world: World, family: Family) -> None:
    assert tie(world, minor=family.child, guardian=family.parent) == family.bond
    commands.end(bond_id=family.bond, minor_id=family.child.person_id, reason="写错了", actor=world.clerk, now=NOW)
    commands.end(bond_id=family.bond, minor_id=family.child.person_id, reason="再来", actor=world.clerk, now=NOW)
    assert guardians.find_bond(family.bond).reason == "写错了"
    assert tie(world, minor=family.child, guardian=family.parent) != family.bond


def test_two_desks_write_the_same_guardian_down_once(app: Flask, world: World, family: Family) -> None:
    got = race(
        app,
        world.donghu.id,
        lambda _number: tie(world, minor=family.child, guardian=world.spouse, signed=True),
    )
    assert len(set(map(str, got))) == 1, got
    rows = select(func.count(Guardianship.id)).where(Guardianship.guardian_id == world.spouse.person_id)
    assert db.session.scalar(rows) == 1


def test_minors_who_lack_a_guardian_are_known_to_those_who_import(world: World, family: Family) -> None:
    ids = [family.child.person_id, family.youth.person_id, world.volunteer.person_id]
    assert guardians.without_guardian(ids, on=NOW.date()) == [family.child.person_id, family.youth.person_id]
    commands.confirm_own(bond_id=family.bond, actor=family.parent, now=NOW)
    assert guardians.without_guardian(ids, on=NOW.date()) == [family.youth.person_id]


def test_a_foreign_guardian_is_nobody(world: World, family: Family) -> None:
    elsewhere = people.get_person(world.volunteer.person_id).member_no
    assert elsewhere  # numbers are per community: the office next door cannot even name the child
    from engage.core import tenancy  # noqa: PLC0415 - only here

    with tenancy.scoped(world.liyuan.id), pytest.raises(NotFound):
        commands.link(
            minor_id=family.child.person_id,
            guardian_no=1,
            kind="parent",
            signed=True,
            actor=world.outsider,
            now=NOW,
        )
