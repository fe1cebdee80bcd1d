"""D19 (trust §4): a worker that is killed is replaced while the others serve; without the main process none is left."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from urllib.request import urlopen

from tests.live import Installation

#: by then a killed worker has been replaced, and orphans are gone
_SOON = 30.0
#: where the line of a process, without its name, says who started it, and which session it belongs to
_PARENT, _SESSION = 1, 3


def answers(installation: Installation) -> bool:
    try:
        with urlopen(f"{installation.address}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def living(field: int, value: int) -> set[int]:
    """Return the processes with a value in their line (proc(5); from `/proc`: these tests run where the server runs)."""
    found: set[int] = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        if int(fields[field]) == value and fields[0] != "Z":
            found.add(int(folder.name))
    return found


def workers(main: int) -> set[int]:
    """Return the processes the main one started."""
    return living(_PARENT, main)


def members(main: int) -> set[int]:
    """Return the processes of the main one's session, itself and orphans included."""
    return living(_SESSION, main)


def serving_pair(installation: Installation, *, without: int = 0) -> set[int]:
    """Wait for two workers; one that has been killed does not count, though it may take a moment to go."""
    assert installation.process is not None
    until = time.monotonic() + _SOON
    while len(pair := workers(installation.process.pid) - {without}) < 2:
        assert time.monotonic() < until, f"only {pair} after {_SOON:.0f} seconds"
        time.sleep(0.1)
    return pair


def test_d19_a_killed_worker_is_replaced_and_the_other_serves_meanwhile(running: Installation) -> None:
    victim, other = sorted(serving_pair(running))
    os.kill(victim, signal.SIGKILL)
    after = serving_pair(running, without=victim)
    assert other in after
    assert len(after) == 2
    assert all(answers(running) for _request in range(20))


def test_workers_end_with_their_main_process_even_when_one_of_them_hangs(running: Installation) -> None:
    assert running.process is not None
    _first, last = sorted(serving_pair(running))
    os.kill(last, signal.SIGSTOP)
    os.kill(running.process.pid, signal.SIGKILL)
    running.process.wait()
    until = time.monotonic() + _SOON
    while (left := members(running.process.pid)) and time.monotonic() < until:
        time.sleep(0.1)
    assert not left
    assert not answers(running)
