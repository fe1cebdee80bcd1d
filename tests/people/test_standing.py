"""Which step follows which, who reads why, and that a paused person acts nowhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from engage import activities, attendance, ledger, people, resolutions, rewards, votes
from engage.activities.rules import JoinRefused, PlanRefused
from engage.attendance.rules import Kind, RollRefused
from engage.core.access import Actor
from engage.core.database import db, transaction
from engage.core.errors import DomainError
from engage.people import consents, membership, passwords, signing_in, standing
from engage.people.consent_texts import PERSONAL_DATA, TEXTS, find_text, text_in_force
from engage.people.models import Consent, Person
from engage.people.standing import WrongStep
from tests.activities.conftest import make_plan, make_shift
from tests.client import CheckingClient
from tests.conftest import World
from tests.make import NOW
from tests.resolutions.conftest import LATER, assign, decided
from tests.rewards.conftest import Shop
from tests.votes.make_votes import cast, make_households, make_vote

Open = Callable[[Actor], CheckingClient]
ALL = ("applied", "declined", "active", "paused", "closed")
ALLOWED = {
    ("applied", "active"),
    ("applied", "declined"),
    ("declined", "active"),
    ("active", "paused"),
    ("active", "closed"),
    ("paused", "active"),
    ("paused", "closed"),
    ("closed", "active"),
}


@pytest.mark.parametrize("was", ALL)
@pytest.mark.parametrize("became", ALL)
def test_a_step_is_allowed_by_the_table_and_not_otherwise(was: str, became: str) -> None:
    if (was, became) in ALLOWED:
        standing.ensure_step(was=was, became=became)
    else:
        with pytest.raises(WrongStep):
            standing.ensure_step(was=was, became=became)


def test_an_application_waits_for_a_colleague_and_both_steps_are_kept(world: World, sign_in: Open) -> None:
    clerk, office = sign_in(world.clerk), sign_in(world.secretary)
    form = {"name": "马文斌", "tie": "member", "applied": "1", "language": ["sign", "english"], "birth_year": "1990"}
    added = clerk.post("/members", data=form, expect=303)
    page = office.get(added.headers["Location"], expect=200)
    assert "申请中" in page.text
    assert "英语、手语" in page.text
    assert "18到59岁" in page.text
    person = db.session.scalars(select(Person).where(Person.name == "马文斌")).one()
    card = people.card_token(person.id)
    assert people.find_by_card(card or "") is None
    assert "写一句为什么" in office.submit(page.form("/refusal"), expect=422).text
    office.submit(page.form("/refusal"), expect=303, **{"reason-refusal": "不住这里"})
    page = office.get(added.headers["Location"], expect=200)
    assert "不住这里" in page.text
    office.submit(page.form("/acceptance"), expect=303)
    db.session.rollback()
    assert people.find_by_card(card or "") is not None
    assert [step.became for step in people.steps_of(person.id)] == ["active", "declined", "applied"]


@pytest.fixture
def paused(world: World) -> Actor:
    """The volunteer, paused a moment ago: whatever was on its way must not arrive."""
    membership.change_status(
        person_id=world.volunteer.person_id, status="paused", reason="外出", actor=world.secretary, now=NOW
    )
    db.session.rollback()
    return world.volunteer


def test_a_paused_person_does_not_sign_up_nor_lead(world: World, paused: Actor) -> None:
    shift = make_shift(actor=world.secretary, leader_no=world.leader.member_no)
    with pytest.raises(JoinRefused, match="停着"):
        activities.sign_up(shift_id=shift.id, person_id=paused.person_id, actor=world.leader, now=NOW)
    with pytest.raises(PlanRefused, match="停着"):
        activities.plan_activity(plan=make_plan(leader_no=paused.member_no), actor=world.secretary, key="p", now=NOW)


def test_a_paused_person_is_not_checked_in(world: World, paused: Actor) -> None:
    shift = make_shift(actor=world.secretary, leader_no=world.leader.member_no)
    with pytest.raises(RollRefused, match="停着"):
        attendance.check_in_person(
            shift_id=shift.id,
            person_id=paused.person_id,
            kind=Kind.IN,
            medium="number",
            client_event_id="p",
            actor=world.leader,
            now=NOW + timedelta(hours=1),
        )
    assert attendance.sessions_of_shift(shift.id) == []


def test_a_paused_person_reserves_nothing_and_is_handed_nothing(world: World) -> None:
    shop = Shop(world)
    shop.points(200)
    item = shop.item(price=80)
    waiting = shop.code(shop.reserve(item))
    membership.change_status(
        person_id=world.volunteer.person_id, status="paused", reason="外出", actor=world.secretary, now=NOW
    )
    with pytest.raises(DomainError, match="停着"):
        shop.reserve(item)
    with pytest.raises(DomainError, match="停着"):
        rewards.hand_out(code=waiting, actor=world.desk, key="h", now=NOW)
    assert ledger.balance_of(person_id=world.volunteer.person_id).held == 80


def test_a_paused_persons_ballot_is_not_stored(world: World, paused: Actor) -> None:
    vote = make_vote([paused, *make_households(world.donghu, 10)])
    with pytest.raises(votes.NotOnTheRoll, match="停着"):
        cast(vote, paused, 0)


def test_a_paused_member_of_staff_does_nothing_more(world: World, sign_in: Open) -> None:
    clerk = sign_in(world.clerk)
    clerk.get("/members", expect=200)
    with pytest.raises(DomainError, match="自己"):
        membership.change_status(person_id=world.clerk.person_id, status="paused", actor=world.clerk, now=NOW)
    membership.change_status(
        person_id=world.clerk.person_id, status="paused", reason="休假", actor=world.secretary, now=NOW
    )
    clerk.get("/members", expect=303)
    clerk.post(f"/members/{world.volunteer.person_id}/pause", data={"reason-pause": "x"}, expect=303)
    membership.change_status(person_id=world.clerk.person_id, status="active", actor=world.secretary, now=NOW)
    clerk.get("/members", expect=303)  # the device ended with the pause: who comes back signs in again
    db.session.rollback()
    assert people.get_person(world.volunteer.person_id).status == "active"


def test_a_paused_person_is_given_no_resolution(world: World) -> None:
    number = resolutions.adopt(motion_id=decided(world).motion_id, actor=world.secretary, now=LATER)
    membership.change_status(
        person_id=world.volunteer.person_id, status="paused", reason="外出", actor=world.secretary, now=NOW
    )
    with pytest.raises(DomainError, match="停着"):
        assign(world, number, owner=world.volunteer)
    assert resolutions.owned_by(world.volunteer.person_id) == []


def test_a_newer_text_is_asked_for_from_its_first_day_and_only_of_those_who_agreed_to_an_older_one(
    world: World,
) -> None:
    with transaction() as session:
        session.add(
            Consent(person_id=world.volunteer.person_id, subject=PERSONAL_DATA, version="2026-06", given_at=NOW)
        )
    first_day = datetime(2026, 12, 31, 16, 0, tzinfo=NOW.tzinfo)  # midnight in Shanghai
    asked = consents.find_outstanding(world.volunteer.person_id, now=first_day)
    assert asked is not None
    assert asked.version == "2027-01"
    assert consents.find_outstanding(world.volunteer.person_id, now=first_day - timedelta(seconds=1)) is None
    assert consents.find_outstanding(world.neighbour.person_id, now=first_day) is None
    consents.agree(actor=world.volunteer, now=first_day)
    consents.agree(actor=world.volunteer, now=first_day)
    assert consents.find_outstanding(world.volunteer.person_id, now=first_day) is None


def test_who_signs_in_is_shown_the_newer_text_and_comes_to_where_they_were_going(
    world: World, sign_in: Open, client: CheckingClient
) -> None:
    kept = passwords.hash_of("四样爱吃的菜都写上")
    with transaction() as session:
        session.add(
            Consent(person_id=world.volunteer.person_id, subject=PERSONAL_DATA, version="2026-06", given_at=NOW)
        )
        signing_in.set_password(person_id=world.volunteer.person_id, password_hash=kept, now=NOW)
    with time_machine.travel(datetime(2027, 1, 2, 4, 0, tzinfo=NOW.tzinfo), tick=False):
        data = {"community": "donghu", "account": "13800000621", "password": "四样爱吃的菜都写上", "next": "/points"}
        came = client.post("/sign-in", data=data, expect=303)
        page = client.follow(came)
        assert "会说的话" in page.text
        went = client.submit(page.form("/me/consents"), expect=303)
        assert went.headers["Location"].endswith("/points")
        assert "有新的一版" not in client.get("/me", expect=200).text


def test_the_texts_are_each_there_once_and_the_newest_in_force_is_asked_for() -> None:
    assert len({(text.subject, text.version) for text in TEXTS}) == len(TEXTS)
    assert text_in_force(PERSONAL_DATA, on=date(2026, 6, 12)).version == "2026-06"
    assert text_in_force(PERSONAL_DATA, on=date(2027, 1, 1)).version == "2027-01"
    assert find_text(PERSONAL_DATA, "2019-01") is None
