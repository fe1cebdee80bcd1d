"""D9 (trust §4): the clock jumps two hours or a day, forwards and back, over midnight, the year's end and a leap day."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from engage import activities, ledger, rewards
from engage.attendance.models import Presence, Scan
from engage.attendance.rules import CodeRefused, Kind
from engage.core import clock
from engage.core.database import db
from engage.core.idempotency import new_key
from engage.ledger.models import Entry, Lot, LotUse
from engage.ledger.rules import expiry_of
from tests.activities.conftest import make_plan
from tests.attendance.conftest import START, count, hand_in
from tests.conftest import World
from tests.ledger.conftest import Points
from tests.rewards.conftest import Shop

#: how far the clock is off, one act after another
JUMPS = [timedelta(hours=hours) for hours in (0, 2, -2, 24, 0, -24, 2, -2, 24, -24)]
#: 20:00 in Shanghai, the last second of a day, of a year, of February in a leap year, and of the leap day
MOMENTS = [
    pytest.param(datetime(2026, 6, 12, 12, 0, tzinfo=UTC), id="evening"),
    pytest.param(datetime(2026, 6, 12, 15, 59, 59, tzinfo=UTC), id="midnight"),
    pytest.param(datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC), id="year-end"),
    pytest.param(datetime(2028, 2, 28, 15, 59, 59, tzinfo=UTC), id="before-29-February"),
    pytest.param(datetime(2028, 2, 29, 15, 59, 59, tzinfo=UTC), id="29-February"),
]


def ticking(moment: datetime) -> list[datetime]:
    """Return what the clock says at ten acts, two seconds apart: whichever jump, one of each pair is over midnight."""
    return [moment + jump + timedelta(seconds=2 * (number % 2)) for number, jump in enumerate(JUMPS)]


@pytest.mark.parametrize("moment", MOMENTS)
def test_d9_the_order_of_the_ledger_stays_whole_whatever_the_clock_says(world: World, moment: datetime) -> None:
    points = Points(world)
    for number, now in enumerate(ticking(moment)):
        points.award(10, now=now)
        points.hold(4, f"redemption:{number}", now=now)
        (points.spend if number % 2 else points.release)(f"redemption:{number}", now=now)
    entries = db.session.scalars(select(Entry).order_by(Entry.seq)).all()
    assert [entry.seq for entry in entries] == list(range(1, 31))
    assert entries == sorted(entries, key=lambda entry: entry.id)
    assert [entry.prev_hash for entry in entries[1:]] == [entry.hash for entry in entries[:-1]]
    assert ledger.verify() == []
    assert points.balance(now=moment) == (100 - 5 * 4, 0)


@pytest.mark.parametrize("moment", MOMENTS)
def test_d9_points_expire_exactly_once_per_lot(world: World, moment: datetime) -> None:
    """Lots that end the day before, on this day and the day after; those of 29 February end on the 28th."""
    points, today = Points(world), clock.local_date(moment)
    earned = [
        date(today.year - 2, today.month, min(today.day, 28)) + timedelta(days=days) for days in (-2, -1, 0, 1, 2)
    ]
    for day in earned:
        points.award(10, on=day, now=moment - timedelta(days=400))
    latest = date.min
    for now in ticking(moment) * 2:
        ledger.expire_points(now=now)
        latest = max(latest, clock.local_date(now))
        db.session.expire_all()
        lots = db.session.scalars(select(Lot)).all()
        assert {lot.expires_on for lot in lots if not lot.remaining} == {
            expiry_of(day) for day in earned if expiry_of(day) < latest
        }
    taken = Counter(use.lot_id for use in db.session.scalars(select(LotUse).where(LotUse.points < 0)))
    over = [lot for lot in lots if lot.expires_on < latest]
    assert taken == {lot.id: 1 for lot in over}
    assert len(over) >= 2
    assert ledger.totals().expired == 10 * len(over)
    assert ledger.verify() == []


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("moment", MOMENTS)
def test_d9_a_live_code_counts_once_whatever_the_clock_says(world: World, moment: datetime, kind: Kind) -> None:
    """A patrol that ends as the day does. Out of its hours a code is refused, within them it says what it said before."""
    begins = (moment - timedelta(hours=1)).astimezone(clock.SHANGHAI)
    plan = make_plan(
        leader_no=world.leader.member_no,
        day=begins.date(),
        starts=begins.time().replace(second=0),
        ends=(begins + timedelta(minutes=59)).time().replace(second=0),
    )
    ids = activities.plan_activity(plan=plan, actor=world.secretary, key=new_key(), now=moment - timedelta(days=1))
    shift = activities.get_shift(ids[0])
    first = hand_in(shift, world.volunteer, kind, read_at=moment)
    answers: Counter[bool] = Counter()
    for number, now in enumerate(ticking(moment)):
        try:
            again = hand_in(shift, world.volunteer, kind, read_at=moment, now=now, event=f"again{number}")
        except CodeRefused:
            answers[False] += 1
        else:
            answers[True] += 1
            assert (again.again, again.at) == (True, first.at)
    assert answers[True] >= 2
    assert (count(Scan), count(Presence)) == (1, 1)


def test_d9_a_code_of_a_thing_is_fetched_once_whatever_the_clock_says(world: World) -> None:
    shop = Shop(world)
    shop.points(200)
    item = shop.item(quantity=3)
    fetched, waiting = shop.reserve(item), shop.reserve(item)
    code, other = shop.code(fetched), shop.code(waiting)
    assert shop.hand_out(code, now=START + timedelta(hours=2)).redemption_id == fetched
    for jump in JUMPS:
        with pytest.raises(rewards.AlreadyEnded):
            shop.hand_out(code, now=START + jump)
    assert shop.stock(item) == (2, 1, 1)
    assert shop.hand_out(other, now=START - timedelta(hours=2)).redemption_id == waiting
    assert shop.stock(item) == (1, 0, 1)
    assert ledger.verify() == []
