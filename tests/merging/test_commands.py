"""Two entries of one person: everything follows once, and everything goes back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from engage import activities, attendance, awards, guardians, ledger, people, votes
from engage.activities.queries import ShiftCard
from engage.core.access import Role
from engage.core.audit import AuditEvent
from engage.core.database import db, transaction
from engage.core.errors import DomainError
from engage.home import closing
from engage.merging.models import PersonMerge
from engage.merging.rules import UndoRefused
from engage.people import membership
from engage.people.models import Medium
from engage.rewards.models import Redemption
from tests.activities.conftest import make_shift
from tests.awards.conftest import MORNING, attended
from tests.awards.conftest import patrol as patrol
from tests.awards.conftest import rule as rule
from tests.conftest import World
from tests.guardians.conftest import tie
from tests.home.conftest import traces
from tests.make import NOW, make_person
from tests.merging.conftest import Pair, approve, available, join, lots, merged, pay, picture, undone
from tests.rewards.conftest import Shop
from tests.votes.make_votes import cast, make_households, make_vote

JUNE, MAY = date(2026, 6, 1), date(2026, 5, 1)


def test_points_go_over_lot_by_lot_with_their_own_dates(world: World, pair: Pair) -> None:
    pay(pair.kept, 30, on=JUNE, source="a")
    pay(pair.gone, 20, on=MAY, source="b")
    pay(pair.gone, 5, on=JUNE, source="c")
    dates = sorted(lots(pair.kept) + lots(pair.gone))
    before = ledger.totals()
    card = merged(pair, world)
    assert card.points == 25
    assert (available(pair.kept), available(pair.gone)) == (55, 0)
    assert lots(pair.kept) == dates
    assert lots(pair.gone) == []
    after = ledger.totals()
    assert (after.issued, after.outstanding, after.expired) == (before.issued, before.outstanding, before.expired)
    assert ledger.verify() == []


def test_teams_ties_and_sign_ups_follow_and_roles_and_cards_do_not(world: World, pair: Pair, patrol: ShiftCard) -> None:
    join(world, pair.kept.person_id, "夜巡队")
    for team in ("夜巡队", "调解队"):
        join(world, pair.gone.person_id, team)
    activities.sign_up(shift_id=patrol.id, person_id=pair.gone.person_id, actor=pair.gone, now=NOW)
    card, live = people.card_token(pair.gone.person_id), people.card_token(pair.kept.person_id)
    used = NOW + timedelta(seconds=2)  # by a scanner whose clock is ahead
    with transaction() as session:
        session.execute(update(Medium).where(Medium.person_id == pair.gone.person_id).values(last_used_at=used))
    merged(pair, world)
    db.session.rollback()
    assert [team.name for team in people.teams_of([pair.kept.person_id])[pair.kept.person_id]] == ["夜巡队", "调解队"]
    assert len(people.units_of(pair.kept.person_id)) == 2
    assert set(activities.joined_ids(patrol.id)) == {world.volunteer.person_id, pair.kept.person_id}
    assert people.find_by_card(card or "") is None
    assert people.find_by_card(live or "") is not None
    dead = select(Medium.revoked_at).where(Medium.person_id == pair.gone.person_id)
    assert db.session.scalars(dead).all() == [used], (
        "not only because its owner is off the roll; never before its last use"
    )
    assert people.get_person(pair.gone.person_id).status == "closed"


def test_who_both_signed_up_takes_one_place_and_the_next_in_line_moves_up(world: World, pair: Pair) -> None:
    shift = make_shift(actor=world.secretary, leader_no=world.leader.member_no, capacity=2)
    for one in (pair.kept, pair.gone, world.volunteer):
        activities.sign_up(shift_id=shift.id, person_id=one.person_id, actor=one, now=NOW)
    merged(pair, world)
    db.session.rollback()
    assert sorted(activities.joined_ids(shift.id)) == sorted([pair.kept.person_id, world.volunteer.person_id])
    assert activities.get_shift(shift.id).joined == 2


def test_the_merged_one_is_signed_out_and_cannot_come_back_in(world: World, pair: Pair, sign_in) -> None:  # type: ignore[no-untyped-def]
    phone = sign_in(pair.gone)
    phone.get("/me", expect=200)
    merged(pair, world)
    phone.get("/me", expect=303)
    with pytest.raises(DomainError, match="并到另一条"):
        membership.change_status(person_id=pair.gone.person_id, status="active", actor=world.clerk, now=NOW)


def test_hours_count_together_and_overlapping_ones_once(world: World, pair: Pair, patrol: ShiftCard, rule: int) -> None:
    """Both stood on the list of the same patrol: ninety minutes, not a hundred and eighty; and paid once."""
    for one in (pair.kept, pair.gone):
        session = attended(patrol, one)
        approve(session, by=world.clerk)
    paid = available(pair.kept)
    assert paid == available(pair.gone) > 0
    before = picture(pair.kept, pair.gone)
    card = merged(pair, world, now=MORNING)
    start, end = NOW - timedelta(days=1), NOW + timedelta(days=2)
    assert attendance.minutes_of(pair.kept.person_id, start, end) == 90
    assert available(pair.kept) == paid
    assert ledger.verify() == []
    undone(card, world, now=MORNING)
    assert picture(pair.kept, pair.gone) == before
    assert ledger.verify() == []


def test_what_was_paid_twice_and_spent_is_owed_and_not_demanded(
    world: World, pair: Pair, patrol: ShiftCard, rule: int
) -> None:
    for one in (pair.kept, pair.gone):
        session = attended(patrol, one)
        approve(session, by=world.clerk)
    shop = Shop(world)
    paid = available(pair.gone)
    item = shop.item(price=paid)
    redemption = shop.reserve(item, actor=pair.gone, now=MORNING)
    with transaction():
        ledger.spend_hold(source=f"redemption:{redemption}", memo="领走", actor_id=None, now=MORNING)
        row = db.session.get_one(Redemption, redemption)
        row.state, row.ended_at = "collected", MORNING
    merged(pair, world, now=MORNING)
    balance = ledger.balance_of(person_id=pair.kept.person_id, now=MORNING)
    assert (balance.available, balance.owed) == (0, paid)
    assert ledger.verify() == []


def test_minutes_approved_after_the_merge_are_paid_to_the_one_who_stays_and_once(
    world: World, pair: Pair, patrol: ShiftCard, rule: int
) -> None:
    first, second = attended(patrol, pair.kept), attended(patrol, pair.gone)
    merged(pair, world, now=MORNING)
    approve(second, by=world.clerk)
    paid = available(pair.kept)
    assert paid > 0
    assert available(pair.gone) == 0
    assert approve(first, by=world.clerk).points == 0
    assert available(pair.kept) == paid
    assert attendance.minutes_of(pair.kept.person_id, NOW - timedelta(days=1), NOW + timedelta(days=2)) == 90
    assert ledger.verify() == []


def test_the_one_who_stays_does_not_approve_the_minutes_of_the_one_who_went(
    world: World, pair: Pair, patrol: ShiftCard, rule: int
) -> None:
    """Invariant 8 sees through an alias: they are the same person."""
    boss = make_person(community=world.donghu, name="孙玉梅", roles=(Role.CLERK,), birth_year=1958)
    session = attended(patrol, pair.gone)
    merged(Pair(kept=boss, gone=pair.gone), world, now=MORNING, by=world.secretary)
    with pytest.raises(attendance.ApprovalRefused, match="自己"):
        awards.approve_and_award(session_id=session.id, actor=boss, now=MORNING, reason="我来过")


def test_a_reversal_after_the_merge_reaches_the_one_who_stays(world: World, pair: Pair) -> None:
    pay(pair.gone, 20, source="b")
    pay(pair.kept, 3, source="a")
    entry = ledger.entry_of(source="b")
    assert entry is not None
    merged(pair, world)
    with transaction():
        ledger.reverse(
            entry_id=entry.id,
            reason="重复",
            actor_id=world.clerk.person_id,
            approver_id=world.secretary.person_id,
            now=NOW,
        )
    balance = ledger.balance_of(person_id=pair.kept.person_id, now=NOW)
    assert (balance.available, balance.owed) == (3, 20)
    assert ledger.balance_of(person_id=pair.gone.person_id, now=NOW).owed == 0
    assert ledger.verify() == []


def test_a_household_vote_already_cast_stays_and_cannot_be_cast_again(world: World) -> None:
    other = make_person(community=world.donghu, name="周桂芳", phone="13800000621", unit="桂园3栋2单元501")
    vote = make_vote([other, *make_households(world.donghu, 10)])
    cast(vote, other, 0)
    merged(Pair(kept=world.volunteer, gone=other), world)
    with pytest.raises(votes.AlreadyVoted):
        cast(vote, world.volunteer, 1)
    used = [one.used for one in votes.participation_of(people.household_of(world.volunteer.person_id))]
    assert used == [True]


def test_two_units_stay_two_votes(world: World, pair: Pair) -> None:
    """A door that could vote before can vote after: for another door, that is another household's vote."""
    vote = make_vote([pair.kept, pair.gone, *make_households(world.donghu, 10)])
    cast(vote, pair.gone, 0)
    merged(pair, world)
    cast(vote, pair.kept, 1)
    with pytest.raises(votes.AlreadyVoted):
        cast(vote, pair.kept, 0)


def test_guardians_and_children_follow_and_go_back(world: World, pair: Pair) -> None:
    child = make_person(community=world.donghu, name="孙小满", birth_year=2014)
    bond = tie(world, minor=child, guardian=pair.gone, signed=True)
    card = merged(pair, world)
    day = NOW.date()
    assert guardians.is_guardian(guardian_id=pair.kept.person_id, minor_id=child.person_id, on=day)
    undone(card, world)
    assert guardians.find_bond(bond).guardian_id == pair.gone.person_id


def test_every_step_is_in_the_log_with_ids_only(world: World, pair: Pair) -> None:
    card = merged(pair, world)
    undone(card, world)
    lines = db.session.scalars(select(AuditEvent).where(AuditEvent.verb.in_(["persons_merged", "merge_undone"]))).all()
    assert [(line.verb, line.actor_id, line.facts["merged"]) for line in lines] == [
        ("persons_merged", world.clerk.person_id, pair.gone.person_id),
        ("merge_undone", world.clerk.person_id, pair.gone.person_id),
    ]
    assert [step.became for step in people.steps_of(pair.gone.person_id)] == ["active", "closed"]


def test_l8_who_leaves_for_good_leaves_no_trace_of_either_entry(world: World, pair: Pair) -> None:
    """The old name and phone of the entry that went are the same person's: they go with the account."""
    child = make_person(community=world.donghu, name="小满", birth_year=2014)
    tie(world, minor=child, guardian=pair.gone, signed=True)
    pay(pair.gone, 20, source="b")
    card = merged(pair, world, facts=("phone",))
    with transaction():
        row = db.session.get(PersonMerge, card.id)
        assert row is not None
        row.reason = "孙玉梅本人说的"
    phones = ("13600002285", "13600002299")
    marks = ("孙玉梅", *phones, *(people.phone_index(one, community_id=world.donghu.id) for one in phones))
    assert traces(*marks), "the search finds what is there"
    duties = closing.duties_of(world.neighbour, now=NOW)
    closing.close_account(actor=world.neighbour, seen=duties.seen, now=NOW)
    db.session.rollback()
    assert traces(*marks) == []
    assert ledger.verify() == []
    assert not guardians.is_guardian(guardian_id=pair.kept.person_id, minor_id=child.person_id, on=NOW.date())
    with pytest.raises(UndoRefused, match="注销"):
        undone(card, world)
