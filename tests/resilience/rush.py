"""People checking in and fetching goods while the server dies; what was acknowledged, and whether the book agrees."""

from __future__ import annotations

import random
import re
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from engage.attendance import Kind
from tests.crowd import Crowd, Member
from tests.live import Installation
from tests.phone import Answer, Phone, open_browser

#: one in twenty is delivered twice, on two connections at once
_TWICE = 0.05
_CODE = re.compile(rb"<span>(\d{4})</span> <span>(\d{4})</span>")


@dataclass(kw_only=True)
class Acknowledged:
    """What the server promised to have written down. An act of unknown outcome is in neither list."""

    #: (shift, person, kind) -> the event's id
    check_ins: dict[tuple[int, int, str], str] = field(default_factory=dict)
    #: redemption -> its person and the last state acknowledged
    redemptions: dict[int, tuple[int, str]] = field(default_factory=dict)
    #: redemptions whose end was asked for and never answered: any of these states is right
    unsure: dict[int, set[str]] = field(default_factory=dict)
    #: reservations asked for and never answered: each may be there once or not at all
    unanswered: int = 0
    duplicates: int = 0
    retries: int = 0
    odd: list[str] = field(default_factory=list)

    def counts(self) -> str:
        """Return the figures in one line."""
        states = Counter(state for _, state in self.redemptions.values())
        return (
            f"{len(self.check_ins)} check-ins, {len(self.redemptions)} reservations ({states['collected']} collected, "
            f"{states['cancelled']} cancelled) acknowledged; {self.duplicates} delivered twice, {self.retries} tried again"
        )


class Rush:
    """A number of people who do not wait for each other and try again until they are answered."""

    def __init__(self, installation: Installation, crowd: Crowd, *, clients: int = 16) -> None:
        self.crowd = crowd
        self.done = Acknowledged()
        self._port = installation.port
        self._csrf = open_browser(installation.port)
        self._over = threading.Event()
        self._book = threading.Lock()
        self._counter = threading.Lock()
        self._next_desk = 0
        self._threads = [
            threading.Thread(target=self._live, args=(number, clients), daemon=True) for number in range(clients)
        ]

    def begin(self) -> None:
        """Let everybody start."""
        for thread in self._threads:
            thread.start()

    def wait_for(self, more: int, *, until: float) -> None:
        """Wait until that moment of the monotonic clock, and until so many more acts were acknowledged."""
        wanted, patience = self._acknowledged() + more, time.monotonic() + 30
        while time.monotonic() < until or self._acknowledged() < wanted:
            assert time.monotonic() < patience, "the server is up and nobody gets an answer"
            time.sleep(0.02)

    def _acknowledged(self) -> int:
        return len(self.done.check_ins) + len(self.done.redemptions)

    def end(self) -> Acknowledged:
        """Let everybody finish what they are doing, for ten seconds at most; returns what was acknowledged."""
        self._over.set()
        for thread in self._threads:
            thread.join(timeout=60)
            assert not thread.is_alive(), "somebody still waits for an answer"
        return self.done

    def _live(self, number: int, clients: int) -> None:
        chance = random.Random(number)  # noqa: S311 - which act comes next is no secret
        lines = [Phone(self._port, self._csrf, timeout=10) for _line in range(2)]
        mine = self.crowd.members[number::clients]
        duties = [(member, shift, kind) for shift in self.crowd.shifts for kind in Kind for member in mine]
        while not self._over.is_set():
            if duties and chance.random() < 0.7:
                self._check_in(lines, *duties.pop(0), chance=chance)
            else:
                self._redeem(lines, chance.choice(mine), chance=chance)
        for line in lines:
            line.hang_up()

    def _ask(self, lines: list[Phone], send: Callable[[Phone], None], *, twice: bool = False) -> Answer | None:
        """Deliver until the server answers, and sometimes on both lines at once; None when it never did."""
        give_up: float | None = None
        while give_up is None or time.monotonic() < give_up:
            if self._over.is_set() and give_up is None:
                give_up = time.monotonic() + 10
            used = lines if twice else lines[:1]
            for line in used:
                with suppress(OSError):
                    send(line)
            answers: list[Answer] = []
            for line in used:
                with suppress(OSError):
                    answers.append(line.answer())
            sound = [answer for answer in answers if answer.status < 500]
            if sound:
                self._compare(sound)
                return sound[0]
            with self._book:
                self.done.retries += 1
            time.sleep(0.1)
        return None

    def _compare(self, answers: list[Answer]) -> None:
        if len(answers) < 2:
            return
        first, second = answers
        with self._book:
            self.done.duplicates += 1
            if (first.status, first.header("location")) != (second.status, second.header("location")):
                self.done.odd.append(f"delivered twice: {first.status} and {second.status}")

    def _check_in(self, lines: list[Phone], member: Member, shift: int, kind: Kind, *, chance: random.Random) -> None:
        event = secrets.token_hex(16)

        def send(line: Phone) -> None:
            form = {"code": self.crowd.code(shift, kind), "client_event_id": event}
            line.begin_post(f"/shifts/{shift}/check-ins", form, cookie=member.cookie)

        answer = self._ask(lines, send, twice=chance.random() < _TWICE)
        if answer is None:
            return
        with self._book:
            if answer.status == 303:
                self.done.check_ins[shift, member.person_id, kind.value] = event
            else:
                self.done.odd.append(f"check-in answered {answer.status}")

    def _redeem(self, lines: list[Phone], member: Member, *, chance: random.Random) -> None:
        key, item = secrets.token_hex(16), chance.choice(self.crowd.items)

        def send(line: Phone) -> None:
            line.begin_post(f"/rewards/{item}/redemptions", {"key": key}, cookie=member.cookie)

        answer = self._ask(lines, send, twice=chance.random() < _TWICE)
        with self._book:
            if answer is None:
                self.done.unanswered += 1
                return
            if answer.status != 303:
                self.done.odd.append(f"reservation answered {answer.status}")
                return
            redemption = int(answer.header("location").rpartition("/")[2])
            self.done.redemptions[redemption] = (member.person_id, "reserved")
        if chance.random() < 0.5:
            self._cancel(lines, member, redemption)
        else:
            self._fetch(lines, member, redemption)

    def _cancel(self, lines: list[Phone], member: Member, redemption: int) -> None:
        def send(line: Phone) -> None:
            line.begin_post(f"/redemptions/{redemption}/cancellation", {}, cookie=member.cookie)

        self._ended(self._ask(lines, send), member, redemption, state="cancelled", status=303)

    def _fetch(self, lines: list[Phone], member: Member, redemption: int) -> None:
        """Show the pass at the counter. There is one counter, whose staff take turns."""

        def look(line: Phone) -> None:
            line.begin_get(f"/redemptions/{redemption}", cookie=member.cookie)

        shown = self._ask(lines, look)
        found = _CODE.search(shown.body) if shown else None
        if found is None:
            return
        key = secrets.token_hex(16)
        with self._counter:
            desk = self.crowd.desks[self._next_desk % len(self.crowd.desks)]
            self._next_desk += 1

            def send(line: Phone) -> None:
                form = {"code": (found[1] + found[2]).decode(), "key": key}
                line.begin_post("/desk/hand-outs", form, cookie=desk.cookie)

            self._ended(self._ask(lines, send), member, redemption, state="collected", status=200)

    def _ended(self, answer: Answer | None, member: Member, redemption: int, *, state: str, status: int) -> None:
        with self._book:
            if answer is None:
                self.done.unsure[redemption] = {"reserved", state}
            elif answer.status == status:
                self.done.redemptions[redemption] = (member.person_id, state)
            else:
                self.done.odd.append(f"{state}: answered {answer.status}")
