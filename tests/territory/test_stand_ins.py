"""A role handed over for some days: the calendar begins and ends it, the log says for whom, it goes no further."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from engage import awards, people
from engage.core import tenancy
from engage.core.access import Actor, Permission, Role
from engage.core.audit import AuditEvent
from engage.core.clock import SHANGHAI
from engage.core.database import db
from engage.core.errors import DomainError, Forbidden, NotFound, TooManyAttempts
from engage.home import my_data, package
from engage.people import delegations
from tests import make
from tests.activities.conftest import make_shift
from tests.awards.conftest import MORNING, attended
from tests.awards.conftest import rule as rule
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW
from tests.people.make_grids import Grids, make_grids

Open = Callable[[Actor], CheckingClient]
MONDAY, THURSDAY = date(2026, 6, 15), date(2026, 6, 18)


@pytest.fixture
def grids(world: World) -> Grids:
    """The two grids of the first community."""
    return make_grids(world.donghu)


def grant_of(actor: Actor) -> int:
    """Return the id of somebody's first own role."""
    return people.own_roles(actor.person_id)[0].id


def lend(holder: Actor, deputy: Actor, *, days: tuple[date, date] = (MONDAY, THURSDAY)) -> int:
    """Hand the holder's role to the deputy."""
    return people.hand_over(grant_id=grant_of(holder), member_no=deputy.member_no, days=days, actor=holder, now=NOW)


def at(day: date, hour: int = 0, minute: int = 0) -> datetime:
    """Return a moment of Shanghai."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


def afresh(actor: Actor, moment: datetime) -> Actor:
    """Return somebody as a request at that moment would know them."""
    with time_machine.travel(moment, tick=False):
        return people.actor_of(people.get_person(actor.person_id))


def test_it_begins_and_ends_by_the_calendar_of_shanghai(world: World, grids: Grids) -> None:
    lend(grids.officer, world.resident)
    can = [
        afresh(world.resident, moment).can(Permission.SEE_MEMBERS)
        for moment in (
            NOW,
            at(MONDAY) - timedelta(seconds=1),
            at(MONDAY),
            at(THURSDAY) - timedelta(seconds=1),
            at(THURSDAY),
        )
    ]
    assert can == [False, False, True, True, False]
    stand_in = afresh(world.resident, at(MONDAY, 9))
    assert stand_in.reach(Permission.SEE_MEMBERS) == {grids.ours, grids.building}
    assert Role.GRID_OFFICER not in stand_in.roles, "standing in makes nobody an officer"
    assert stand_in.works_here


def test_the_holder_or_a_secretary_ends_it_early_and_nobody_else(world: World, grids: Grids) -> None:
    first = lend(grids.officer, world.resident)
    for stranger in (world.resident, world.clerk, world.outsider):
        with tenancy.scoped(stranger.community_id), pytest.raises(NotFound):
            people.take_back(delegation_id=first, actor=stranger, now=NOW)
    people.take_back(delegation_id=first, actor=grids.officer, now=NOW)
    people.take_back(delegation_id=first, actor=grids.officer, now=NOW)
    assert not afresh(world.resident, at(MONDAY, 9)).can(Permission.SEE_MEMBERS)
    second = lend(grids.officer, world.resident)
    people.take_back(delegation_id=second, actor=world.secretary, now=NOW)
    assert not afresh(world.resident, at(MONDAY, 9)).can(Permission.SEE_MEMBERS)


def test_it_ends_with_the_role_itself(world: World, grids: Grids) -> None:
    lend(grids.officer, world.resident)
    people.end_role(person_id=grids.officer.person_id, grant_id=grant_of(grids.officer), actor=world.secretary, now=NOW)
    assert not afresh(world.resident, at(MONDAY, 9)).can(Permission.SEE_MEMBERS)


def test_a_stand_in_hands_nothing_on_and_appoints_nobody(world: World, grids: Grids) -> None:
    lend(grids.officer, world.resident)
    lend(world.secretary, world.clerk)
    with time_machine.travel(at(MONDAY, 9), tick=False):
        deputy, clerk = afresh(world.resident, at(MONDAY, 9)), afresh(world.clerk, at(MONDAY, 9))
        with pytest.raises(NotFound):
            people.hand_over(
                grant_id=grant_of(grids.officer),
                member_no=world.volunteer.member_no,
                days=(MONDAY, THURSDAY),
                actor=deputy,
                now=at(MONDAY, 9),
            )
        assert clerk.can(Permission.SEE_AUDIT)
        assert not clerk.can(Permission.GRANT_ROLES)
        assert Role.SECRETARY not in clerk.roles
        with pytest.raises(Forbidden):
            people.give_role(person_id=world.volunteer.person_id, role=Role.CLERK, actor=clerk, now=at(MONDAY, 9))


def test_the_same_again_is_once_and_days_given_away_are_not_given_twice(world: World, grids: Grids) -> None:
    assert lend(grids.officer, world.resident) == lend(grids.officer, world.resident)
    with pytest.raises(DomainError, match="已经请刘长河代班"):
        lend(grids.officer, world.volunteer, days=(THURSDAY - timedelta(days=1), THURSDAY))
    lend(grids.officer, world.volunteer, days=(THURSDAY, THURSDAY + timedelta(days=3)))
    for deputy in (grids.officer, world.outsider):
        with pytest.raises(DomainError):
            people.hand_over(
                grant_id=grant_of(grids.officer),
                member_no=deputy.member_no if deputy is grids.officer else 987654,
                days=(MONDAY, THURSDAY),
                actor=grids.officer,
                now=NOW,
            )


def test_nobody_tries_member_numbers_through(world: World, grids: Grids) -> None:
    for number in range(delegations.TRIES_A_DAY + 1):
        with pytest.raises(DomainError if number < delegations.TRIES_A_DAY else TooManyAttempts):
            people.hand_over(
                grant_id=grant_of(grids.officer),
                member_no=900000 + number,
                days=(MONDAY, THURSDAY),
                actor=grids.officer,
                now=NOW,
            )


def test_the_log_says_for_whom_and_only_then(world: World, grids: Grids, sign_in: Open) -> None:
    lend(grids.officer, world.resident)
    with time_machine.travel(at(MONDAY, 9), tick=False):
        browser = sign_in(world.resident)
        browser.set_cookie(people.COOKIE, make.open_device(world.resident, now=at(MONDAY, 9)))
        browser.post(f"/members/{grids.near}/phone-reveals", data={"reason": "停水通知"}, expect=200)
        browser.get(f"/members/{grids.far}", expect=404)
        office = sign_in(world.secretary)
        office.set_cookie(people.COOKIE, make.open_device(world.secretary, now=at(MONDAY, 9)))
        office.post(f"/members/{grids.near}/phone-reveals", data={"reason": "停水通知"}, expect=200)
        seen = list(
            db.session.scalars(select(AuditEvent).where(AuditEvent.verb == "phone_seen").order_by(AuditEvent.id))
        )
        assert [event.facts.get("acting_for") for event in seen] == [grids.officer.person_id, None]
        assert "网格员丁" in office.get("/audit?verb=phone_seen", expect=200).words


def test_a_stand_in_does_not_judge_the_time_of_whom_they_stand_in_for(world: World, grids: Grids, rule: int) -> None:
    """Else leave would be the way to approve one's own hours."""
    near = people.get_person(grids.near)
    people.give_role(
        person_id=near.id, role=Role.GRID_OFFICER, term=people.Term(place_id=grids.ours), actor=world.secretary, now=NOW
    )
    holder = people.actor_of(near)
    shift = make_shift(actor=world.secretary, leader_no=world.leader.member_no)
    own, other = attended(shift, holder), attended(shift, people.actor_of(people.get_person(grids.housed)))
    lend(holder, world.resident, days=(date(2026, 6, 13), THURSDAY))
    with time_machine.travel(MORNING, tick=False):
        deputy = afresh(world.resident, MORNING)
        with pytest.raises(DomainError, match="代班"):
            awards.approve_and_award(session_id=own.id, actor=deputy, now=MORNING, reason="看见了")
        awards.approve_and_award(session_id=other.id, actor=deputy, now=MORNING, reason="看见了")
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.verb == "service approved")).one()
        assert event.facts["acting_for"] == holder.person_id


def test_the_pages_show_it_to_both_and_on_the_entry(world: World, grids: Grids, sign_in: Open) -> None:
    browser = sign_in(grids.officer)
    page = browser.get("/me/offices", expect=200)
    assert "第1网格" in page.words
    form = page.form("/stand-ins")
    refused = browser.submit(form, expect=422, member_no="", starts="2026-06-15", ends="2026-06-18")
    assert "编号" in refused.refusal
    assert 'value="2026-06-15"' in refused.text, "what was typed is kept"
    browser.submit(
        form, expect=303, member_no=f"{world.resident.member_no:04d}", starts="2026-06-15", ends="2026-06-18"
    )
    assert "刘长河替您" in browser.get("/me/offices", expect=200).words
    assert "您替网格员丁" in sign_in(world.resident).get("/me/offices", expect=200).words
    office = sign_in(world.secretary).get(f"/members/{grids.officer.person_id}", expect=200)
    assert "刘长河代网格员" in office.words
    closing = browser.get("/me/offices", expect=200).form("/closure")
    browser.submit(closing, expect=303)
    assert "结束了" in browser.get("/me/offices", expect=200).words


def test_somebody_who_leaves_hands_nothing_over_and_stands_in_for_nobody(
    world: World, grids: Grids, sign_in: Open
) -> None:
    lend(grids.officer, world.resident)
    sign_in(world.secretary).post(
        f"/members/{world.resident.person_id}/departure", data={"reason-departure": "搬走了"}, expect=303
    )
    sign_in(world.secretary).post(f"/members/{world.resident.person_id}/return", expect=303)
    assert not afresh(world.resident, at(MONDAY, 9)).can(Permission.SEE_MEMBERS)


def test_my_data_tells_of_stand_ins_and_takes_them_along(world: World, grids: Grids, sign_in: Open) -> None:
    lend(grids.officer, world.resident)
    assert "刘长河 → 网格员丁" in sign_in(world.resident).get("/me/data", expect=200).words
    rows = {section.key: section.rows for section in package.sections_of(my_data.data_of(world.resident, now=NOW))}
    assert rows["stand_ins"] == [("grid_officer", "网格员丁", "刘长河", MONDAY, THURSDAY)]
