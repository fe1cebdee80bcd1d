"""Run one of the operator's commands and be killed: `python -m tests.dying 17 db upgrade`, before its 17th statement.

As a power cut would: the process kills itself with SIGKILL, nothing is cleaned up. With 0 it lives, and its last line
says how many statements it took.
"""

from __future__ import annotations

import os
import signal
import sys

from flask.cli import main as flask
from sqlalchemy import Engine, event


def main() -> None:
    """Count statements, die in time, or end as the command does."""
    _, deadly, *arguments = sys.argv
    sent = 0

    @event.listens_for(Engine, "before_cursor_execute")
    def _count(*_statement: object) -> None:
        nonlocal sent
        sent += 1
        if sent == int(deadly):
            os.kill(os.getpid(), signal.SIGKILL)

    sys.argv = ["flask", "--app", "app", *arguments]
    try:
        flask()
    finally:
        print(sent)


if __name__ == "__main__":
    main()
