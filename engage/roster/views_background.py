"""A long import or undo goes on after its request has been answered: one thread of this process, one part after another.

Nothing depends on the thread: every part is a transaction of its own, and when the process dies the page says so a
minute later and offers to carry on (engage.roster.importing, engage.roster.undo).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import partial

from flask import Flask, current_app

from engage.core import clock, tenancy
from engage.core.errors import DomainError
from engage.core.tenancy import current_community_id
from engage.roster import parts, turns, undo_parts
from engage.roster.parts import Run
from engage.roster.undo_parts import UndoRun

log = logging.getLogger("engage")


def follow(run: Run | UndoRun) -> threading.Thread:
    """Write the rest of a run in a thread and return it."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the proxy does not work in another thread
    named = "roster-undo" if isinstance(run, UndoRun) else "roster-import"
    thread = threading.Thread(target=_write_all, args=(app, current_community_id(), run), name=named, daemon=True)
    thread.start()
    return thread


def _write_all(app: Flask, community_id: int, run: Run | UndoRun) -> None:
    write: Callable[..., object | None] = (
        partial(undo_parts.take_part, run) if isinstance(run, UndoRun) else partial(parts.write_part, run)
    )
    with app.app_context(), tenancy.scoped(community_id):
        try:
            while write(now=clock.now()) is None:
                pass
        except DomainError as ended:
            log.warning("batch %s was carried on elsewhere: %s", run.batch_id, type(ended).__name__)
        except Exception:  # nobody waits for this thread: the log, and the page, are the only places it can say so
            log.exception("batch %s stopped half way", run.batch_id)
            turns.give_up(batch_id=run.batch_id, token=run.token)
