"""Acting for somebody who stands at the desk (product principle 3, ADR 36)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from engage import people
from engage.core.access import Actor, Role, current_actor
from engage.core.audit import AuditEvent
from engage.core.database import db, transaction
from engage.core.helping import ALLOWED
from engage.people.models_sign_in import Assistance
from tests.client import CheckingClient
from tests.conftest import World
from tests.house import walking
from tests.make import NOW
from tests.people.conftest import PASSWORD

Give = Callable[..., Actor]


def begin(desk: CheckingClient, person: Actor, *, expect: int = 303, **more: str) -> Any:
    form = {"who": f"{person.member_no:04d}", "name": person.name, "reason": "眼睛不好", "agreed": "1"}
    return desk.post("/help", data={**form, **more}, expect=expect)


@pytest.fixture
def desk(world: World, sign_in: Any) -> CheckingClient:
    """The desk's browser, acting for the volunteer."""
    browser: CheckingClient = sign_in(world.desk)
    begin(browser, world.volunteer)
    return browser


def test_it_begins_with_a_number_and_the_name_that_goes_with_it(world: World, sign_in: Any) -> None:
    desk = sign_in(world.desk)
    for wrong in ({"name": "孙玉梅"}, {"name": ""}, {"who": "9999"}, {"who": "abc"}):
        assert "没对上人" in begin(desk, world.volunteer, expect=422, **wrong).refusal
    assert "本人愿不愿意" in begin(desk, world.volunteer, expect=422, agreed="").refusal
    assert "要办什么" in begin(desk, world.volunteer, expect=422, reason=" ").refusal
    assert "您自己的事" in begin(desk, world.desk, expect=422).refusal
    begin(desk, world.volunteer, name=" 周桂芳 ")
    assert "您正在替周桂芳办事" in desk.get("/help/now", expect=200).text


def test_a_scanned_card_is_enough_and_a_replaced_one_is_not(world: World, sign_in: Any) -> None:
    with transaction():
        people.issue_cards(person_ids=[world.volunteer.person_id], now=NOW)
    token = people.card_token(world.volunteer.person_id) or ""
    desk = sign_in(world.desk)
    begin(desk, world.volunteer, who=f"http://localhost/k/{token}", name="")
    sign_in(world.clerk).post(f"/members/{world.volunteer.person_id}/cards", data={"version": "1"}, expect=303)
    begin(sign_in(world.desk), world.volunteer, expect=422, who=token, name="")


def test_somebody_who_left_or_lives_next_door_cannot_be_helped(world: World, sign_in: Any) -> None:
    sign_in(world.secretary).post(
        f"/members/{world.volunteer.person_id}/departure", data={"reason-departure": "搬走了"}, expect=303
    )
    begin(sign_in(world.desk), world.volunteer, expect=422)
    begin(sign_in(world.desk), world.outsider, expect=422)


def test_what_is_done_is_done_for_the_person_and_written_under_the_helpers_name(
    world: World, desk: CheckingClient, sign_in: Any
) -> None:
    sign_in(world.secretary)
    clerk = sign_in(world.clerk)
    begin(clerk, world.volunteer)
    page = clerk.get("/help/now", expect=200)
    clerk.submit(page.form("/help/phone"), expect=303, phone="13711112222")
    assert people.get_person(world.volunteer.person_id).phone_last4 == "2222"
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.verb == "person_edited")).one()
    assert (event.actor_id, event.on_behalf_of) == (world.clerk.person_id, world.volunteer.person_id)


def test_a_helper_who_may_not_change_entries_does_not_change_the_phone(world: World, desk: CheckingClient) -> None:
    page = desk.get("/help/now", expect=200)
    assert "/help/phone" not in page.text
    form = {"phone": "13711112222", "helping": helping(page)}
    desk.post("/help/phone", data=form, expect=403)


def helping(page: Any) -> str:
    return str(page.soup.select_one('input[name="helping"]')["value"])


def test_everything_but_the_reviewed_list_is_closed_while_helping(
    world: World, desk: CheckingClient, app: Flask
) -> None:
    """Default deny, over all routes: voting, passwords, devices, one's own office."""
    mark, ids = helping(desk.get("/help/now", expect=200)), walking.ids_of(world.donghu)
    before = books_but_help()
    wrong = []
    for rule in walking.rules_of(app):
        if rule.endpoint in ALLOWED:
            continue
        path = walking.address(app, rule, walking.values_for(app, rule, ids))
        answer = desk.open(path, method=walking.method_of(rule), data={"helping": mark})
        if answer.status_code != 403:
            wrong.append(f"{answer.status_code} {rule.endpoint}")
    assert wrong == []
    assert books_but_help() == before


def books_but_help() -> dict[str, str]:
    return {name: rows for name, rows in walking.books().items() if name != "device"}


def test_the_list_names_only_routes_that_are_there_and_none_that_votes_or_opens_an_account(house: Flask) -> None:
    assert set(ALLOWED) <= set(house.view_functions)
    marks = {name: getattr(house.view_functions[name], "engage_access", "none") for name in ALLOWED}
    assert [name for name, mark in marks.items() if mark.startswith("needs: ")] == [], "nothing of an office"
    for word in (
        "vote",
        "talk",
        "topic",
        "password",
        "pin",
        "passkey",
        "device",
        "consent",
        "closure",
        "data",
        "member",
    ):
        assert not [name for name in ALLOWED if word in name], word


def test_a_quarter_of_an_hour_later_it_is_over_by_itself_and_an_open_form_acts_for_nobody(
    world: World, desk: CheckingClient
) -> None:
    mark = helping(desk.get("/help/now", expect=200))
    with time_machine.travel(NOW + timedelta(minutes=14, seconds=59), tick=False):
        assert "还有1分钟" in desk.get("/help/now", expect=200).text
    with time_machine.travel(NOW + timedelta(minutes=15), tick=False):
        assert desk.get("/help/now", expect=303).headers["Location"] == "/help"
        refused = desk.post("/shifts/1/sign-ups", data={"helping": mark}, expect=403)
        assert "没有记上" in refused.words
        assert "您正在替" not in desk.get("/me", expect=200).text


def test_a_form_opened_before_helping_does_not_act_for_the_person(world: World, desk: CheckingClient) -> None:
    assert "没有记上" in desk.post("/shifts/1/sign-ups", data={"key": "k"}, expect=403).words


def test_the_second_person_at_the_desk_is_not_the_first(world: World, desk: CheckingClient) -> None:
    mark = helping(desk.get("/help/now", expect=200))
    closing = desk.get("/help/now", expect=200).form("/help/closure")
    desk.submit(closing, expect=303)
    begin(desk, world.neighbour)
    desk.post("/shifts/1/sign-ups", data={"helping": mark}, expect=403)
    assert "您正在替孙玉梅办事" in desk.get("/help/now", expect=200).text


def test_it_ends_with_a_button_and_with_the_device(world: World, desk: CheckingClient, sign_in: Any) -> None:
    desk.submit(desk.get("/help/now", expect=200).form("/help/closure"), expect=303)
    assert "您正在替" not in desk.get("/me", expect=200).text
    desk.post("/help/closure", expect=303)
    assert db.session.scalar(select(func.count(Assistance.id)).where(Assistance.ended_at.is_(None))) == 0


def test_the_helper_who_goes_home_takes_the_device_along(
    world: World, desk: CheckingClient, browsers: Callable[[], CheckingClient]
) -> None:
    copied = desk.get_cookie(people.COOKIE)
    assert copied is not None
    desk.post("/sign-out", data={"helping": helping(desk.get("/help/now", expect=200))}, expect=303)
    thief = browsers()
    thief.set_cookie(people.COOKIE, copied.value)
    thief.get("/help/now", expect=303)
    assert thief.get("/help", expect=303).headers["Location"].startswith("/sign-in")


def test_only_this_browser_of_the_helper_helps(world: World, desk: CheckingClient, sign_in: Any) -> None:
    assert "唐美珍" in sign_in(world.desk).get("/me", expect=200).text


def test_neither_the_helpers_office_nor_the_persons_own_comes_along(world: World, sign_in: Any, app: Flask) -> None:
    office = sign_in(world.secretary)
    begin(office, world.clerk)
    office.get("/members", expect=403)
    office.get("/audit", expect=403)
    cookie = office.get_cookie(people.COOKIE)
    assert cookie is not None
    with app.test_request_context(headers={"Cookie": f"{people.COOKIE}={cookie.value}"}):
        actor = current_actor()
        assert actor is not None
        assert actor.roles == {Role.RESIDENT}
        assert (actor.name, actor.helper_id) == ("吴小婷", world.secretary.person_id)


def test_the_helper_proves_who_they_are_with_their_own_password(
    world: World, desk: CheckingClient, with_password: Give
) -> None:
    with_password(world.desk)
    with_password(world.volunteer, password="她自己的一句长密码")
    with time_machine.travel(NOW + timedelta(minutes=11), tick=False):
        asked = desk.post(
            "/rewards/1/redemptions", data={"helping": helping(desk.get("/help/now", expect=200))}, expect=422
        )
        assert "请唐美珍自己确认" in asked.text
        desk.submit(asked.form("/redemptions"), expect=422, confirm_password="她自己的一句长密码")
        desk.submit(asked.form("/redemptions"), expect=404, confirm_password=PASSWORD)


def test_the_person_sees_who_helped_and_why(world: World, desk: CheckingClient, sign_in: Any) -> None:
    desk.submit(desk.get("/help/now", expect=200).form("/help/closure"), expect=303)
    page = sign_in(world.volunteer).get("/me/data", expect=200)
    assert "唐美珍" in page.words
    assert "眼睛不好" in page.words
    assert "报了编号和姓名" in page.words
    verbs = db.session.scalars(
        select(AuditEvent.verb).where(AuditEvent.on_behalf_of == world.volunteer.person_id).order_by(AuditEvent.id)
    ).all()
    assert verbs == ["help_began", "help_ended"]


def test_those_without_the_permission_do_not_help(world: World, sign_in: Any) -> None:
    sign_in(world.leader).get("/help", expect=403)
    begin(sign_in(world.neighbour), world.volunteer, expect=403)


def test_thirty_starts_an_hour_are_enough(world: World, sign_in: Any) -> None:
    desk = sign_in(world.desk)
    for _ in range(30):
        begin(desk, world.volunteer, expect=422, name="x")
    begin(desk, world.volunteer, expect=429)
