"""The shop on the phone: shelf, one thing, reservations, the pick-up pass."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from engage import ledger
from engage.core import clock
from engage.core.access import Actor, signed_in
from engage.core.errors import DomainError
from engage.core.i18n import _
from engage.core.step_up import confirmed
from engage.core.web import flash, page, request, say, see_other, url_for, whole_number
from engage.rewards import commands, queries, rules

bp = Blueprint("rewards", __name__)
_PAGE = 20


def _available(me: Actor) -> int:
    now = clock.now()
    balance = ledger.balance_of(person_id=me.person_id, now=now)
    return balance.available + queries.lapsed_points(person_id=me.person_id, now=now)


@bp.get("/rewards")
@signed_in
def index(*, me: Actor) -> Response:
    """Show the shelf: what it costs, what is left, what is still missing."""
    available, now = _available(me), clock.now()
    within = request.args.get("within") == "reach"
    return page(
        "rewards/index.html",
        items=queries.shelf(at_most=available if within else None, now=now),
        available=available,
        within=within,
        waiting=len(queries.open_redemptions(person_id=me.person_id, now=now)),
    )


@bp.get("/rewards/<int:item_id>")
@signed_in
def show(item_id: int, *, me: Actor) -> Response:
    """Show one thing, what it leaves of the points, and the button."""
    return _item(item_id, me)


def _item(item_id: int, me: Actor, *, refusal: DomainError | None = None) -> Response:
    now = clock.now()
    return page(
        "rewards/show.html",
        fragment="rewards/_item.html",
        status=422 if refusal else 200,
        item=queries.get_item(item_id=item_id, now=now),
        available=_available(me),
        had=queries.count_taken(person_id=me.person_id, item_id=item_id, now=now),
        refusal=say(refusal) if refusal else None,
    )


@bp.post("/rewards/<int:item_id>/redemptions")
@signed_in
@confirmed
def create(item_id: int, *, me: Actor) -> Response:
    """Reserve one; the pick-up pass opens."""
    key = request.form.get("key", "")
    try:
        redemption_id = commands.reserve(item_id=item_id, actor=me, key=key, now=clock.now())
    except (rules.SoldOut, rules.LimitReached, rules.NotOffered, ledger.NotEnoughPoints) as refusal:
        return _item(item_id, me, refusal=refusal)
    return see_other(url_for(".show_redemption", redemption_id=redemption_id))


@bp.get("/redemptions")
@signed_in
def redemptions(*, me: Actor) -> Response:
    """Show what the reader reserved, newest first."""
    number = whole_number(request.args.get("page", "1"), at_most=10**6) or 1
    total = queries.count_redemptions(person_id=me.person_id)
    return page(
        "rewards/redemptions.html",
        cards=queries.list_redemptions(
            person_ids=[me.person_id], now=clock.now(), limit=_PAGE, offset=(number - 1) * _PAGE
        ),
        number=number,
        pages=max(-(-total // _PAGE), 1),
        total=total,
    )


@bp.get("/redemptions/<int:redemption_id>")
@signed_in
def show_redemption(redemption_id: int, *, me: Actor) -> Response:
    """Show the pick-up pass: QR, eight digits, where and until when."""
    return _pass(redemption_id, me)


def _pass(redemption_id: int, me: Actor, *, refusal: DomainError | None = None) -> Response:
    return page(
        "rewards/redemption.html",
        fragment="rewards/_pass.html",
        status=422 if refusal else 200,
        card=queries.get_redemption(redemption_id=redemption_id, person_id=me.person_id, now=clock.now()),
        code=queries.code_of(redemption_id=redemption_id),
        refusal=say(refusal) if refusal else None,
    )


@bp.post("/redemptions/<int:redemption_id>/cancellation")
@signed_in
def cancel(redemption_id: int, *, me: Actor) -> Response:
    """Give the reservation up; the points go back."""
    try:
        commands.cancel_redemption(redemption_id=redemption_id, actor=me, now=clock.now())
    except rules.AlreadyEnded as refusal:
        return _pass(redemption_id, me, refusal=refusal)
    flash(_("退掉了，分已经回到存折。"))
    return see_other(url_for(".index"))
