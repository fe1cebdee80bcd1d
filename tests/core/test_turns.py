"""W17, house: whoever came first goes first, for seats, for SQLite's pen, for hashing a password."""

from __future__ import annotations

import threading
import time

from engage.core.turns import Turns

#: longer than any of these tests takes; reached only when something is wrong
_SOON = 10.0


def test_first_come_first_served() -> None:
    turns, order = Turns(1), list[int]()
    assert turns.take()

    def come(number: int) -> None:
        assert turns.take()
        order.append(number)
        turns.give_back()

    threads = []
    for number in range(20):
        threads.append(threading.Thread(target=come, args=(number,)))
        threads[-1].start()
        waiting_for(turns, number + 1)
    turns.give_back()
    for thread in threads:
        thread.join(_SOON)
    assert order == list(range(20))
    assert turns.free == 1


def test_whoever_comes_while_others_wait_does_not_slip_in_between() -> None:
    """The place is handed over, not put down for anybody to take."""
    turns = Turns(1)
    assert turns.take()
    first = threading.Thread(target=turns.take)
    first.start()
    waiting_for(turns, 1)
    turns.give_back()
    assert not turns.take(patience=0)
    first.join(_SOON)
    assert turns.free == 0


def waiting_for(turns: Turns, number: int) -> None:
    """Wait until so many people stand in line."""
    until = time.monotonic() + _SOON
    while len(turns._waiting) < number:
        assert time.monotonic() < until
        time.sleep(0.001)


def test_whoever_lost_patience_is_forgotten_and_the_place_goes_to_the_next() -> None:
    turns = Turns(1)
    assert turns.take()
    assert not turns.take(patience=0.01)
    turns.give_back()
    assert turns.free == 1
    assert turns.take(patience=0)
