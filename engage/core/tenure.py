"""An office that ended while a request was under way: nothing of it is written any more (trust §4 C13).

Who may do what is judged when a request begins. Then it may wait, for a large upload or for its turn to write, and
somebody ends the role meanwhile. So the first write of a command asks again, behind `@needs(…)` only: what everybody
may do nobody can lose on the way.
"""

from __future__ import annotations

from flask import current_app, g, has_request_context, request
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

from engage.core import clock
from engage.core.access import Actor, Permission
from engage.core.errors import N_, Forbidden

#: where the application keeps who can tell: (actor, permission, now) -> whether they still hold it
ASK = "engage_still_may"
_ASKED = "engage_tenure_asked"


@event.listens_for(Session, "do_orm_execute")
def _before_statement(state: ORMExecuteState) -> None:
    if not state.is_select:
        _ask(state.session)


@event.listens_for(Session, "before_flush")
def _before_flush(session: Session, _context: object, _instances: object) -> None:
    _ask(session)


@event.listens_for(Session, "after_commit")
@event.listens_for(Session, "after_rollback")
def _next_command(session: Session) -> None:
    session.info.pop(_ASKED, None)


def _ask(session: Session) -> None:
    if not session.info.get("in_command") or session.info.get(_ASKED) or not has_request_context():
        return
    if request.method in {"GET", "HEAD"}:  # what a page notes about itself is nobody's act
        return
    needed: tuple[Actor, Permission] | None = g.get("needed")
    if needed is None:
        return
    session.info[_ASKED] = True
    if not current_app.extensions[ASK](*needed, now=clock.now()):
        raise Forbidden(N_("您的职务刚才有变动，这一步没有记上。请刷新看看现在能办什么。"))
