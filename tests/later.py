"""Run a module as if it were later: `python -m tests.later SECONDS MODULE ARGUMENT…`.

A journey lasts days: the notice hangs, the patrol begins, the ballot closes. The clock of the started process is ahead
by so many seconds and goes on ticking; the product knows nothing of it.
"""

from __future__ import annotations

import runpy
import sys
from datetime import UTC, datetime, timedelta

import time_machine


def main() -> None:
    """Put the clock ahead, then run the module as `python -m` would."""
    _, seconds, module, *arguments = sys.argv
    time_machine.travel(datetime.now(UTC) + timedelta(seconds=int(seconds)), tick=True).start()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
