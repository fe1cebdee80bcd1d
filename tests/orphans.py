"""Servers of test runs that were killed: nobody stopped them, and their files may lie in memory."""

from __future__ import annotations

import os
import shutil
import signal
from contextlib import suppress
from pathlib import Path

PREFIX = "engage-pg-"
_OWNER = "owner"


def claim(folder: Path) -> None:
    """Write down that this process stops the server of this folder."""
    (folder / _OWNER).write_text(str(os.getpid()))


def sweep(places: list[Path]) -> None:
    """End the servers whose owner is gone, and take their folders away. What is not ours stays."""
    for folder in (found for place in places for found in place.glob(f"{PREFIX}*")):
        with suppress(OSError, ValueError):
            if not _runs(int((folder / _OWNER).read_text())):
                server = int((folder / "data" / "postmaster.pid").read_text().split()[0])
                if (
                    str(folder) in Path(f"/proc/{server}/cmdline").read_text()
                ):  # the number may be somebody else's by now
                    os.kill(server, signal.SIGQUIT)
                shutil.rmtree(folder, ignore_errors=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
