"""D6 (trust §4): the volume for backups is full: the backup says so and fails, leaves nothing, and bookings go on."""

from __future__ import annotations

import re
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.crowd import gather
from tests.live import PROJECT, Installation, serving
from tests.resilience.book import complaints
from tests.resilience.rush import Rush


def back_up(installation: Installation, *, to: Path, at_most: int) -> subprocess.CompletedProcess[str]:
    """Take a backup that can write no file longer than so many bytes, as on a disk that has no more room."""
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "app", "backup", "--to", str(to)],
        cwd=PROJECT,
        env=installation.environment | {"LANG": "zh_CN.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (at_most, at_most)),
    )


@pytest.mark.parametrize("room", [40_000, 400_000])
def test_d6_a_backup_without_room_says_so_and_leaves_nothing_and_bookings_go_on(
    installation: Installation, tmp_path: Path, room: int
) -> None:
    crowd, folder = gather(installation, persons=60, shifts=3, points=5_000), tmp_path / "elsewhere"
    with serving(installation):
        rush = Rush(installation, crowd)
        rush.begin()
        try:
            rush.wait_for(20, until=time.monotonic())
            refused = back_up(installation, to=folder, at_most=room)
            rush.wait_for(20, until=time.monotonic())
            taken = back_up(installation, to=folder, at_most=resource.RLIM_INFINITY)
        finally:
            done = rush.end()
    assert refused.returncode == 1, refused.stdout
    assert "Traceback" not in refused.stderr
    assert re.search("没有做成.*File", refused.stderr) or "半份也没有留" in refused.stderr
    assert taken.returncode == 0, taken.stderr
    assert [path.suffix for path in folder.iterdir()] == [".backup"]
    assert done.retries == 0
    assert complaints(installation, crowd, done) == []
