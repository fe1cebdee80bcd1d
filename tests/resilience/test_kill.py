"""D1 (trust §4): the whole server is killed while people check in and fetch goods; what was acknowledged stands, once."""

from __future__ import annotations

import random
import signal
import time
from dataclasses import replace

import pytest

from tests.crowd import Crowd, gather
from tests.live import Installation, serving
from tests.resilience.book import complaints
from tests.resilience.rush import Acknowledged, Rush


def kill_again_and_again(
    installation: Installation, *, kills: int, seconds: float, persons: int, shifts: int
) -> Acknowledged:
    """Let the rush go on for so many seconds while the server dies so many times; every complaint fails the test."""
    crowd = gather(installation, persons=persons, shifts=shifts, points=5_000)
    chance = random.Random(kills)  # noqa: S311 - when the server dies is no secret
    with serving(installation):
        rush = Rush(installation, crowd)
        began = time.monotonic()
        rush.begin()
        for number in range(kills):
            rush.wait_for(20, until=began + seconds * (number + chance.uniform(0.3, 1)) / kills)
            installation.stop(how=signal.SIGKILL)
            installation.start()
        rush.wait_for(20, until=began + seconds)
        done = rush.end()
    print(f"{kills} kills in {time.monotonic() - began:.0f} s: {done.counts()}")
    assert complaints(installation, crowd, done) == []
    ensure_a_loss_would_be_noticed(installation, crowd, done)
    return done


def ensure_a_loss_would_be_noticed(installation: Installation, crowd: Crowd, done: Acknowledged) -> None:
    """The judge is judged: promises that were never kept must not pass."""
    invented = replace(
        done,
        check_ins=done.check_ins | {(crowd.shifts[0], -1, "in"): "never happened"},
        redemptions=done.redemptions | {10**9: (crowd.members[0].person_id, "reserved")},
    )
    assert len(complaints(installation, crowd, invented)) == 2


def test_d1_three_kills_lose_nothing_and_double_nothing(installation: Installation) -> None:
    done = kill_again_and_again(installation, kills=3, seconds=8, persons=64, shifts=8)
    assert len(done.check_ins) > 50
    assert len(done.redemptions) > 10
    assert done.retries > 0, "nobody noticed that the server was gone"


@pytest.mark.slow
def test_d1_twenty_kills_in_a_minute_lose_nothing_and_double_nothing(installation: Installation) -> None:
    done = kill_again_and_again(installation, kills=20, seconds=60, persons=400, shifts=20)
    assert "closes" in installation.flask("ledger", "verify")
    assert len(done.check_ins) > 200
    assert len(done.redemptions) > 50
    assert done.duplicates > 5
