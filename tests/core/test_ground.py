"""Clocks, seals, limits, keys and the queue of writers."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from flask import Flask

from engage.core import clock, idempotency, limits, sealed, sqlite
from engage.core.database import UTCDateTime, db, transaction
from engage.core.errors import Conflict, TooManyAttempts
from engage.core.i18n import day_and_time
from engage.core.sqlite import UnsafeSqlite, WriterQueue
from tests.conftest import World
from tests.make import NOW


@pytest.mark.parametrize("version", [(3, 7, 0), (3, 40, 1), (3, 44, 5), (3, 45, 0), (3, 50, 6), (3, 51, 2)])
def test_d22_a_sqlite_with_the_wal_bug_is_refused(version: tuple[int, int, int]) -> None:
    with pytest.raises(UnsafeSqlite, match="pysqlite3"):
        sqlite.ensure_safe(version)


@pytest.mark.parametrize("version", [(3, 44, 6), (3, 50, 7), (3, 51, 3), (3, 53, 4)])
def test_d22_a_repaired_sqlite_is_accepted(version: tuple[int, int, int]) -> None:
    sqlite.ensure_safe(version)


def test_a_sealed_text_opens_only_in_its_place(app: Flask) -> None:
    kept = sealed.seal("13800000621", place="person.phone|1|A")
    assert b"13800000621" not in kept
    assert sealed.unseal(kept, place="person.phone|1|A") == "13800000621"
    with pytest.raises(InvalidTag):
        sealed.unseal(kept, place="person.phone|1|B")


def test_a_blind_index_differs_between_communities(app: Flask) -> None:
    assert sealed.blind_index("13800000621", community_id=1) != sealed.blind_index("13800000621", community_id=2)


def test_naive_times_do_not_reach_the_database(app: Flask) -> None:
    with pytest.raises(ValueError, match="naive"):
        UTCDateTime().process_bind_param(datetime(2026, 6, 12), db.engine.dialect)  # noqa: DTZ001


def test_shanghai_days_are_half_open() -> None:
    start, end = clock.day_bounds(clock.local_date(NOW))
    assert end - start == timedelta(days=1)
    assert clock.local(start).hour == 0
    assert clock.local_date(end - timedelta(microseconds=1)) == clock.local_date(NOW)


def test_times_are_shown_in_shanghai(app: Flask) -> None:
    with app.test_request_context():
        assert day_and_time(NOW) == "6月12日 19:00"


def test_w14_a_limit_holds_and_says_when_to_come_back(app: Flask) -> None:
    for _ in range(5):
        limits.count_attempt("code:1", at_most=5, per=timedelta(minutes=10), now=NOW)
    with pytest.raises(TooManyAttempts) as refused:
        limits.count_attempt("code:1", at_most=5, per=timedelta(minutes=10), now=NOW)
    assert 0 < refused.value.retry_after <= 600
    limits.count_attempt("code:1", at_most=5, per=timedelta(minutes=10), now=NOW + timedelta(minutes=10))


def test_w14_counters_hold_against_many_threads(app: Flask) -> None:
    refused: list[int] = []

    def attempt() -> None:
        with app.app_context():
            try:
                limits.count_attempt("code:2", at_most=5, per=timedelta(minutes=10), now=NOW)
            except TooManyAttempts:
                refused.append(1)

    threads = [threading.Thread(target=attempt) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 7


def test_c6_the_same_key_with_other_content_is_refused(world: World) -> None:
    me = world.volunteer.person_id
    with transaction():
        assert idempotency.recall(actor_id=me, key="k", fingerprint="a") is None
        idempotency.remember(actor_id=me, key="k", fingerprint="a", outcome={"id": 1}, now=NOW)
    with transaction():
        assert idempotency.recall(actor_id=me, key="k", fingerprint="a") == {"id": 1}
        assert idempotency.recall(actor_id=world.neighbour.person_id, key="k", fingerprint="b") is None
    with pytest.raises(Conflict), transaction():
        idempotency.recall(actor_id=me, key="k", fingerprint="b")


def test_writers_take_turns_in_the_order_they_came(tmp_path: Path) -> None:
    queue = WriterQueue(tmp_path / "lock")
    order: list[int] = []
    threads = []
    with queue.turn():
        for number in range(8):
            thread = threading.Thread(target=lambda n=number: _take(queue, order, n))
            thread.start()
            threads.append(thread)
            time.sleep(0.01)
    for thread in threads:
        thread.join()
    assert order == list(range(8))


def _take(queue: WriterQueue, order: list[int], number: int) -> None:
    with queue.turn():
        order.append(number)
