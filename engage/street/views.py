"""The street's page: figures per community, and no way down to a person. What offices did has pages of its own."""

from __future__ import annotations

from flask import Blueprint, Response

from engage.core import clock, web
from engage.core.access import Actor, Permission, needs
from engage.street import queries

bp = Blueprint("street", __name__)


@bp.get("/street")
@needs(Permission.SEE_STREET)
def show(*, me: Actor) -> Response:
    """Show the communities under the reader's street or district in figures."""
    q = web.request.args.get("q", "").strip()[:60]
    street = queries.street_of(me, q=q, now=clock.now())
    return web.page(
        "street/show.html",
        fragment="street/_lines.html",
        street=street,
        q=q,
        reads_offices=me.can(Permission.SEE_OFFICE_ACTS),
    )
