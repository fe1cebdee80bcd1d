"""Approving pays once, by the version of the day; who may not approve cannot."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from engage import attendance, awards, ledger
from engage.activities.queries import ShiftCard
from engage.awards import queries
from engage.core import clock
from engage.core.database import transaction
from engage.core.errors import Forbidden, NotFound
from tests.activities.conftest import make_shift
from tests.attendance.conftest import START
from tests.awards.conftest import MORNING, attended
from tests.conftest import World
from tests.make import NOW
from tests.races import at_once


def test_approved_minutes_become_points_with_their_arithmetic(world: World, patrol: ShiftCard, rule: int) -> None:
    card = attended(patrol, world.volunteer)
    receipt = awards.approve_and_award(session_id=card.id, actor=world.clerk, now=MORNING)
    assert (receipt.points, receipt.minutes, receipt.trimmed_by) == (15, 90, None)
    assert ledger.balance_of(person_id=world.volunteer.person_id, now=MORNING).available == 15
    entry = ledger.entry_of(source=f"session:{card.id}:service")
    assert entry is not None
    assert entry.basis["rule"] == {"code": "service", "version": 1, "name": "服务积分"}
    assert entry.basis["minutes"] == 90
    assert entry.approver_id == world.clerk.person_id
    assert attendance.count_to_approve() == 0


def test_approving_twice_pays_once(world: World, patrol: ShiftCard, rule: int) -> None:
    card = attended(patrol, world.volunteer)
    first = awards.approve_and_award(session_id=card.id, actor=world.clerk, now=MORNING)
    assert awards.approve_and_award(session_id=card.id, actor=world.secretary, now=MORNING) == first
    assert ledger.head().seq == 1


def test_several_approvers_at_once_pay_once(app: Flask, world: World, patrol: ShiftCard, rule: int) -> None:
    card = attended(patrol, world.volunteer)
    acts = [
        lambda actor=actor: awards.approve_and_award(session_id=card.id, actor=actor, now=MORNING)
        for actor in (world.clerk, world.secretary, world.clerk, world.secretary)
    ]
    answers = at_once(app, world.donghu.id, acts)
    assert len(set(answers)) == 1
    assert ledger.head().seq == 1
    assert ledger.verify() == []


def test_a_refused_approval_leaves_no_points(world: World, patrol: ShiftCard, rule: int) -> None:
    own = attended(patrol, world.leader)
    with pytest.raises(attendance.ApprovalRefused):
        awards.approve_and_award(session_id=own.id, actor=world.leader, now=MORNING)
    assert ledger.head().seq == 0
    awards.refuse_service(session_id=own.id, reason="没到场", actor=world.clerk, now=MORNING)
    with pytest.raises(attendance.ApprovalRefused):
        awards.approve_and_award(session_id=own.id, actor=world.clerk, now=MORNING)
    assert ledger.head().seq == 0


def test_without_a_rule_nothing_is_approved(world: World, patrol: ShiftCard) -> None:
    card = attended(patrol, world.volunteer)
    with pytest.raises(awards.NoRule):
        awards.approve_and_award(session_id=card.id, actor=world.clerk, now=MORNING)
    assert attendance.count_to_approve() == 1


def test_too_few_minutes_are_approved_for_no_points(world: World, patrol: ShiftCard, rule: int) -> None:
    card = attended(patrol, world.volunteer, minutes=20)
    receipt = awards.approve_and_award(session_id=card.id, actor=world.clerk, now=MORNING)
    assert (receipt.points, receipt.entry_seq) == (0, None)
    assert ledger.head().seq == 0


def test_a_cap_trims_over_several_sessions_of_a_day(world: World) -> None:
    terms = awards.Terms(quantum_minutes=30, unit_points=5, cap_day=20)
    rule_id = awards.draft_rule(terms=terms, valid_from=clock.local_date(NOW), actor=world.secretary, now=NOW)
    awards.approve_rule(rule_id=rule_id, actor=world.clerk, now=NOW)
    first = make_shift(actor=world.secretary, leader_no=world.leader.member_no)
    one = attended(first, world.volunteer)
    awards.approve_and_award(session_id=one.id, actor=world.clerk, now=MORNING, reason="熟人")
    assert ledger.balance_of(person_id=world.volunteer.person_id, now=MORNING).available == 15
    earned = queries.earned_by(
        person_id=world.volunteer.person_id,
        activity_id=one.activity_id,
        served_on=clock.local_date(START),
        code="service",
    )
    assert (earned.activity, earned.day, earned.month) == (15, 15, 15)


def test_a_rule_needs_two_persons_and_never_changes(world: World, rule: int) -> None:
    tomorrow = clock.local_date(NOW) + timedelta(days=1)
    draft = awards.draft_rule(terms=awards.DEFAULT_TERMS, valid_from=tomorrow, actor=world.secretary, now=NOW)
    with pytest.raises(awards.BadRule):
        awards.approve_rule(rule_id=draft, actor=world.secretary, now=NOW)
    with pytest.raises(Forbidden):
        awards.approve_rule(rule_id=draft, actor=world.volunteer, now=NOW)
    with pytest.raises(Forbidden):
        awards.draft_rule(terms=awards.DEFAULT_TERMS, valid_from=tomorrow, actor=world.volunteer, now=NOW)
    awards.approve_rule(rule_id=draft, actor=world.clerk, now=NOW)
    for statement in ("UPDATE award_rule SET unit_points = 500", "DELETE FROM award_rule"):
        with pytest.raises(DatabaseError), transaction() as session:
            session.execute(text(statement))


def test_a_later_version_leaves_past_service_alone(world: World, patrol: ShiftCard, rule: int) -> None:
    tomorrow = clock.local_date(NOW) + timedelta(days=1)
    generous = awards.Terms(quantum_minutes=30, unit_points=500)
    draft = awards.draft_rule(terms=generous, valid_from=tomorrow, actor=world.secretary, now=NOW)
    awards.approve_rule(rule_id=draft, actor=world.clerk, now=NOW)
    card = attended(patrol, world.volunteer)
    receipt = awards.approve_and_award(session_id=card.id, actor=world.clerk, now=MORNING + timedelta(days=3))
    assert receipt.points == 15


def test_a_session_of_another_community_is_not_found(world: World, rule: int) -> None:
    with pytest.raises(NotFound):
        awards.approve_and_award(session_id=987654, actor=world.clerk, now=MORNING)


def test_the_default_rule_is_founded_from_the_command_line(app: Flask, world: World) -> None:
    runner = app.test_cli_runner()
    numbers = ["--drafter", str(world.secretary.member_no), "--approver", str(world.clerk.member_no)]
    done = runner.invoke(args=["awards", "default-rule", "--community", "donghu", *numbers])
    assert done.exit_code == 0, done.output
    same = ["--drafter", str(world.secretary.member_no), "--approver", str(world.secretary.member_no)]
    refused = runner.invoke(args=["awards", "default-rule", "--community", "donghu", *same])
    assert refused.exit_code == 1
    assert "起草和批准要两个人" in refused.output
