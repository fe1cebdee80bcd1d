"""W17 (trust §4): a few requests are worked on at a time; whoever waits, sends slowly or hashes a password hinders nobody."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from sqlalchemy.pool import QueuePool

from engage import people
from engage.core.admission import _LONG_ONES, Admission, Application, stepping_aside
from engage.core.database import db, transaction
from engage.core.errors import NestedTransaction
from engage.people import passwords
from tests.conftest import World

#: more than any of these tests needs; reached only when something is wrong
_SOON = 10.0


class Room:
    """An application that counts who is inside, and keeps them there until it is opened."""

    def __init__(self, work: Callable[[], None] = lambda: None) -> None:
        self.opened = threading.Event()
        self.bodies: list[bytes] = []
        self.inside, self.most, self.lock = 0, 0, threading.Lock()
        self.entered = threading.Semaphore(0)
        self.work = work

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.entered.release()
        self.bodies.append(environ["wsgi.input"].read())
        self.work()
        assert self.opened.wait(_SOON)
        with self.lock:
            self.inside -= 1
        start_response("200 OK", [])
        return [b"done"]


class SlowSender(io.RawIOBase):
    """A body that says when it is waited for, and comes when it is let go."""

    def __init__(self, body: bytes) -> None:
        self.waited_for, self.let_go = threading.Event(), threading.Event()
        self.rest = body

    def read(self, size: int = -1) -> bytes:
        """Return at most three bytes at a time, as a bad line does."""
        self.waited_for.set()
        assert self.let_go.wait(_SOON)
        piece, self.rest = self.rest[: min(size, 3)], self.rest[min(size, 3) :]
        return piece


def send(
    application: Application, body: Any = b"", *, length: int | None = None, said: bool = True, **more: object
) -> list[str]:
    """Send one request; returns its status, in a list that is empty until it is answered."""
    answered: list[str] = []
    source = io.BytesIO(body) if isinstance(body, bytes) else body
    environ = {"wsgi.input": source, **more}
    if said:
        environ["CONTENT_LENGTH"] = str(len(body) if length is None else length)
    assert b"".join(application(environ, lambda status, _headers: answered.append(status)))
    return answered


def at_once(application: Application, senders: list[Any]) -> list[threading.Thread]:
    """Send several requests, each from a thread of its own; None is an empty one."""
    threads = [
        threading.Thread(
            target=send, args=(application, sender or b""), kwargs={"length": len(sender.rest) if sender else 0}
        )
        for sender in senders
    ]
    for thread in threads:
        thread.start()
    return threads


def ended(threads: list[threading.Thread]) -> bool:
    for thread in threads:
        thread.join(_SOON)
    return not any(thread.is_alive() for thread in threads)


def test_w17_no_more_are_let_in_at_once_than_there_are_seats_and_all_are_answered() -> None:
    room = Room()
    threads = at_once(Admission(room, at_once=2, longest=100), [None] * 6)
    for _seat in range(2):
        assert room.entered.acquire(timeout=_SOON)
    assert not room.entered.acquire(timeout=0.2)
    room.opened.set()
    assert ended(threads)
    assert (room.most, len(room.bodies)) == (2, 6)


def test_w17_slow_senders_take_no_seat_and_arrive_whole() -> None:
    room = Room()
    admission = Admission(room, at_once=1, longest=100)
    slow = [SlowSender(b"a slow form %d" % number) for number in range(5)]
    threads = at_once(admission, slow)
    assert all(sender.waited_for.wait(_SOON) for sender in slow)
    room.opened.set()
    assert send(admission, b"quick") == ["200 OK"]
    assert room.bodies == [b"quick"]
    for sender in slow:
        sender.let_go.set()
    assert ended(threads)
    assert sorted(room.bodies[1:]) == [b"a slow form %d" % number for number in range(5)]


def test_w17_a_body_too_long_is_not_waited_for_and_one_of_unknown_length_is_refused() -> None:
    room = Room()
    room.opened.set()
    admission = Admission(room, at_once=1, longest=100)
    never = SlowSender(b"never sent")
    assert send(admission, never, length=101) == ["200 OK"]
    assert room.bodies == [b""]
    assert send(admission, never, said=False, HTTP_TRANSFER_ENCODING="chunked") == ["411 Length Required"]
    assert room.bodies == [b""]
    assert not never.waited_for.is_set()


@pytest.mark.parametrize("length", [20, 100_000])
def test_a_form_that_is_cut_off_on_the_way_is_nobodys_form(length: int) -> None:
    room = Room()
    room.opened.set()
    admission = Admission(room, at_once=1, longest=200_000)
    assert send(admission, b"points=1", length=length) == ["400 Bad Request"]
    assert room.bodies == []
    assert admission.seats.free == 1


def test_a_body_longer_than_memory_should_hold_arrives_whole() -> None:
    room = Room()
    room.opened.set()
    body = bytes(range(256)) * 4_000
    assert send(Admission(room, at_once=1, longest=len(body)), body) == ["200 OK"]
    assert room.bodies == [body]


def test_w17_few_long_forms_are_received_at_a_time_and_short_ones_meanwhile() -> None:
    room = Room()
    room.opened.set()
    admission = Admission(room, at_once=1, longest=100_000, patience=0.05)
    slow = [SlowSender(b"x" * 70_000) for _number in range(_LONG_ONES)]
    threads = at_once(admission, slow)
    assert all(sender.waited_for.wait(_SOON) for sender in slow)
    assert send(admission, b"y" * 70_000) == ["503 Service Unavailable"]
    assert send(admission, b"short") == ["200 OK"]
    for sender in slow:
        sender.rest = b""
        sender.let_go.set()
    assert ended(threads)
    assert send(admission, b"y" * 70_000) == ["200 OK"]


def test_d12_who_waits_too_long_is_told_to_come_back_and_the_seat_is_free_again() -> None:
    room = Room()
    admission = Admission(room, at_once=1, longest=100, patience=0.05)
    threads = at_once(admission, [None])
    assert room.entered.acquire(timeout=_SOON)
    assert send(admission) == ["503 Service Unavailable"]
    room.opened.set()
    assert ended(threads)
    assert send(admission) == ["200 OK"]


def test_a_request_that_fails_gives_its_seat_back() -> None:
    def failing(_environ: dict[str, Any], _start_response: Callable[..., Any]) -> Iterable[bytes]:
        raise ZeroDivisionError

    admission = Admission(failing, at_once=1, longest=100, patience=0.05)
    for _request in range(2):
        try:
            send(admission)
        except ZeroDivisionError:
            continue
        raise AssertionError("it was not let in")


def test_w17_whoever_waits_to_hash_a_password_lets_others_in_and_takes_a_seat_again() -> None:
    hashing = Room(lambda: hashed.append(passwords.hash_of("a password")))
    hashed: list[str] = []
    hashing.opened.set()
    quick = Room()
    quick.opened.set()
    admission = Admission(
        lambda environ, start: (quick if environ.get("quick") else hashing)(environ, start), at_once=1, longest=100
    )
    assert passwords._turn.take()  # somebody else is at it
    threads = at_once(admission, [None])
    assert hashing.entered.acquire(timeout=_SOON)
    assert send(admission, quick=True) == ["200 OK"]
    assert admission.seats.free == 1
    assert not hashed
    assert admission.seats.take()
    passwords._turn.give_back()
    threads[0].join(0.3)
    assert threads[0].is_alive(), "it came back without a seat"
    admission.seats.give_back()
    assert ended(threads)
    assert len(hashed) == 1
    assert admission.seats.free == 1


def test_whoever_steps_aside_keeps_no_connection(world: World) -> None:
    before = people.count_persons()
    pool = db.engine.pool
    assert isinstance(pool, QueuePool)
    assert pool.checkedout() == 1
    with stepping_aside():
        assert pool.checkedout() == 0
    assert people.count_persons() == before


def test_nobody_steps_aside_inside_a_command(world: World) -> None:
    with pytest.raises(NestedTransaction), transaction(), stepping_aside():
        raise AssertionError("it kept everybody from writing")
