"""An hour of everyday use: does memory grow, do files stay open, do answers get slower? `python -m bench.soak [minutes] [rate]`.

The demo story with a crowd beside it (D24 of the fault catalogue). Every page that five actors can reach is opened at random,
and one act in ten puts somebody down for a shift or takes them off. Figures of each minute, on both databases.
"""

from __future__ import annotations

import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.everyday import pages_of, prepare
from bench.load import DATABASES, Act, Running, busy, memory_of, open_loop, running
from tests.crowd import Crowd, gather
from tests.phone import Phone, open_browser

MINUTES, RATE = 60, 100
_WRITES = 10
_PERSONS = 500


@dataclass
class Seen:
    """What came back: how many answers of each status."""

    statuses: Counter[int] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, status: int) -> bool:
        """Count an answer; tells whether it was one that a person can use."""
        with self.lock:
            self.statuses[status] += 1
        return status < 500


def acts(crowd: Crowd, pages: list[tuple[str, str]], seen: Seen, chance: random.Random) -> Iterator[Act]:
    """Yield acts for ever: mostly pages, sometimes somebody who comes along or stays away."""
    while True:
        if chance.randrange(_WRITES):
            yield _open(*chance.choice(pages), seen=seen)
        else:
            member, shift = chance.choice(crowd.members), chance.choice(crowd.shifts)
            noun = chance.choice(("sign-ups", "withdrawals"))
            yield _write(f"/shifts/{shift}/{noun}", member.cookie, seen=seen)


def _open(path: str, cookie: str, *, seen: Seen) -> Act:
    return lambda line: seen.note(line.get(path, cookie=cookie).status)


def _write(path: str, cookie: str, *, seen: Seen) -> Act:
    return lambda line: seen.note(line.post(path, {}, cookie=cookie).status)


def open_files(pid: int) -> int:
    """Return how many files and connections a process holds."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def soak(run: Running, *, minutes: int, rate: int) -> None:
    """Use one server for so long; prints a line a minute."""
    crowd, cookies = gather(run.installation, persons=_PERSONS, shifts=4), prepare(run, persons=1_000)
    run.start()
    csrf, phone = open_browser(run.installation.port), Phone(run.installation.port)
    pages = [
        (path, cookie)
        for who, cookie in cookies.items()
        for page in pages_of(phone, who, cookie)
        for path in page.paths
    ]
    phone.hang_up()
    seen = Seen()
    endless = acts(crowd, pages, seen, random.Random(24))
    print(f"{run.kind}: {len(pages)} pages; minute, p50 ms, p99 ms, CPU ms, and of each worker: MB, open files")
    for minute in range(1, minutes + 1):
        outcome = open_loop(run, [next(endless) for _act in range(60 * rate)], csrf=csrf, rate=rate)
        workers = run.workers()
        held = "  ".join(f"{memory_of(pid):4} MB {open_files(pid):4}" for pid in workers)
        each = outcome.cpu * 1000 / len(outcome.waits)
        print(f"{minute:4} {outcome.wait(0.5):7.0f} {outcome.wait(0.99):7.0f} {each:7.1f}   {held}", flush=True)
    print(dict(sorted(seen.statuses.items())), f"finished {time.strftime('%H:%M')}", flush=True)


def main() -> None:
    """Use a server on each database for as long as was asked."""
    given = [int(word) for word in sys.argv[1:]]
    minutes = given[0] if given else MINUTES
    rate = given[1] if given[1:] else RATE
    print(busy())
    for kind in DATABASES:
        with running(kind) as run:
            soak(run, minutes=minutes, rate=rate)


if __name__ == "__main__":
    main()
