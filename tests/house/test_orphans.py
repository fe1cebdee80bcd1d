"""A test run that was killed leaves a server behind; the next one takes it away and no other."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from tests import orphans

_RUN = "from tests import postgres\nwith postgres.server() as server:\n print(server.folder, flush=True)\n input()"


def start() -> tuple[subprocess.Popen[str], Path]:
    run = subprocess.Popen([sys.executable, "-c", _RUN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert run.stdout
    return run, Path(run.stdout.readline().strip())


def test_the_server_of_a_killed_run_is_ended_and_that_of_a_living_one_is_not() -> None:
    killed, left = start()
    living, kept = start()
    server = Path("/proc") / (left / "data" / "postmaster.pid").read_text().split()[0]
    try:
        killed.kill()
        killed.communicate()
        assert left.is_dir()
        orphans.sweep([left.parent])
        assert not left.exists()
        until = time.monotonic() + 10
        while server.exists() and time.monotonic() < until:
            time.sleep(0.05)
        assert not server.exists()
        assert kept.is_dir()
    finally:
        living.communicate("\n")
    assert not kept.exists()
