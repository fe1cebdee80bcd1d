"""Views of the list under a name: saved, renamed, shared, taken away and put back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Response

from engage.core import clock, web
from engage.core.access import Actor, Permission, needs
from engage.core.errors import DomainError, NotFound
from engage.core.i18n import _
from engage.people import saved
from engage.people.blueprint import bp
from engage.people.filters import address_of, filters_in


def _views_page(me: Actor, *, refusal: DomainError | None = None) -> Response:
    form = web.request.form
    return web.page(
        "people/views.html",
        status=refusal.status if refusal else 200,
        error=web.say(refusal) if refusal else None,
        views=saved.list_views(person_id=me.person_id, removed=True),
        typed=form.get("name", ""),
        ticked=bool(form.get("shared")),
        wanted=address_of(filters_in(form)),
        at_most=saved.NAME_AT_MOST,
    )


@bp.get("/members/views")
@needs(Permission.SEE_MEMBERS)
def list_views(*, me: Actor) -> Response:
    """List one's own views and those the office shares."""
    return _views_page(me)


@bp.post("/members/views")
@needs(Permission.SEE_MEMBERS)
def save_view(*, me: Actor) -> Response:
    """Keep the filters in the form under a name."""
    form = web.request.form
    filters = filters_in(form)
    try:
        saved.save_view(name=_name(), filters=filters, is_shared=bool(form.get("shared")), actor=me, now=clock.now())
    except DomainError as refusal:
        return _views_page(me, refusal=refusal)
    web.flash(_("“%(name)s”存好了", name=_name()))
    said: dict[str, Any] = {**address_of(filters)}
    return web.see_other(web.url_for("people.index", **said))


@bp.post("/members/views/<int:view_id>")
@needs(Permission.SEE_MEMBERS)
def change_view(view_id: int, *, me: Actor) -> Response:
    """Rename a view, share it or keep it to oneself."""
    shared = bool(web.request.form.get("shared"))
    try:
        saved.change_view(view_id=view_id, name=_name(), is_shared=shared, actor=me)
    except NotFound:
        raise
    except DomainError as refusal:
        return _views_page(me, refusal=refusal)
    web.flash(_("改好了"))
    return web.see_other(web.url_for("people.list_views"))


@bp.post("/members/views/<int:view_id>/removal")
@needs(Permission.SEE_MEMBERS)
def remove_view(view_id: int, *, me: Actor) -> Response:
    """Take a view away; it can be put back."""
    name = _set_removed(view_id, me, at=clock.now())
    web.flash(_("“%(name)s”删掉了，想要还能放回来", name=name))
    return web.see_other(web.url_for("people.list_views"))


@bp.post("/members/views/<int:view_id>/return")
@needs(Permission.SEE_MEMBERS)
def put_view_back(view_id: int, *, me: Actor) -> Response:
    """Put a view back."""
    try:
        name = _set_removed(view_id, me, at=None)
    except NotFound:
        raise
    except DomainError as refusal:
        return _views_page(me, refusal=refusal)
    web.flash(_("“%(name)s”放回来了", name=name))
    return web.see_other(web.url_for("people.list_views"))


def _set_removed(view_id: int, me: Actor, *, at: datetime | None) -> str:
    return saved.set_removed(view_id=view_id, at=at, actor=me, now=clock.now())


def _name() -> str:
    return " ".join(web.request.form.get("name", "").split())
