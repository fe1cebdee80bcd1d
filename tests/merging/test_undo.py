"""A merge that is taken back leaves everything as it was."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engage import ledger, people
from engage.activities.queries import ShiftCard
from engage.core.database import transaction
from engage.merging.rules import UndoRefused
from tests.awards.conftest import MORNING, attended
from tests.awards.conftest import patrol as patrol
from tests.awards.conftest import rule as rule
from tests.conftest import World
from tests.make import NOW, make_person
from tests.merging.conftest import Pair, approve, available, join, merged, pay, picture, undone


def test_an_approval_after_the_merge_goes_back_with_the_undo(
    world: World, pair: Pair, patrol: ShiftCard, rule: int
) -> None:
    session = attended(patrol, pair.gone)
    card = merged(pair, world, now=MORNING)
    approve(session, by=world.clerk)
    paid = available(pair.kept)
    undone(card, world, now=MORNING)
    assert (available(pair.kept), available(pair.gone)) == (0, paid)
    assert ledger.verify() == []


AWARDS = st.lists(st.tuples(st.integers(1, 40), st.integers(0, 800)), max_size=4)
SPENT = st.integers(0, 30)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    mine=AWARDS,
    theirs=AWARDS,
    spent=SPENT,
    facts=st.sets(st.sampled_from(sorted(people.FACTS))),
    teams=st.lists(st.tuples(st.booleans(), st.sampled_from(["夜巡队", "调解队", "急救队"])), max_size=4),
)
def test_undo_after_merge_is_as_if_nothing_had_been(
    world: World,
    mine: list[tuple[int, int]],
    theirs: list[tuple[int, int]],
    spent: int,
    facts: set[str],
    teams: list[tuple[bool, str]],
) -> None:
    """service-points §6, "Reverse∘do = identity": balances, lots with their dates, teams, ties, hours, cards, facts."""
    kept = make_person(community=world.donghu, name="马文斌", phone="15012349013", unit="桂园8栋1单元101")
    gone = make_person(community=world.donghu, name="马文彬", birth_year=None, unit="桂园8栋1单元102")
    for who, given_awards in ((kept, mine), (gone, theirs)):
        for number, (points, days_ago) in enumerate(given_awards):
            pay(who, points, on=NOW.date() - timedelta(days=days_ago), source=f"{who.person_id}:{number}")
    if 0 < spent <= available(gone):
        with transaction():
            ledger.hold(
                person_id=gone.person_id, points=spent, source=f"h{gone.person_id}", memo="", actor_id=None, now=NOW
            )
            ledger.spend_hold(source=f"h{gone.person_id}", memo="", actor_id=None, now=NOW)
    for first, team in teams:
        join(world, (kept if first else gone).person_id, team)
    ledger.expire_points(now=NOW)  # what the calendar takes it would have taken anyway: not part of the picture
    before, totals = picture(kept, gone), ledger.totals()
    card = merged(Pair(kept=kept, gone=gone), world, facts=tuple(facts))
    together = picture(kept)
    assert (
        sorted(before[f"马文斌{kept.member_no}"]["lots"] + before[f"马文彬{gone.member_no}"]["lots"])
        == together[f"马文斌{kept.member_no}"]["lots"]
    )
    undone(card, world, now=NOW + timedelta(days=6))
    assert picture(kept, gone) == before
    after = ledger.totals()
    assert (after.issued, after.spent, after.expired, after.outstanding) == (
        totals.issued,
        totals.spent,
        totals.expired,
        totals.outstanding,
    )
    assert ledger.verify() == []


def test_points_that_expired_meanwhile_do_not_stand_in_the_way(world: World, pair: Pair) -> None:
    pay(pair.gone, 9, on=date(2024, 6, 14), source="old")
    pay(pair.gone, 4, source="new")
    card = merged(pair, world)
    later = NOW + timedelta(days=4)
    ledger.expire_points(now=later)
    assert available(pair.kept, now=later) == 4
    undone(card, world, now=later)
    assert (available(pair.kept), available(pair.gone)) == (0, 4)
    assert ledger.verify() == []


def test_points_that_were_used_stand_in_the_way_and_are_named(world: World, pair: Pair) -> None:
    pay(pair.gone, 20, source="b")
    card = merged(pair, world)
    with transaction():
        ledger.hold(person_id=pair.kept.person_id, points=7, source="h", memo="", actor_id=None, now=NOW)
    before = picture(pair.kept, pair.gone)
    with pytest.raises(UndoRefused, match="7分"):
        undone(card, world)
    assert picture(pair.kept, pair.gone) == before


def test_seven_days_later_there_is_no_way_back(world: World, pair: Pair) -> None:
    card = merged(pair, world)
    with pytest.raises(UndoRefused, match="7天"):
        undone(card, world, now=NOW + timedelta(days=7))
    undone(card, world, now=NOW + timedelta(days=6, hours=23))
    undone(card, world, now=NOW + timedelta(days=30))  # twice is once, whenever


def test_merged_again_goes_back_from_the_outside_in(world: World, pair: Pair) -> None:
    third = make_person(community=world.donghu, name="孙玉梅", birth_year=1958)
    pay(pair.gone, 6, source="b")
    before = picture(pair.kept, pair.gone, third)
    inner = merged(pair, world)
    outer = merged(Pair(kept=third, gone=pair.kept), world)
    assert available(third) == 6
    assert people.selves_of(third.person_id) == sorted(
        [third.person_id, pair.kept.person_id, pair.gone.person_id], key=lambda one: (one != third.person_id, one)
    )
    with pytest.raises(UndoRefused, match="先撤销那一次"):
        undone(inner, world)
    undone(outer, world)
    undone(inner, world)
    assert picture(pair.kept, pair.gone, third) == before
