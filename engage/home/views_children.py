"""A guardian's pages: my children, one child, acting for them."""

from __future__ import annotations

from flask import Response

from engage import activities, guardians
from engage.core import clock, web
from engage.core.access import Actor, signed_in
from engage.core.errors import DomainError
from engage.core.i18n import _, ngettext
from engage.home import children
from engage.home.views import bp


@bp.get("/me/children")
@signed_in
def list_children(*, me: Actor) -> Response:
    """List a guardian's children."""
    return web.page("home/children.html", rows=children.children_of(me, now=clock.now()))


@bp.get("/me/children/<int:bond_id>")
@signed_in
def child(bond_id: int, *, me: Actor) -> Response:
    """Show one child: hours, points, what lies ahead."""
    return _page(bond_id, me)


def _page(bond_id: int, me: Actor, *, refusal: DomainError | None = None) -> Response:
    if refusal is not None and refusal.status != 422:
        raise refusal
    now = clock.now()
    return web.page(
        "home/child.html",
        status=refusal.status if refusal else 200,
        mine=children.page_of(children.bond_of(bond_id, actor=me, now=now), now=now),
        error=web.say(refusal) if refusal else None,
    )


@bp.post("/me/children/<int:bond_id>/confirmation")
@signed_in
def confirm_child(bond_id: int, *, me: Actor) -> Response:
    """Say yes as the guardian."""
    try:
        guardians.confirm_own(bond_id=bond_id, actor=me, now=clock.now())
    except DomainError as refusal:
        return _page(bond_id, me, refusal=refusal)
    web.flash(_("同意记下了，可以替孩子报名了"))
    return web.see_other(web.url_for(".child", bond_id=bond_id))


@bp.post("/me/children/<int:bond_id>/sign-ups")
@signed_in
def sign_child_up(bond_id: int, *, me: Actor) -> Response:
    """Put the child down for a shift."""
    now = clock.now()
    bond = children.bond_of(bond_id, actor=me, now=now)
    shift_id = web.whole_number(web.request.form.get("shift_id"))
    try:
        receipt = activities.sign_up(shift_id=shift_id, person_id=bond.minor_id, actor=me, now=now)
    except DomainError as refusal:
        return _page(bond_id, me, refusal=refusal)
    web.flash(_("报上了") if receipt.state.value == "joined" else _("人满了，先排上候补"))
    return web.see_other(web.url_for(".child", bond_id=bond_id))


@bp.post("/me/children/<int:bond_id>/withdrawals")
@signed_in
def take_child_off(bond_id: int, *, me: Actor) -> Response:
    """Take the child off a shift."""
    now = clock.now()
    bond = children.bond_of(bond_id, actor=me, now=now)
    shift_id = web.whole_number(web.request.form.get("shift_id"))
    try:
        activities.cannot_come(shift_id=shift_id, person_id=bond.minor_id, actor=me, now=now)
    except DomainError as refusal:
        return _page(bond_id, me, refusal=refusal)
    web.flash(_("退掉了"))
    return web.see_other(web.url_for(".child", bond_id=bond_id))


@bp.post("/me/children/<int:bond_id>/closure")
@signed_in
def withdraw_for_child(bond_id: int, *, me: Actor) -> Response:
    """Take the guardian's yes back."""
    now = clock.now()
    children.bond_of(bond_id, actor=me, now=now)
    left = children.withdraw_consent(bond_id=bond_id, actor=me, now=now)
    web.flash(
        ngettext("同意收回了，退了%(num)s次报名", "同意收回了，退了%(num)s次报名", left) if left else _("同意收回了")
    )
    return web.see_other(web.url_for(".list_children"))
