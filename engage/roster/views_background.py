"""A long import goes on after its request has been answered: one thread of this process, one part after another.

Nothing depends on the thread: every part is a transaction of its own, and when the process dies the page says so a
minute later and offers to carry on (engage.roster.importing).
"""

from __future__ import annotations

import logging
import threading

from flask import Flask, current_app

from engage.core import clock, tenancy
from engage.core.errors import DomainError
from engage.core.tenancy import current_community_id
from engage.roster import parts
from engage.roster.parts import Run

log = logging.getLogger("engage")


def follow(run: Run) -> threading.Thread:
    """Write the rest of a run in a thread and return it."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the proxy does not work in another thread
    thread = threading.Thread(
        target=_write_all, args=(app, current_community_id(), run), name="roster-import", daemon=True
    )
    thread.start()
    return thread


def _write_all(app: Flask, community_id: int, run: Run) -> None:
    with app.app_context(), tenancy.scoped(community_id):
        try:
            while parts.write_part(run, now=clock.now()) is None:
                pass
        except DomainError as ended:
            log.warning("import %s was carried on elsewhere: %s", run.batch_id, type(ended).__name__)
        except Exception:  # nobody waits for this thread: the log is the only place it can say so
            log.exception("import %s stopped half way", run.batch_id)
