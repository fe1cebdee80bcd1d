"""The way out: what closing an account ends, what it hands over first, and that no name is left (trust L8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engage import activities, attendance, ledger, people, rewards, talks
from engage.core import tenancy
from engage.core.access import Actor
from engage.core.audit import AuditEvent
from engage.core.database import db
from engage.home import closing
from engage.people.models import Device, Medium
from tests.client import CheckingClient
from tests.conftest import World
from tests.home.conftest import PASSWORD, Evening, pay, plan_shift, traces
from tests.make import NOW

SignIn = Callable[[Actor], CheckingClient]


def served(world: World, shift_id: int) -> None:
    """The volunteer came and left, as the leader wrote it down."""
    for kind, at in ((attendance.Kind.IN, NOW), (attendance.Kind.OUT, NOW + timedelta(hours=1))):
        attendance.check_in_person(
            shift_id=shift_id,
            person_id=world.volunteer.person_id,
            kind=kind,
            medium="number",
            client_event_id=f"event {kind.value}",
            actor=world.leader,
            now=at,
        )


def close(me: Actor, *, now: Any = NOW) -> str:
    return closing.close_account(actor=me, seen=closing.duties_of(me, now=now).seen, now=now)


def test_the_closing_page_names_what_is_open(me: Actor, sign_in: SignIn) -> None:
    words = sign_in(me).get("/me/closure", expect=200).words
    for expected in ("毛巾", "退回货架", "46分作废", "桂园片区夜巡", "退出报名", "充电棚建在哪里", "不再当记录人"):
        assert expected in words


def test_l8_a_closed_account_leaves_no_name_and_no_phone_in_any_table(
    me: Actor, world: World, evening: Evening
) -> None:
    served(world, evening.patrol)
    assert "person.name" in traces("周桂芳"), "the search finds what is there"
    assert close(me) == f"已注销{me.member_no:04d}"
    db.session.rollback()
    assert (
        traces(
            "周桂芳", "zhou gui fang", "13800000621", people.phone_index("13800000621", community_id=world.donghu.id)
        )
        == []
    )
    person = people.get_person(me.person_id)
    assert (person.phone_sealed, person.phone_last4, person.birth_year, person.unit_id, person.grid_id) == (None,) * 5
    assert person.status == "closed"


def test_l8_the_book_still_closes_and_the_points_are_gone(me: Actor) -> None:
    before = ledger.totals()
    close(me)
    assert ledger.verify() == []
    balance = ledger.balance_of(person_id=me.person_id)
    assert (balance.available, balance.held) == (0, 0)
    assert ledger.totals().expired == before.expired + 46


def test_closing_puts_goods_back_and_gives_the_place_to_the_next_in_line(
    me: Actor, world: World, evening: Evening
) -> None:
    shift = plan_shift(world, title="小班", day=date(2026, 6, 14), starts=time(8), ends=time(9), capacity=1)
    for person in (me, world.neighbour):
        activities.sign_up(shift_id=shift, person_id=person.person_id, actor=person, now=NOW)
    left = {item.name: item.left for item in rewards.shelf()}
    close(me)
    db.session.rollback()
    assert {item.name: item.left for item in rewards.shelf()} == {**left, "毛巾": left["毛巾"] + 1}
    assert activities.joined_ids(shift) == [world.neighbour.person_id]
    assert activities.joined_ids(evening.patrol) == []
    assert talks.duties_of(me.person_id) == []


def test_cards_devices_and_password_are_dead_after_closing(me: Actor, sign_in: SignIn, client: CheckingClient) -> None:
    other, browser = sign_in(me), sign_in(me)
    card = people.card_token(me.person_id)
    assert card is not None
    form = browser.get("/me/closure", expect=200).form("/me/closure")
    answer = browser.submit(form, expect=303, current=PASSWORD)
    assert "已注销" in browser.follow(answer).text
    other.get("/me", expect=303)
    browser.get("/me", expect=303)
    assert people.find_by_card(card) is None
    data = {"community": "donghu", "account": str(me.member_no), "password": PASSWORD}
    client.post("/sign-in", data=data, expect=422)
    assert (
        db.session.scalar(select(Device.id).where(Device.person_id == me.person_id, Device.ended_at.is_(None))) is None
    )
    assert (
        db.session.scalar(select(Medium.id).where(Medium.person_id == me.person_id, Medium.revoked_at.is_(None)))
        is None
    )


def test_a_wrong_password_closes_nothing(me: Actor, sign_in: SignIn) -> None:
    browser = sign_in(me)
    form = browser.get("/me/closure", expect=200).form("/me/closure")
    assert "密码不对" in browser.submit(form, expect=422, current="猜一个密码试试").refusal
    db.session.rollback()
    assert people.get_person(me.person_id).name == "周桂芳"


def test_a_list_that_changed_meanwhile_is_shown_again(me: Actor, sign_in: SignIn, world: World) -> None:
    browser = sign_in(me)
    form = browser.get("/me/closure", expect=200).form("/me/closure")
    pay(world, me, points=30, source="session:2:service")
    assert "单子刚才变了" in browser.submit(form, expect=422, current=PASSWORD).refusal
    db.session.rollback()
    assert people.get_person(me.person_id).status == "active"
    assert ledger.balance_of(person_id=me.person_id).total == 76


def test_who_leads_a_shift_or_is_the_only_secretary_hands_over_first(world: World, evening: Evening) -> None:
    for actor, words in ((world.leader, "led"), (world.secretary, "last_secretary")):
        duties = closing.duties_of(actor, now=NOW)
        assert getattr(duties, words)
        with pytest.raises(closing.ClosingRefused):
            closing.close_account(actor=actor, seen=duties.seen, now=NOW)
    db.session.rollback()
    assert people.get_person(world.leader.person_id).name == "王建明"


def test_the_page_for_somebody_who_must_hand_over_has_no_button(
    world: World, evening: Evening, sign_in: SignIn
) -> None:
    answer = sign_in(world.leader).get("/me/closure", expect=200)
    assert "先把这些交给别人" in answer.words
    assert answer.soup.select_one("#closure") is None


def test_who_chairs_a_talk_under_way_stays_until_it_is_over(me: Actor, world: World, evening: Evening) -> None:
    staff = (me.person_id, world.secretary.person_id, world.leader.person_id, world.neighbour.person_id)
    talks.name_staff(talk_id=evening.talk, staff=staff, actor=world.secretary, now=NOW)
    talks.open_doors(talk_id=evening.talk, actor=world.secretary, now=NOW)
    duties = closing.duties_of(me, now=NOW)
    assert duties.talks_under_way
    with pytest.raises(closing.ClosingRefused):
        close(me)


def test_a_reservation_that_lapsed_goes_back_as_lapsed(me: Actor) -> None:
    later = NOW + timedelta(days=8)
    close(me, now=later)
    states = {card.state for card in rewards.list_redemptions(person_ids=[me.person_id], now=later, limit=9, offset=0)}
    assert states == {rewards.State.LAPSED}
    assert ledger.verify() == []


def test_the_log_keeps_ids_only_and_the_office_cannot_bring_a_pseudonym_back(
    me: Actor, world: World, sign_in: SignIn
) -> None:
    close(me)
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.verb == "account_closed")).one()
    assert (event.actor_id, event.subject) == (me.person_id, f"person:{me.person_id}")
    assert event.facts == {"shifts": 1, "reservations": 1, "points": 46}
    office = sign_in(world.secretary)
    assert "已经注销" in office.post(f"/members/{me.person_id}/return", expect=422).refusal
    assert "周桂芳" not in office.get(f"/members/{me.person_id}", expect=200).text


def test_the_community_next_door_is_not_touched(me: Actor, world: World) -> None:
    close(me)
    with tenancy.scoped(world.liyuan.id):
        assert people.get_person(world.outsider.person_id).status == "active"
        assert people.find_by_member_no(world.outsider.member_no) is not None
