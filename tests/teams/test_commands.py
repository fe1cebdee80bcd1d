"""Asking, answering, leaving, closing: what is in the books afterwards; and two people at the same moment."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from engage import people
from engage.core.database import db, transaction
from engage.core.errors import DomainError, Forbidden, NotFound
from engage.people import membership
from engage.people.models import Membership
from engage.people.models_teams import FormerMembership
from engage.teams import applications, commands, queries
from engage.teams.models import TeamApplication
from engage.teams.rules import ApplicationRefused, TeamRefused
from tests.conftest import World
from tests.make import NOW
from tests.races import race
from tests.teams.conftest import TODAY, ask, inside, make_team, state_of


def test_who_asks_and_is_approved_is_in_from_that_day(world: World, team: int) -> None:
    application = ask(world, team)
    assert not inside(world.volunteer, team)
    applications.approve(application_id=application, actor=world.leader, now=NOW)
    assert state_of(application) == "approved"
    [spell] = people.spells_of(world.volunteer.person_id)
    assert (spell.team_id, spell.joined_on, spell.left_on) == (team, TODAY, None)


def test_asking_twice_is_one_application(world: World, team: int) -> None:
    assert ask(world, team) == ask(world, team)
    assert db.session.scalar(select(func.count(TeamApplication.id))) == 1


def test_a_decline_needs_a_reason_and_one_may_ask_again(world: World, team: int) -> None:
    first = ask(world, team)
    with pytest.raises(ApplicationRefused):
        applications.decline(application_id=first, reason=" ", actor=world.leader, now=NOW)
    applications.decline(application_id=first, reason="这个月人满了", actor=world.leader, now=NOW)
    second = ask(world, team)
    assert second != first
    assert state_of(first) == "declined"
    assert state_of(second) == "waiting"


def test_nobody_approves_their_own_application_not_even_the_database(world: World, team: int) -> None:
    own = ask(world, team, who=world.secretary)
    with pytest.raises(ApplicationRefused):
        applications.approve(application_id=own, actor=world.secretary, now=NOW)
    by_hand = update(TeamApplication).where(TeamApplication.id == own)
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(by_hand.values(state="approved", decided_by=world.secretary.person_id))
    assert state_of(own) == "waiting"


def test_only_the_leader_of_this_team_and_the_office_answer(world: World, team: int) -> None:
    other = make_team(world, name="调解队", leader=world.neighbour)
    application = ask(world, team)
    for stranger in (world.neighbour, world.desk, world.spouse):
        with pytest.raises(Forbidden):
            applications.approve(application_id=application, actor=stranger, now=NOW)
    applications.approve(application_id=application, actor=world.clerk, now=NOW)
    assert inside(world.volunteer, team)
    assert not inside(world.volunteer, other)


def test_approving_what_was_withdrawn_is_refused_with_a_sentence(world: World, team: int) -> None:
    application = ask(world, team)
    applications.withdraw(application_id=application, actor=world.volunteer, now=NOW)
    with pytest.raises(ApplicationRefused, match="撤回"):
        applications.approve(application_id=application, actor=world.leader, now=NOW)
    assert not inside(world.volunteer, team)


def test_somebody_elses_application_cannot_be_withdrawn(world: World, team: int) -> None:
    application = ask(world, team)
    with pytest.raises(NotFound):
        applications.withdraw(application_id=application, actor=world.neighbour, now=NOW)


def test_approving_and_withdrawing_at_once_has_one_outcome(app: Flask, world: World, team: int) -> None:
    for _round in range(6):
        application = ask(world, team)

        def act(racer: int, application: int = application) -> object:
            if racer % 2:
                return applications.approve(application_id=application, actor=world.leader, now=NOW)
            return applications.withdraw(application_id=application, actor=world.volunteer, now=NOW)

        got = race(app, world.donghu.id, act)
        assert all(one == team or isinstance(one, ApplicationRefused) for one in got), got
        assert inside(world.volunteer, team) == (state_of(application) == "approved")
        commands.leave_team(team_id=team, actor=world.volunteer, now=NOW)


def test_asking_at_once_from_two_phones_is_one_application(app: Flask, world: World, team: int) -> None:
    got = race(app, world.donghu.id, lambda _racer: ask(world, team))
    assert len(set(map(repr, got))) == 1, got
    assert db.session.scalar(select(func.count(TeamApplication.id))) == 1


def test_approved_twice_at_once_by_two_desks_is_one_membership(app: Flask, world: World, team: int) -> None:
    application = ask(world, team)
    who = [world.leader, world.clerk, world.secretary, world.leader]
    got = race(
        app, world.donghu.id, lambda racer: applications.approve(application_id=application, actor=who[racer], now=NOW)
    )
    assert got == [team] * 4
    rows = select(func.count(Membership.id)).where(Membership.person_id == world.volunteer.person_id)
    assert db.session.scalar(rows) == 1


def test_leaving_keeps_the_time_and_coming_back_begins_a_new_one(world: World, team: int) -> None:
    applications.approve(application_id=ask(world, team), actor=world.leader, now=NOW)
    later = NOW + timedelta(days=40)
    for _twice in range(2):
        commands.leave_team(team_id=team, actor=world.volunteer, now=later)
    again = applications.apply(team_id=team, words="", actor=world.volunteer, now=later)
    applications.approve(application_id=again, actor=world.leader, now=later)
    now_in, before = people.spells_of(world.volunteer.person_id)
    assert (now_in.joined_on, now_in.left_on) == (TODAY + timedelta(days=40), None)
    assert (before.joined_on, before.left_on) == (TODAY, TODAY + timedelta(days=40))


def test_who_is_taken_off_reads_why_and_stays_in_the_history(world: World, team: int) -> None:
    applications.approve(application_id=ask(world, team), actor=world.leader, now=NOW)
    person_id = world.volunteer.person_id
    with pytest.raises(ApplicationRefused):
        commands.remove_member(team_id=team, person_id=person_id, reason="", actor=world.leader, now=NOW)
    with pytest.raises(Forbidden):
        commands.remove_member(team_id=team, person_id=person_id, reason="x", actor=world.neighbour, now=NOW)
    commands.remove_member(team_id=team, person_id=person_id, reason="搬去外地", actor=world.leader, now=NOW)
    [spell] = people.spells_of(person_id)
    assert (spell.left_on, spell.reason) == (TODAY, "搬去外地")


def test_the_persons_page_keeps_the_history_as_well(world: World, team: int) -> None:
    membership.join_team(person_id=world.spouse.person_id, team_name="桂园夜巡队", actor=world.clerk, now=NOW)
    membership.leave_team(person_id=world.spouse.person_id, team_id=team, actor=world.clerk, now=NOW)
    row = db.session.scalar(select(FormerMembership).where(FormerMembership.person_id == world.spouse.person_id))
    assert row is not None
    assert row.ended_by == world.clerk.person_id


def test_a_leader_who_leaves_leads_no_more(world: World, team: int) -> None:
    commands.leave_team(team_id=team, actor=world.leader, now=NOW)
    assert queries.led_by(world.leader.person_id) == []
    with pytest.raises(Forbidden):
        applications.approve(application_id=ask(world, team), actor=world.leader, now=NOW)


def test_nobody_of_the_office_names_themselves_leader(world: World, team: int) -> None:
    with pytest.raises(TeamRefused):
        commands.name_leader(team_id=team, member_no=world.clerk.member_no, actor=world.clerk, now=NOW)


def test_closing_a_team_keeps_who_was_in_it_and_answers_who_waits(world: World, team: int) -> None:
    applications.approve(application_id=ask(world, team), actor=world.leader, now=NOW)
    waiting, own = ask(world, team, who=world.neighbour), ask(world, team, who=world.secretary)
    for _twice in range(2):
        commands.close_team(team_id=team, reason="并进大巡防", actor=world.secretary, now=NOW)
    assert people.get_team(team).size == 0
    assert {name for name, _spell in people.former_members_of(team, limit=9)} == {"王建明", "周桂芳"}
    assert (state_of(waiting), state_of(own)) == ("declined", "withdrawn")
    assert queries.led_by(world.leader.person_id) == []
    with pytest.raises(ApplicationRefused, match="解散"):
        ask(world, team)
    with pytest.raises(DomainError, match="解散"):
        membership.join_team(person_id=world.spouse.person_id, team_name="桂园夜巡队", actor=world.clerk, now=NOW)
    commands.reopen_team(team_id=team, actor=world.secretary, now=NOW)
    assert people.get_team(team).closed_at is None


def test_two_teams_cannot_have_one_name(world: World, team: int) -> None:
    with pytest.raises(people.TeamNameTaken):
        make_team(world)


def test_a_team_that_does_not_take_people_in_refuses(world: World) -> None:
    closed = make_team(world, name="合唱队", takes_in=False)
    with pytest.raises(ApplicationRefused):
        ask(world, closed)
