"""The log's one page: it reads. Nothing here, or anywhere, changes or removes a line (trust §3 (e))."""

from __future__ import annotations

from flask import Blueprint, Response

from engage.core import audit, clock, web
from engage.core.access import Actor, Permission, needs
from engage.oversight import forms, queries, words

bp = Blueprint("oversight", __name__)


@bp.get("/audit")
@needs(Permission.SEE_AUDIT)
def index(*, me: Actor) -> Response:
    """Show who did what, the newest first: also what the reader did."""
    wanted = forms.wanted_of(web.request.args)
    return web.page(
        "oversight/index.html",
        fragment="oversight/_lines.html",
        wanted=wanted,
        asked=forms.address_of(wanted),
        log=queries.read_log(wanted),
        head=audit.head(),
        me=me,
        verbs=words.VERBS,
        kinds=words.kind_words(),
    )


@bp.get("/audit/head")
@needs(Permission.SEE_AUDIT)
def head(*, me: Actor) -> Response:
    """Show the last line's number and fingerprint as a sheet for the wall: who keeps it can prove a change later."""
    return web.page("oversight/head.html", head=audit.head(), now=clock.now())
