"""The approval list on the secretary's desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import time_machine

from engage import attendance, awards, ledger
from engage.activities.queries import ShiftCard
from engage.awards import queries
from engage.core import clock
from tests.attendance.conftest import at
from tests.awards.conftest import MORNING, attended
from tests.conftest import World
from tests.make import NOW

SignIn = Callable[..., Any]


def test_an_empty_list_says_what_will_come(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.clerk).get("/approvals")
    assert "都审完了" in answer.words
    assert sign_in(world.volunteer).get("/approvals").status_code == 403


def test_the_checked_ones_are_approved_and_paid(world: World, patrol: ShiftCard, rule: int, sign_in: SignIn) -> None:
    cards = [attended(patrol, person) for person in (world.volunteer, world.neighbour)]
    browser = sign_in(world.clerk)
    with at(MORNING):
        page = browser.get("/approvals")
        assert "周桂芳" in page.words
        assert "扫了现场码" in page.words
        done = browser.post("/approvals", data={"session": [str(card.id) for card in cards]})
        assert done.status_code == 303
        after = browser.get("/approvals")
    assert "都审完了" in after.words
    assert "批了2条，记了30分" in after.text
    assert ledger.totals().issued == 30


def test_a_flagged_one_asks_for_a_reason_and_keeps_what_was_typed(
    world: World, patrol: ShiftCard, rule: int, sign_in: SignIn
) -> None:
    card = attended(patrol, world.resident)
    browser = sign_in(world.clerk)
    with at(MORNING):
        assert "没报名" in browser.get("/approvals").words
        refused = browser.post("/approvals", data={"session": str(card.id)})
        assert refused.status_code == 422
        assert "写一句为什么认可" in refused.refusal
        done = browser.post("/approvals", data={"session": str(card.id), f"reason-{card.id}": "组长带来的"})
        assert done.status_code == 303
    assert ledger.totals().issued == 15


def test_own_service_has_no_button_and_is_refused(world: World, patrol: ShiftCard, rule: int, sign_in: SignIn) -> None:
    card = attended(patrol, world.leader)
    browser = sign_in(world.leader)
    with at(MORNING):
        assert "自己的要别人审" in browser.get("/approvals").words
        assert browser.post("/approvals", data={"session": str(card.id)}).status_code == 422
    assert ledger.totals().issued == 0


def test_refusing_needs_a_reason(world: World, patrol: ShiftCard, rule: int, sign_in: SignIn) -> None:
    card = attended(patrol, world.volunteer)
    browser = sign_in(world.clerk)
    with at(MORNING):
        assert browser.post(f"/approvals/{card.id}/refusals", data={"reason": " "}).status_code == 422
        assert browser.post(f"/approvals/{card.id}/refusals", data={"reason": "没到场"}).status_code == 303
    assert attendance.count_to_approve() == 0
    assert browser.post("/approvals/987654/refusals", data={"reason": "x"}).status_code in {404, 422}


def test_the_list_costs_the_same_however_long(
    world: World, patrol: ShiftCard, rule: int, sign_in: SignIn, count_queries: Any
) -> None:
    browser = sign_in(world.clerk)
    attended(patrol, world.volunteer)
    with at(MORNING):
        with count_queries() as few:
            assert browser.get("/approvals").status_code == 200
        for person in (world.neighbour, world.leader, world.resident, world.desk):
            attended(patrol, person)
        with count_queries() as many:
            assert browser.get("/approvals").status_code == 200
    assert len(many) <= len(few) <= 14


def test_pages_speak_english(world: World, patrol: ShiftCard, rule: int, sign_in: SignIn) -> None:
    attended(patrol, world.volunteer)
    browser = sign_in(world.secretary)
    browser.set_cookie("lang", "en")
    assert "Approve service" in browser.get("/approvals").soup.title.get_text()
    assert "Rules for points" in browser.get("/award-rules").soup.title.get_text()


def test_a_new_community_gets_its_first_rule_from_two_persons_on_the_page(world: World, sign_in: SignIn) -> None:
    office, clerk = sign_in(world.secretary), sign_in(world.clerk)
    assert "起草这一版" not in clerk.get("/award-rules", expect=200).words
    form = office.get("/award-rules", expect=200).form("/award-rules")
    for told in (True, False):
        office.submit(form, expect=303)
        assert ("起草好了" in office.get("/award-rules", expect=200).text) == told
    [draft] = queries.list_rules()
    page = office.get("/award-rules", expect=200)
    assert "等别人批" in page.words
    assert "起草这一版" not in page.words
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        assert "起草这一版" in office.get("/award-rules", expect=200).words, "a draft of yesterday can never begin"
    clerk.post(f"/award-rules/{draft.id}/approvals", expect=303)
    assert queries.list_rules()[0].approved_by == world.clerk.person_id
    assert "起草这一版" not in office.get("/award-rules", expect=200).words


def test_a_draft_is_approved_by_somebody_else_on_the_page(world: World, rule: int, sign_in: SignIn) -> None:
    draft = awards.draft_rule(
        terms=awards.DEFAULT_TERMS,
        valid_from=clock.local_date(NOW) + timedelta(days=1),
        actor=world.secretary,
        now=NOW,
    )
    assert "等别人批" in sign_in(world.secretary).get("/award-rules").words
    browser = sign_in(world.clerk)
    assert "批准第2版" in browser.get("/award-rules").words
    assert browser.post(f"/award-rules/{draft}/approvals").status_code == 303
    assert "批准第2版" not in browser.get("/award-rules").words
