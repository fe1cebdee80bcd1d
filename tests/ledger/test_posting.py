"""Points come, are kept, are spent, go back: each once, to the exact lots."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from engage import ledger
from engage.core.database import db, transaction
from engage.core.errors import NotFound, OutsideTransaction
from engage.ledger import book
from engage.ledger.models import Lot
from tests.conftest import World
from tests.ledger.conftest import Points
from tests.make import NOW


def remaining() -> list[tuple[date, int]]:
    db.session.expire_all()
    return [(lot.expires_on, lot.remaining) for lot in db.session.scalars(select(Lot).order_by(Lot.id))]


def test_the_same_source_pays_once_and_gives_the_same_receipt(points: Points) -> None:
    first = points.award(10, source="session:1:patrol")
    assert points.award(10, source="session:1:patrol") == first
    assert points.balance() == (10, 0)
    assert ledger.head().seq == 1


def test_an_award_outside_a_command_is_refused(world: World) -> None:
    with pytest.raises(OutsideTransaction):
        ledger.post_award(
            person_id=world.volunteer.person_id,
            points=5,
            source="x",
            memo="",
            earned_on=date(2026, 6, 12),
            actor_id=None,
            approver_id=world.secretary.person_id,
            now=NOW,
        )


def test_nobody_approves_their_own_points(world: World, points: Points) -> None:
    with pytest.raises(ledger.WrongApprover):
        points.award(5, person_id=world.secretary.person_id)


def test_held_points_cannot_be_spent_again(points: Points) -> None:
    points.award(100)
    points.hold(80, "redemption:1")
    assert points.balance() == (20, 80)
    with pytest.raises(ledger.NotEnoughPoints) as refused:
        points.hold(30, "redemption:2")
    assert "还差10分" in str(refused.value)
    assert points.balance() == (20, 80)
    assert ledger.verify() == []


def test_the_earliest_expiry_is_used_first_and_release_gives_the_exact_lots_back(points: Points) -> None:
    points.award(50, on=date(2026, 6, 1))
    points.award(50, on=date(2025, 6, 1))
    points.hold(60, "redemption:1")
    assert remaining() == [(date(2028, 6, 1), 40), (date(2027, 6, 1), 0)]
    points.release("redemption:1")
    assert remaining() == [(date(2028, 6, 1), 50), (date(2027, 6, 1), 50)]
    assert points.balance() == (100, 0)
    assert ledger.verify() == []


def test_a_hold_ends_once(points: Points) -> None:
    points.award(50)
    points.hold(30, "redemption:1")
    spent = points.spend("redemption:1")
    assert points.spend("redemption:1") == spent
    with pytest.raises(ledger.HoldEnded):
        points.release("redemption:1")
    points.hold(20, "redemption:2")
    released = points.release("redemption:2")
    assert points.release("redemption:2") == released
    with pytest.raises(ledger.HoldEnded):
        points.spend("redemption:2")
    assert points.balance() == (20, 0)
    assert ledger.verify() == []


def test_an_unknown_hold_is_not_found(points: Points) -> None:
    with pytest.raises(NotFound):
        points.release("redemption:9")


def test_points_end_with_their_last_day_whether_or_not_the_job_ran(points: Points) -> None:
    points.award(30, on=date(2024, 6, 12))
    assert points.balance() == (30, 0)
    tomorrow = NOW + timedelta(days=1)
    assert points.balance(now=tomorrow) == (0, 0)
    with pytest.raises(ledger.NotEnoughPoints):
        points.hold(30, "redemption:1", now=tomorrow)
    assert ledger.expire_points(now=tomorrow) == 1
    assert ledger.expire_points(now=tomorrow) == 0
    assert points.balance(now=tomorrow) == (0, 0)
    assert ledger.totals().expired == 30
    assert ledger.verify() == []


def test_points_that_expired_while_held_come_back_for_a_fortnight_once(points: Points) -> None:
    points.award(30, on=date(2024, 6, 12))
    points.hold(30, "redemption:1")
    late = NOW + timedelta(days=5)
    points.release("redemption:1", now=late)
    assert points.balance(now=late) == (30, 0)
    assert remaining() == [(date(2026, 6, 12), 0), (date(2026, 7, 1), 30)]
    points.hold(30, "redemption:2", now=late)
    points.release("redemption:2", now=late + timedelta(days=30))
    assert points.balance(now=late + timedelta(days=30)) == (0, 0)
    assert ledger.verify() == []


def test_a_reversed_award_is_taken_back_once_by_two_people(world: World, points: Points) -> None:
    award = points.award(40)
    points.award(10)
    points.reverse(award.entry_id)
    assert points.balance() == (10, 0)
    with pytest.raises(ledger.AlreadyReversed):
        points.reverse(award.entry_id)
    with pytest.raises(ledger.WrongApprover), transaction():
        ledger.reverse(
            entry_id=award.entry_id,
            reason="x",
            actor_id=world.secretary.person_id,
            approver_id=world.secretary.person_id,
            now=NOW,
        )
    assert ledger.verify() == []


def test_what_a_reversal_cannot_take_is_owed_and_repaid_by_the_next_award(points: Points) -> None:
    award = points.award(40)
    points.hold(30, "redemption:1")
    points.reverse(award.entry_id)
    balance = ledger.balance_of(person_id=points.person_id, now=NOW)
    assert (balance.available, balance.held, balance.owed) == (0, 30, 30)
    points.award(50)
    assert points.balance() == (20, 30)
    assert ledger.verify() == []


def test_a_reversed_spend_gives_the_exact_lots_back(points: Points) -> None:
    points.award(50, on=date(2025, 6, 1))
    points.hold(30, "redemption:1")
    spend = points.spend("redemption:1")
    points.reverse(spend.entry_id)
    assert remaining() == [(date(2027, 6, 1), 50)]
    assert points.balance() == (50, 0)
    assert ledger.verify() == []


def test_the_sums_close(points: Points) -> None:
    points.award(50)
    points.hold(30, "redemption:1")
    points.spend("redemption:1")
    points.hold(10, "redemption:2")
    totals = ledger.totals()
    assert (totals.issued, totals.spent, totals.held, totals.outstanding, totals.entries) == (50, 30, 10, 20, 4)
    assert totals.issued == totals.spent + totals.expired + totals.outstanding


def test_the_head_moves_with_every_entry(points: Points) -> None:
    assert ledger.head().seq == 0
    points.award(5)
    first = ledger.head()
    points.award(5)
    assert first.seq == 1
    assert ledger.head().seq == 2
    assert ledger.head().fingerprint != first.fingerprint


def test_a_balance_moves_only_if_it_stays_at_zero_or_above(points: Points) -> None:
    """C2: the statement that writes is the one that decides; it must not rest on what was read before."""
    points.award(100)
    with transaction() as session:
        account = book.accounts_of(session, points.person_id)["person"]
        with pytest.raises(ledger.NotEnoughPoints):
            book._change(session, account, -101)
        book._change(session, account, -100)
        with pytest.raises(ledger.NotEnoughPoints):
            book._change(session, account, -1)
        book._change(session, account, 100)
    assert ledger.verify() == []


def test_a_lot_gives_only_what_it_has(points: Points) -> None:
    points.award(100)
    with transaction() as session:
        account = book.accounts_of(session, points.person_id)["person"]
        (lot,) = book.lots_of(session, account)
        with pytest.raises(ledger.NotEnoughPoints):
            book._use(session, lot.id, -101)
        with pytest.raises(ledger.NotEnoughPoints):
            book._use(session, lot.id, 1)
