"""The front pages."""

from __future__ import annotations

from flask import Blueprint, Response

from engage import people, places
from engage.core import clock, web
from engage.core.access import Actor, Permission, current_actor, needs, public
from engage.home import queries

bp = Blueprint("home", __name__)


@bp.get("/")
@public
def index() -> Response:
    """Show a signed-in person what is next; show anybody else the way in and the public boards."""
    me = current_actor()
    if me is None:
        return web.page("home/welcome.html", communities=places.list_communities())
    now = clock.now()
    template = "home/elder.html" if web.request.cookies.get("mode") == "elder" else "home/show.html"
    return web.page(template, me=me, front=queries.front_page(me, now=now), this_moment=now)


@bp.get("/desk/today")
@needs(Permission.SEE_MEMBERS)
def desk(*, me: Actor) -> Response:
    """Show the secretary's day."""
    now = clock.now()
    alerts = people.list_alerts(now=now) if me.can(Permission.SEE_AUDIT) else []
    return web.page(
        "home/desk.html",
        me=me,
        day_card=queries.day_of(me, now=now),
        alerts=alerts,
    )
