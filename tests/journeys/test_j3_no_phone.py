"""J3: no signal, no phone: a card under the leader's scanner, digits that wait in the phone, a code that goes on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from engage import activities, attendance, people
from engage.activities import Kind, Nature, Plan
from engage.core import clock, tenancy
from engage.core.access import Actor, Role
from engage.core.database import db, transaction
from tests import make
from tests.journeys.acting import app_of, books_of
from tests.live import Installation

OpenPage = Callable[..., Page]


@dataclass(kw_only=True)
class Evening:
    """A patrol that began ten minutes ago, its leader, a volunteer, and their browsers' cookies."""

    installation: Installation
    shift_id: int
    volunteer: Actor
    neighbour: Actor
    cookies: dict[str, str]

    def page(self, open_page: OpenPage, who: str, **options: object) -> Page:
        page = open_page(self.installation, **options)
        page.context.add_cookies(
            [{"name": "engage_device", "value": self.cookies[who], "url": self.installation.address}]
        )
        return page

    def card(self) -> attendance.SessionCard | None:
        with books_of(self.installation):
            return attendance.session_of(self.shift_id, self.volunteer.person_id)


@pytest.fixture
def evening(installation: Installation) -> Evening:
    now = clock.now()
    start, end = clock.local(now - timedelta(minutes=10)), clock.local(now + timedelta(minutes=80))
    with app_of(installation).app_context():
        home = make.make_community()
        leader = make.make_person(community=home, name="王建明", roles=(Role.TEAM_LEADER,))
        volunteer = make.make_person(community=home, name="周桂芳")
        neighbour = make.make_person(community=home, name="孙玉梅")
        plan = Plan(
            title="桂园片区夜巡",
            kind=Kind.PATROL,
            nature=Nature.VOLUNTEER,
            place="桂园东门岗亭",
            task="看看楼道有没有堆东西",
            insurance="平安保险",
            leader_no=leader.member_no,
            day=start.date(),
            starts=start.time().replace(second=0, microsecond=0),
            ends=end.time().replace(second=0, microsecond=0),
            capacity=6,
        )
        with tenancy.scoped(home.id):
            with transaction():
                people.issue_cards(person_ids=[neighbour.person_id], now=now)
            (shift_id,) = activities.plan_activity(plan=plan, actor=leader, key="evening", now=now)
        signed_in = {"leader": leader, "volunteer": volunteer}
        cookies = {name: make.open_device(actor, now=now) for name, actor in signed_in.items()}
        db.session.remove()
        db.engine.dispose()
    return Evening(
        installation=installation, shift_id=shift_id, volunteer=volunteer, neighbour=neighbour, cookies=cookies
    )


def digits_on(leader: Page, evening: Evening) -> str:
    leader.goto(f"/shifts/{evening.shift_id}/roll")
    return leader.locator("[data-digits]").inner_text()


def test_j3_a_card_under_the_scanner_checks_a_neighbour_in(evening: Evening, open_page: OpenPage) -> None:
    with books_of(evening.installation):
        token = people.card_token(evening.neighbour.person_id)
    leader = evening.page(open_page, "leader")
    leader.goto(f"/shifts/{evening.shift_id}/roll")
    for _ in range(2):
        leader.get_by_label("扫证件，或输编号").focus()
        leader.keyboard.type(str(token))
        leader.keyboard.press("Enter")
        expect(leader.get_by_text("孙玉梅签到了")).to_be_visible()
        expect(leader.locator("#present li", has_text="孙玉梅")).to_have_count(1)
    expect(leader.locator("#present")).to_contain_text("扫证件")


def test_j3_without_signal_the_digits_wait_in_the_phone_and_count_once(evening: Evening, open_page: OpenPage) -> None:
    phone, leader = evening.page(open_page, "volunteer"), evening.page(open_page, "leader")
    phone.goto(f"/shifts/{evening.shift_id}/duty")
    digits = digits_on(leader, evening)
    phone.context.set_offline(True)
    phone.get_by_label("六位数字").fill(digits)
    phone.get_by_role("button", name="签到").click()
    expect(phone.locator("#offline")).to_contain_text("还有1条没交")
    assert evening.card() is None
    sent: list[str] = []
    phone.on("request", lambda asked: sent.append(asked.url) if asked.method == "POST" else None)
    phone.context.set_offline(False)
    expect(phone.get_by_role("img", name="签到章：已到岗")).to_be_visible()
    expect(phone.locator("#offline")).to_be_hidden()
    assert len(sent) == 1, sent
    card = evening.card()
    assert card is not None
    assert card.state == "open"


def test_the_leaders_code_goes_on_changing_without_a_network(evening: Evening, open_page: OpenPage) -> None:
    leader = evening.page(open_page, "leader")
    leader.clock.install()
    before = digits_on(leader, evening)
    later = leader.locator("#live-code").get_attribute("data-codes").split()[1]  # type: ignore[union-attr]
    leader.context.set_offline(True)
    leader.clock.run_for(30_000)
    expect(leader.locator("[data-digits]")).to_have_text(f"{later[:3]} {later[3:6]}")
    assert later[:6] != before.replace(" ", "")
    expect(leader.get_by_text("断网也能用")).to_be_visible()


def test_without_javascript_the_evening_works_the_same(evening: Evening, open_page: OpenPage) -> None:
    phone = evening.page(open_page, "volunteer", java_script_enabled=False)
    leader = evening.page(open_page, "leader", java_script_enabled=False)
    phone.goto("/scan")
    phone.get_by_label("六位数字").fill(digits_on(leader, evening))
    phone.get_by_role("button", name="签到").click()
    expect(phone.get_by_role("img", name="签到章：已到岗")).to_be_visible()
    leader.get_by_label("扫证件").fill("1")
    leader.get_by_role("button", name="签到", exact=True).click()
    expect(leader.get_by_text("王建明签到了")).to_be_visible()
