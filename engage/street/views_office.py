"""What a community's office did, for the street: first a reason, then an hour of reading (trust §3 (e), ADR 0025)."""

from __future__ import annotations

from flask import Response

from engage import oversight
from engage.core import clock, web
from engage.core.access import Actor, Permission, needs
from engage.core.errors import DomainError
from engage.core.tenancy import CommunityCard
from engage.street import queries
from engage.street.views import bp


@bp.get("/street/communities/<int:community_id>/audit")
@needs(Permission.SEE_OFFICE_ACTS)
def office(community_id: int, *, me: Actor) -> Response:
    """Show the acts of a community's office to who said why within the hour; ask for the reason otherwise."""
    community = queries.community_below(community_id, actor=me)
    if not oversight.may_read(community=community, actor=me, now=clock.now()):
        return _ask(community)
    wanted = oversight.wanted_of(web.request.args)
    return web.page(
        "street/office.html",
        fragment="street/_acts.html",
        office=community,
        wanted=wanted,
        asked=oversight.address_of(wanted),
        log=oversight.read_office_log(community=community, wanted=wanted),
        verbs=oversight.VERBS,
        kinds=oversight.kind_words(),
    )


@bp.post("/street/communities/<int:community_id>/audit-readings")
@needs(Permission.SEE_OFFICE_ACTS)
def create_reading(community_id: int, *, me: Actor) -> Response:
    """Write into the community's log who reads it and why, and go there."""
    community = queries.community_below(community_id, actor=me)
    reason = web.request.form.get("reason", "")
    try:
        oversight.note_reading(community=community, reason=reason, actor=me, now=clock.now())
    except DomainError as refused:
        return _ask(community, reason=reason, error=web.say(refused), status=refused.status)
    return web.see_other(web.url_for("street.office", community_id=community.id))


def _ask(community: CommunityCard, *, reason: str = "", error: str = "", status: int = 200) -> Response:
    return web.page(
        "street/ask.html",
        fragment="street/_reason.html",
        status=status,
        office=community,
        reason=reason,
        error=error,
    )
