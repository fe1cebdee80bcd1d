"""Trainings: written down once, never by oneself, and what runs out is seen in time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from engage import people, teams
from engage.core.database import db, transaction
from engage.core.errors import NotFound
from engage.teams import applications, queries, register, training
from engage.teams.models_training import Qualification
from engage.teams.rules import NotQualified, TrainingRefused
from tests.conftest import World
from tests.make import NOW
from tests.races import race
from tests.teams.conftest import TODAY, ask, listed, record


def test_a_sheet_sent_twice_and_a_sheet_with_one_name_more_count_each_once(world: World) -> None:
    assert record(world, world.volunteer, world.leader) == 2
    assert record(world, world.volunteer, world.leader) == 2  # the same form: the same answer
    assert record(world, world.volunteer, world.leader, world.neighbour, key="again") == 1
    assert db.session.scalar(select(func.count(Qualification.id))) == 3


def test_a_sheet_sent_by_two_desks_at_once_counts_once(app: Flask, world: World) -> None:
    got = race(app, world.donghu.id, lambda racer: record(world, world.volunteer, key=f"sheet{racer}"))
    assert sorted(map(repr, got)) == ["0", "0", "0", "1"]


def test_nobody_writes_down_or_takes_back_their_own_training(world: World) -> None:
    with pytest.raises(TrainingRefused):
        record(world, world.clerk)
    by_hand = insert(Qualification).values(
        community_id=world.donghu.id,
        person_id=world.clerk.person_id,
        kind="fire",
        trained_on=TODAY,
        given_by="x",
        note="",
        recorded_by=world.clerk.person_id,
        recorded_at=NOW,
        revoke_reason="",
    )
    with pytest.raises(IntegrityError, match=r"own_record"), transaction() as session:
        session.execute(by_hand)


def test_somebody_next_door_cannot_be_trained_here(world: World) -> None:
    with pytest.raises(NotFound):
        record(world, world.outsider)


def test_a_revoked_training_stays_in_the_register_and_counts_no_more(world: World) -> None:
    record(world, world.volunteer)
    person_id = world.volunteer.person_id
    assert training.qualified_ids([person_id], kind="first_aid", on=TODAY) == {person_id}
    [card] = register.trainings_of(person_id, today=TODAY)
    with pytest.raises(TrainingRefused):
        training.revoke(qualification_id=card.id, reason="", actor=world.clerk, now=NOW)
    training.revoke(qualification_id=card.id, reason="证书是别人的", actor=world.clerk, now=NOW)
    [card] = register.trainings_of(person_id, today=TODAY)
    assert (card.revoked, card.counts, card.revoke_reason) == (True, False, "证书是别人的")
    with pytest.raises(NotQualified, match="急救"):
        training.ensure_qualified(person_id=person_id, name="周桂芳", kind="first_aid", on=TODAY)
    assert record(world, world.volunteer, key="once more") == 1


def test_the_list_shows_what_runs_out_and_not_what_was_renewed_or_has_no_end(world: World) -> None:
    soon, later = TODAY + timedelta(days=20), TODAY + timedelta(days=75)
    record(world, world.volunteer, key="1", expires_on=soon)
    record(world, world.leader, key="2", expires_on=later)
    record(world, world.neighbour, key="3", expires_on=None)
    record(world, world.spouse, key="4", expires_on=soon, trained_on=TODAY - timedelta(days=9))
    record(world, world.spouse, key="5", expires_on=TODAY + timedelta(days=700))
    record(world, world.desk, key="6", expires_on=TODAY, trained_on=TODAY - timedelta(days=9))
    volunteer, leader, desk = world.volunteer.person_id, world.leader.person_id, world.desk.person_id
    assert listed(register.Looked(days=30)) == [volunteer]
    assert listed(register.Looked(days=90)) == [volunteer, leader]
    assert listed(register.Looked(over=True)) == [desk]
    assert listed(register.Looked(days=30, kind="fire")) == []
    assert register.count_running_out(days=90, today=TODAY) == 2


@pytest.mark.parametrize(("days", "shown"), [(30, 1), (31, 0)])
def test_the_thirtieth_day_is_within_thirty_days(world: World, days: int, shown: int) -> None:
    record(world, world.volunteer, expires_on=TODAY + timedelta(days=days))
    assert len(listed(register.Looked(days=30))) == shown


def test_the_list_narrows_by_team(world: World, team: int) -> None:
    record(world, world.volunteer, world.leader)
    assert listed(register.Looked(team_id=team)) == [world.leader.person_id]


def test_erasing_forgets_applications_and_trainings_and_keeps_what_one_did_for_others(world: World, team: int) -> None:
    ask(world, team)
    record(world, world.volunteer)
    applications.approve(application_id=ask(world, team, who=world.neighbour), actor=world.leader, now=NOW)
    with transaction():
        for actor in (world.volunteer, world.leader):
            teams.forget(person_id=actor.person_id, now=NOW)
            people.erase(person_id=actor.person_id, now=NOW)
    mine = teams.records_of(world.volunteer.person_id, today=TODAY)
    assert (mine.applications, mine.trainings, mine.spells) == ([], [], [])
    assert queries.led_by(world.leader.person_id) == []
    kept = teams.records_of(world.neighbour.person_id, today=TODAY)
    assert kept.applications[0].decided_by == world.leader.person_id
