"""One's own roles: what one is and where, whom one hands it to while away, for whom one stands in."""

from __future__ import annotations

from flask import Response

from engage import people, places
from engage.core import clock, web
from engage.core.access import Actor, signed_in
from engage.core.errors import DomainError
from engage.core.i18n import _
from engage.core.step_up import confirmed
from engage.territory import forms
from engage.territory.views import bp


def _page(me: Actor, *, grant_id: int | None = None, refused: DomainError | None = None) -> Response:
    now = clock.now()
    roles, stand_ins = people.own_roles(me.person_id), people.stand_ins_of(me.person_id, now=now)
    return web.page(
        "territory/own.html",
        status=422 if refused else 200,
        me=me,
        roles=roles,
        stand_ins=stand_ins,
        names=places.place_names([*(role.place_id for role in roles), *(one.place_id for one in stand_ins)]),
        words=people.ROLE_WORDS,
        today=clock.local_date(now),
        refused_at=grant_id,
        error=web.say(refused) if refused else None,
        bad_field=refused.field if refused else None,
        typed=web.request.form if refused else {},
    )


@bp.get("/me/offices")
@signed_in
def own(*, me: Actor) -> Response:
    """Show one's own roles and stand-ins."""
    return _page(me)


@bp.post("/me/offices/<int:grant_id>/stand-ins")
@signed_in
@confirmed
def create_stand_in(grant_id: int, *, me: Actor) -> Response:
    """Hand one role to somebody for some days."""
    form = web.request.form
    try:
        days = (
            forms.day_of(form.get("starts", ""), field="starts"),
            forms.day_of(form.get("ends", ""), field="ends"),
        )
        number = forms.member_no_of(form.get("member_no", ""))
        people.hand_over(grant_id=grant_id, member_no=number, days=days, actor=me, now=clock.now())
    except DomainError as refused:
        if refused.status != 422:
            raise
        return _page(me, grant_id=grant_id, refused=refused)
    web.flash(_("说好了，到日子自动开始，回来那天自动结束"))
    return web.see_other(web.url_for(".own"))


@bp.post("/stand-ins/<int:delegation_id>/closure")
@signed_in
def close_stand_in(delegation_id: int, *, me: Actor) -> Response:
    """Take a role back before its day."""
    people.take_back(delegation_id=delegation_id, actor=me, now=clock.now())
    return web.see_other(web.safe_next(web.request.form.get("next"), otherwise=web.url_for(".own")))
