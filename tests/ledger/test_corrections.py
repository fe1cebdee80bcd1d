"""Correcting an entry takes two persons, both in words, and the book stays closed (service-points §6, invariant 8)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from engage import ledger, people
from engage.core.access import Actor, Role
from engage.core.database import db, transaction
from engage.core.errors import NotFound
from engage.ledger import commands, corrections
from engage.ledger.rules import AlreadyProposed, AlreadyReversed, CorrectionOver, NotReversible, WrongApprover
from tests.client import CheckingClient
from tests.conftest import World
from tests.ledger.conftest import Points
from tests.make import NOW, make_person

Open = Callable[[Actor], CheckingClient]


def propose(world: World, entry_id: int, *, reason: str = "同一次夜巡记了两回", by: Actor | None = None) -> int:
    return commands.propose_correction(entry_id=entry_id, reason=reason, actor=by or world.secretary, now=NOW)


def confirm(correction_id: int, by: Actor) -> None:
    commands.confirm_correction(correction_id=correction_id, actor=by, now=NOW)


def test_a_request_moves_nothing_until_another_person_says_yes(world: World, points: Points) -> None:
    wrong = points.award(30)
    asked = propose(world, wrong.entry_id)
    assert propose(world, wrong.entry_id, reason=" 同一次夜巡记了两回 ") == asked
    assert (points.balance()[0], ledger.count_waiting()) == (30, 1)
    with pytest.raises(WrongApprover, match="两个人"):
        confirm(asked, world.secretary)
    for _ in range(2):
        confirm(asked, world.clerk)
    assert (points.balance()[0], ledger.count_waiting()) == (0, 0)
    mirrored = ledger.list_entries(person_id=points.person_id, limit=1)[0]
    assert (mirrored.reverses_id, mirrored.actor_id, mirrored.approver_id, mirrored.basis["reason"]) == (
        wrong.entry_id, world.secretary.person_id, world.clerk.person_id, "同一次夜巡记了两回",
    )  # fmt: skip
    assert ledger.verify() == []
    with pytest.raises(AlreadyReversed):
        propose(world, wrong.entry_id)


def test_nobody_confirms_a_correction_of_their_own_points(world: World, points: Points) -> None:
    asked = propose(world, points.award(30, person_id=world.clerk.person_id).entry_id)
    with pytest.raises(WrongApprover, match="自己的分"):
        confirm(asked, world.clerk)
    assert points.balance(person_id=world.clerk.person_id)[0] == 30
    # Nor of those of an entry that is theirs too since two were made one.
    former = propose(world, points.award(5, person_id=world.spouse.person_id).entry_id)
    with transaction():
        people.become_alias(person_id=world.spouse.person_id, survivor_id=world.clerk.person_id, now=NOW)
    with pytest.raises(WrongApprover, match="自己的分"):
        confirm(former, world.clerk)


def test_who_may_say_yes_is_told_how_many_wait_and_nobody_about_their_own(world: World, points: Points) -> None:
    propose(world, points.award(30).entry_id)
    propose(world, points.award(5, person_id=world.clerk.person_id).entry_id)
    propose(world, points.award(7).entry_id, by=world.clerk)
    waiting = {name: ledger.count_waiting(judge=getattr(world, name)) for name in ("secretary", "clerk", "leader")}
    assert waiting == {"secretary": 1, "clerk": 1, "leader": 0}


def test_what_was_dropped_or_done_stays_so(world: World, points: Points) -> None:
    first, second = points.award(30).entry_id, points.award(5).entry_id
    dropped, withdrawn = propose(world, first), propose(world, second)
    with pytest.raises(AlreadyProposed):
        propose(world, first, reason="另一个原因")
    assert commands.drop_correction(correction_id=dropped, actor=world.clerk, now=NOW) == "declined"
    assert commands.drop_correction(correction_id=withdrawn, actor=world.secretary, now=NOW) == "withdrawn"
    with pytest.raises(CorrectionOver):
        confirm(dropped, world.clerk)
    again = propose(world, first)  # asked anew, with the same words, is a new request
    confirm(again, world.clerk)
    with pytest.raises(CorrectionOver):
        commands.drop_correction(correction_id=again, actor=world.clerk, now=NOW)
    assert points.balance()[0] == 5


def test_only_awards_and_spends_of_this_community_are_corrected(world: World, points: Points) -> None:
    points.award(30)
    with pytest.raises(NotReversible):
        propose(world, points.hold(10, "redemption:1").entry_id)
    confirm(propose(world, points.spend("redemption:1").entry_id), world.clerk)
    assert points.balance() == (30, 0)
    with pytest.raises(NotFound):
        propose(world, 987654321)


def test_the_database_refuses_one_person_for_both(world: World, points: Points) -> None:
    asked = propose(world, points.award(30).entry_id)
    statement = "UPDATE ledger_correction SET outcome = 'done', decided_by = proposed_by, decided_at = proposed_at"
    with pytest.raises(IntegrityError), transaction():
        db.session.execute(text(f"{statement} WHERE community_id = {world.donghu.id} AND id = {asked}"))


def test_from_the_entry_to_the_second_person_on_pages(
    world: World, points: Points, sign_in: Open, count_queries: Callable[[], Any]
) -> None:
    entry = points.award(30).entry_id
    secretary = sign_in(world.secretary)
    page = secretary.get(f"/points/{entry}", expect=200)
    refused = secretary.submit(page.form(f"/points/{entry}/corrections"), expect=422, reason=" ")
    assert "写一句哪里记错了" in refused.words
    secretary.submit(page.form(f"/points/{entry}/corrections"), expect=303, reason="同一次夜巡记了两回")
    assert "等另一位确认" in secretary.get(f"/points/{entry}", expect=200).words
    own = secretary.get("/ledger/corrections", expect=200)
    assert "等别人确认" in own.words
    assert own.soup.select('form[action$="/confirmation"]') == []
    clerk = sign_in(world.clerk)
    with count_queries() as few:
        waiting = clerk.get("/ledger/corrections", expect=200)
    assert "确认，收回30分" in waiting.words
    [form] = [one["action"] for one in waiting.soup.select('form[action$="/confirmation"]')]
    clerk.submit(waiting.form(str(form)), expect=303)
    assert "更正了" in clerk.get("/ledger/corrections", expect=200).words
    assert "后来更正了" in sign_in(world.volunteer).get(f"/points/{entry}", expect=200).words
    for _ in range(3):
        someone = make_person(community=world.donghu, name="新人", roles=(Role.CLERK,))
        propose(world, points.award(5, person_id=someone.person_id).entry_id, by=someone)
    with count_queries() as many:
        clerk.get("/ledger/corrections", expect=200)
    assert len(many) <= len(few) + 1
    clerk.set_cookie("lang", "en")
    assert "Corrections" in clerk.get("/ledger/corrections", expect=200).text


@pytest.mark.parametrize(("who", "status"), [("volunteer", 403), ("desk", 403), ("outsider", 404)])
def test_nobody_else_corrects(world: World, points: Points, sign_in: Open, who: str, status: int) -> None:
    entry = points.award(30, person_id=world.resident.person_id).entry_id
    asked = propose(world, entry)
    browser = sign_in(getattr(world, who))
    browser.post(f"/points/{entry}/corrections", data={"reason": "想"}, expect=status)
    for act in ("confirmation", "refusal"):
        browser.post(f"/ledger/corrections/{asked}/{act}", expect=status)
    assert corrections.find_waiting(entry_id=entry) == asked
