"""Several phones and scanners at the same moment, and queues that come late and twice: one check-in each."""

from __future__ import annotations

import contextvars
import itertools
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask

from engage import attendance
from engage.activities.queries import ShiftCard
from engage.attendance import queries
from engage.attendance.commands import Handed
from engage.attendance.models import Presence, Scan
from engage.attendance.rules import CodeRefused, Kind
from engage.core import tenancy
from engage.core.database import db
from tests.activities.conftest import make_shift
from tests.attendance.conftest import END, START, count, hand_in, scan_card, shown
from tests.conftest import World


def test_c12_two_scanners_one_card_one_attendance(app: Flask, world: World, patrol: ShiftCard) -> None:
    """C12: the leader and the office scan the same card at the same moment, and the phone sends its code too."""
    rounds = [make_shift(actor=world.secretary, leader_no=world.leader.member_no, title=f"第{n}轮") for n in range(25)]

    def act(item: tuple[ShiftCard, int]) -> None:
        shift, who = item
        with app.app_context(), tenancy.scoped(world.donghu.id):
            if who == 2:
                hand_in(shift, world.volunteer)
            else:
                scan_card(shift, world.volunteer, (world.leader, world.secretary)[who], event=f"{shift.id}-{who}")
            db.session.remove()

    work = list(itertools.product(rounds, range(3)))
    random.Random(3).shuffle(work)  # noqa: S311
    with ThreadPoolExecutor(12) as threads:
        list(threads.map(lambda item: contextvars.Context().run(act, item), work))
    db.session.rollback()
    assert count(Scan) == count(Presence) == len(rounds)


def test_c5_the_same_phone_on_eight_threads_is_one_check_in(app: Flask, world: World, patrol: ShiftCard) -> None:
    """C5: in parallel; everybody gets the answer of whoever was first."""

    def act(number: int) -> str:
        with app.app_context(), tenancy.scoped(world.donghu.id):
            receipt = hand_in(patrol, world.volunteer, event=f"tap-{number % 2}")
            db.session.remove()
            return receipt.at.isoformat()

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda n: contextvars.Context().run(act, n), range(16)))
    db.session.rollback()
    assert len(set(answers)) == 1
    assert count(Scan) == count(Presence) == 1


def test_w14_guesses_on_eight_threads_are_all_counted(app: Flask, world: World, patrol: ShiftCard) -> None:
    code = shown(patrol, Kind.IN, START)

    def guess(number: int) -> str:
        with app.app_context(), tenancy.scoped(world.donghu.id):
            wrong = f"{(int(code[:6]) + 1 + number) % 10**6:06d}"
            try:
                attendance.check_in_with_code(
                    shift_id=patrol.id,
                    handed=Handed(digits=wrong, client_event_id=f"g{number}"),
                    actor=world.volunteer,
                    now=START,
                )
            except CodeRefused as refusal:
                return refusal.message
            finally:
                db.session.remove()
        return "in"

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda n: contextvars.Context().run(guess, n), range(40)))
    assert "in" not in answers
    assert sum("不对" in answer for answer in answers) <= 5 + (7 if db.engine.dialect.name == "postgresql" else 0)


@pytest.mark.parametrize("seed", range(6))
def test_k5_an_offline_queue_shuffled_doubled_and_half_lost_makes_the_same_sessions(
    world: World, patrol: ShiftCard, seed: int
) -> None:
    """K5: clocks three hours wrong, uploaded in any order, twice, half of it resent: the slots decide."""
    dice = random.Random(seed)  # noqa: S311
    morning = START + timedelta(hours=10)
    wrong = START - timedelta(hours=3)
    entries = [(person, kind) for person in (world.volunteer, world.neighbour) for kind in Kind]
    uploads = entries + dice.sample(entries, 2) + entries
    dice.shuffle(uploads)
    for person, kind in uploads:
        read_at = START + timedelta(minutes=3) if kind is Kind.IN else END - timedelta(minutes=3)
        hand_in(patrol, person, kind, read_at=read_at, now=morning, stored=True, claimed_at=wrong)
    cards = queries.sessions_of_shift(patrol.id)
    assert [(card.minutes, card.grade, card.flags, card.state) for card in cards] == [
        (84, "2", ("offline",), "proposed"),
        (84, "2", ("offline",), "proposed"),
    ]
    assert count(Scan) == 4
