"""An office that ended while a request was under way: nothing of it is written any more (trust §4 C13).

Who may do what is judged when a request begins. Then it may wait, for a large upload or for its turn to write, and
somebody ends the role meanwhile. So each command asks again when it has its turn, behind `@needs(…)` and where an office was
asked for since (`ask_again`): what everybody may do nobody can lose on the way.
"""

from __future__ import annotations

from flask import current_app, g, has_request_context, request

from engage.core import clock
from engage.core.access import Actor, Permission
from engage.core.errors import N_, Forbidden

#: where the application keeps who can tell: (actor, permission, now) -> whether they still hold it
ASK = "engage_still_may"


def ask_again(actor: Actor, permission: Permission) -> None:
    """Say that this request goes on by this office, where the view was open to more than its holders."""
    if has_request_context():
        g.needed = [*g.get("needed", []), (actor, permission)]


def ensure_held() -> None:
    """Raise `Forbidden` when the office this request was let in for is no longer held. Called as a command begins."""
    if not has_request_context() or request.method in {"GET", "HEAD"}:  # what a page notes about itself is nobody's act
        return
    needed: list[tuple[Actor, Permission]] = g.get("needed", [])
    if not all(current_app.extensions[ASK](actor, permission, now=clock.now()) for actor, permission in needed):
        raise Forbidden(N_("您的职务刚才有变动，这一步没有记上。请刷新看看现在能办什么。"))
